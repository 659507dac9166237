"""Classification in bulk, here or on a cluster: a job supplies texts, an engine returns predictions.

Both engines run the same steps on the same tasks in the same order, so a job can stop and resume with the other engine.
"""

from collections.abc import Iterator

from harvester.base.errors import UsageError
from harvester.services.learning.bulk.tasks import Source, TaskResult, here, portable
from harvester.services.learning.classify import chosen_model, load_classifier
from harvester.services.workspace import Workspace

__all__ = ["ENGINES", "TaskResult", "judge"]
ENGINES = ("local", "ray")


def judge(ws: Workspace, source: Source, engine: str = "local", address: str = "") -> Iterator[TaskResult]:
    """The source's tasks with predictions, in order, as they finish; nothing is loaded before the first is requested.

    Args:
        engine: ``local`` for this process, ``ray`` for one model in each worker of a Ray cluster.
        address: of a running cluster, ``host:port``; without one, Ray starts on this machine.

    Raises:
        UsageError: the engine is unknown, or an address is given without ``ray``.
        HarvesterError: the classifier cannot be loaded, or the cluster does not answer or fails.
    """
    if engine not in ENGINES:
        raise UsageError(f"There is no engine {engine!r}; the engines are: {', '.join(ENGINES)}.")
    if engine == "local":
        if address:
            raise UsageError("--address is for a Ray cluster; it needs --engine ray.")
        return here(source, lambda: load_classifier(ws))
    from harvester.services.learning.bulk.cluster import on_ray

    return on_ray(portable(source), chosen_model(ws), address)
