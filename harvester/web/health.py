"""What monitoring asks: is this process alive, can it do its work, and what is the state of everything (Prometheus)."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text

from harvester import __version__
from harvester.base.errors import StoreError
from harvester.domain.run_report import RUN_STATES, SOURCE_STATES
from harvester.services.operations.status import Status, status
from harvester.services.workspace import Workspace
from harvester.sources.private_hosts import is_public
from harvester.store.engine import read
from harvester.store.schema import REVISIONS, require_current
from harvester.web.workers import HEALTH, on

JOB = "scheduled_job"  # not "job": Prometheus puts the name of the scraped service there
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def routes(ws: Workspace, works: Callable[[], bool] = lambda: True) -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``; `works` tells whether this process does its work."""
    router = APIRouter(include_in_schema=False)
    registry = CollectorRegistry()
    registry.register(StoreCollector(ws))
    ProcessCollector(registry=registry)

    def healthz() -> JSONResponse:
        """Whether this process and its store work."""
        try:
            with read(ws.store) as db:
                db.execute(text("SELECT version_num FROM alembic_version"))
        except StoreError:
            return JSONResponse({"status": "store unavailable"}, 503)
        return JSONResponse({"status": "ok"})

    def readyz() -> JSONResponse:
        """Whether it can do all of its work now; it names what it lacks, and `harvester doctor` says why."""
        lacks = [name for name, good in {"store": _store_is_current(ws), "work": works()}.items() if not good]
        return JSONResponse({"status": "not ready" if lacks else "ready", "lacks": lacks}, 503 if lacks else 200)

    def metrics(request: Request) -> Response:
        """For monitoring on this machine or a private network; the figures are nobody else's business."""
        if _is_stranger(request):
            return JSONResponse({"detail": "Metrics are for this machine and private networks."}, 403)
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE})

    async def whoami(request: Request) -> JSONResponse:
        """Whom this server takes a request for: `harvester doctor` asks through the proxy."""
        host = request.client.host if request.client else ""
        return JSONResponse({"client": host, "scheme": request.url.scheme}, headers={"Cache-Control": "no-store"})

    router.get("/whoami")(whoami)
    for answer in (healthz, readyz, metrics):  # never behind other requests
        router.get(f"/{answer.__name__}")(on(HEALTH, answer))
    return router


def _is_stranger(request: Request) -> bool:
    """Whether a request comes from the public internet, also through a proxy whose word counts for nothing else."""
    said = request.headers.get("x-forwarded-for", "").split(",")
    return any(map(_is_public, [request.client.host if request.client else "", *said]))


def _is_public(text: str) -> bool:
    try:
        return is_public(ip_address(text.strip()))
    except ValueError:  # a test client has no address
        return False


def _store_is_current(ws: Workspace) -> bool:
    try:
        require_current(ws.store)
    except StoreError:
        return False
    return True


class StoreCollector(Collector):
    """Reads the store whenever Prometheus asks: all processes report the same, and nothing is counted twice."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def collect(self) -> Iterator[Metric]:
        """All metrics; without a store, only that it is down."""
        build = {"version": __version__, "schema": REVISIONS[-1]}
        yield InfoMetricFamily("harvester_build", "The version of this program.", value=build)
        try:
            now = status(self._ws)
        except StoreError:
            yield GaugeMetricFamily("harvester_store_up", "Whether the store answers.", value=0)
            return
        yield GaugeMetricFamily("harvester_store_up", "Whether the store answers.", value=1)
        yield from _of_store(now)
        yield from _of_jobs(now)
        yield from _of_last_run(now)

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not ask the store."""
        return iter(())


def _of_store(now: Status) -> Iterator[Metric]:
    have = now.figures
    yield GaugeMetricFamily("harvester_papers", "Papers in the store.", value=have.papers)
    yield _by("harvester_queue_papers", "Candidates by state.", "state", have.queue)
    waited = (now.now - have.oldest).total_seconds() if have.oldest else 0.0
    yield GaugeMetricFamily(
        "harvester_queue_oldest_seconds", "How long the oldest pending candidate has waited.", value=waited
    )
    yield _by("harvester_subscribers", "Subscribers by state.", "state", have.subscribers)
    yield _by("harvester_deliveries", "All digest mails ever, by state.", "state", have.deliveries)
    reached = {name: moment.timestamp() for name, moment in have.reached.items() if now.is_on(name)}
    yield _by(
        "harvester_source_complete_until_seconds", "The time up to which each source is complete.", "source", reached
    )


def _of_jobs(now: Status) -> Iterator[Metric]:
    due = {name: job_run.due.timestamp() for name, job_run in now.job_runs.items()}
    ended = {name: job_run.ended.timestamp() for name, job_run in now.job_runs.items() if job_run.ended}
    failed = {name: float(bool(job_run.failure)) for name, job_run in now.job_runs.items()}
    yield _by("harvester_job_due_seconds", "The due time of the latest run of each job.", JOB, due)
    yield _by(
        "harvester_job_ended_seconds",
        "When that run ended; absent while it is running, or if it was killed.",
        JOB,
        ended,
    )
    yield _by("harvester_job_failed", "Whether that run failed.", JOB, failed)


def _of_last_run(now: Status) -> Iterator[Metric]:
    if not (report := now.last):
        return
    yield GaugeMetricFamily("harvester_last_run_seconds", "When the last run began.", value=report.began.timestamp())
    yield GaugeMetricFamily("harvester_last_run_duration_seconds", "How long the last run took.", value=report.seconds)
    states = {state: float(report.state == state) for state in RUN_STATES}
    yield _by("harvester_last_run_state", "1 for the state that the last run ended in.", "state", states)
    each = GaugeMetricFamily("harvester_source_state", "1 for the state of each source.", labels=("source", "state"))
    sources = [source for source in report.sources if now.is_on(source.name)]
    for source in sources:
        for state in SOURCE_STATES:
            each.add_metric((source.name, state), float(source.state == state))
    yield each
    for key in ("received", "new", "updated", "requests"):
        counted = {source.name: float(getattr(source, key)) for source in sources}
        yield _by(f"harvester_source_{key}", f"{key.capitalize()} of each source in the last run.", "source", counted)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family
