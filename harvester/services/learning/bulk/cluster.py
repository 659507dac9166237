"""The engine of a Ray cluster: Ray Data streams the tasks from one reader to one model per worker, and back in order.

The reader runs on this process's node, where the file or the store is; workers receive only texts. Ray's own usage
reporting is turned off.
"""

import logging
import os
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harvester.base.errors import HarvesterError, UsageError
from harvester.services.learning.bulk.tasks import TaskResult, done, read_done, read_task, write_done
from harvester.services.learning.classify import ChosenModel

if TYPE_CHECKING:
    from types import ModuleType

log = logging.getLogger(__name__)
PATIENCE = 10.0  # seconds for a cluster to accept a connection, and twice as many to report its status
_BLOCK = 1 << 20  # bytes; with Ray's default of 128 MiB, one worker would get all tasks while the others wait


def on_ray(tasks: Callable[[], Iterator[str]], model: ChosenModel, address: str) -> Iterator[TaskResult]:
    """The tasks with predictions, in order. See `harvester.services.learning.bulk.judge`."""
    with _cluster(address) as ray:
        try:
            for row in _dataset(ray, tasks, model).iter_rows():
                yield read_done(row["done"])
        except ray.exceptions.RayError as error:
            raise HarvesterError(f"The Ray cluster failed: {_cause(error)}") from error


class Judge:
    """A worker's model, loaded once; each call processes a task."""

    def __init__(self, model: ChosenModel) -> None:
        self._classifier = model.load()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Turn a row with a task into a row with the finished task."""
        return {"done": write_done(done(read_task(row["task"]), self._classifier))}


def _dataset(ray: "ModuleType", tasks: Callable[[], Iterator[str]], model: ChosenModel) -> Any:
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.target_max_block_size = _BLOCK
    context.execution_options.preserve_order = True
    workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
    # The reader reserves no CPU: the workers reserve all of them, so it would never start and they would wait forever.
    read = ray.data.from_items([{"begin": 0}]).flat_map(
        lambda _row: ({"task": task} for task in tasks()), num_cpus=0, label_selector=_this_node(ray)
    )
    return read.map(Judge, fn_constructor_args=(model,), compute=ray.data.ActorPoolStrategy(size=workers), num_cpus=1)


def _this_node(ray: "ModuleType") -> dict[str, str]:
    return {"ray.io/node-id": ray.get_runtime_context().get_node_id()}


@contextmanager
def _cluster(address: str) -> Iterator["ModuleType"]:
    """Connect to Ray, and disconnect afterwards."""
    ray = _import_ray()
    if address:
        _knock(address)
    try:
        ray.init(address=address or "local", include_dashboard=None if address else False, **_QUIET)
    except (ConnectionError, TimeoutError, RuntimeError, ValueError) as error:
        where = f"The Ray cluster at {address}" if address else "Ray on this machine"
        raise HarvesterError(f"{where} cannot be joined: {_cause(error)}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


_QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": True}


def _import_ray() -> "ModuleType":
    """Ray, with its advice and progress messages silenced unless everything is logged."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    quiet = not log.isEnabledFor(logging.DEBUG)
    if quiet:
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
        warnings.filterwarnings("ignore", module=r"ray\.")
    try:
        import ray
        import ray.data
    except ModuleNotFoundError:
        raise UsageError("--engine ray needs Ray: pip install 'cardio-harvester[cluster]'.") from None
    if quiet:
        logging.getLogger("ray.data").setLevel(logging.ERROR)
    module: ModuleType = ray
    return module


def _knock(address: str) -> None:
    """Check that a cluster answers before this process joins it: Ray itself would retry for minutes."""
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise UsageError(f"{address!r} is not the address of a Ray cluster; write host:6379.")
    try:
        socket.create_connection((host, port), PATIENCE).close()
        status = [sys.executable, "-m", "ray.scripts.scripts", "status", "--address", address]
        subprocess.run(status, check=True, capture_output=True, timeout=2 * PATIENCE)  # noqa: S603 - no shell
    except OSError as error:
        raise _no_answer(address, error.strerror or str(error)) from None
    except subprocess.SubprocessError as error:
        if b"InvalidAuthToken" in (getattr(error, "stderr", None) or b""):
            raise HarvesterError(
                f"The Ray cluster at {address} requires its token: set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN or "
                "RAY_AUTH_TOKEN_PATH, here and on its nodes."
            ) from None
        raise _no_answer(address, "the service at that address is not Ray") from None


def _no_answer(address: str, why: str) -> HarvesterError:
    return HarvesterError(
        f"The Ray cluster at {address} does not answer ({why}); start it with `ray start --head`, or correct --address."
    )


def _cause(error: BaseException) -> str:
    """The last line of Ray's message, which is the error itself; the rest says where it happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{(lines or [type(error).__name__])[-1].rstrip('.')}."
