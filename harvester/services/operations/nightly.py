"""One nightly run: read the catalog's files, harvest while classifying, queue, mail, prepare the review, and report.

Every step asks the store what is left to do (fetched but not classified, classified but not queued), so the next run
completes one that was cut off without any bookkeeping of its own.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from harvester.base.errors import HarvesterError, broken_installation
from harvester.base.logs import bound
from harvester.domain.merging import Change
from harvester.domain.notices import Notice
from harvester.domain.run_report import (
    AlertCounts,
    CatalogChanges,
    DigestCounts,
    NoticeReport,
    PaperCounts,
    ProposalReport,
    RunReport,
    run_state,
)
from harvester.services.catalog.layout import renew_layout
from harvester.services.catalog.notices import mark_entries
from harvester.services.catalog.proposal_reading import read_back
from harvester.services.catalog.proposing import propose
from harvester.services.catalog.sync import sync_catalog
from harvester.services.digest.sending import Counts, SendingStopped, send_digests
from harvester.services.harvest.collect import harvest, plan, reconsider, source_state
from harvester.services.harvest.completion import complete_papers
from harvester.services.harvest.keeping import attach_late
from harvester.services.harvest.outcome import SourceOutcome
from harvester.services.harvest.proposals import fetch_proposals
from harvester.services.learning.background_classifier import BackgroundClassifier
from harvester.services.learning.classify import classify, in_scope_among, join_queue
from harvester.services.learning.explanations import prepare_queue
from harvester.services.operations.alert import alert_counts, alerts, tell
from harvester.services.subscribers.self_service import forget_unconfirmed
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.sources.crossref import api as crossref
from harvester.sources.outage import watching_network
from harvester.sources.registry import chosen
from harvester.sources.source import Source
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.papers import load
from harvester.store.proposal_branches import proposals
from harvester.store.queue import find_candidates
from harvester.store.runs import begin_run, end_run, recent_runs
from harvester.store.statistics import figures

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

log = logging.getLogger(__name__)
REMEMBERED = 50  # runs to look back for the last state of each source


@dataclass(slots=True)
class Night:
    """A run in progress."""

    name: str
    outcomes: list[SourceOutcome] = field(default_factory=list)
    in_scope: int = 0
    queued: int = 0
    probes: int = 0
    digest: DigestCounts | None = None
    catalog: CatalogChanges = field(default_factory=CatalogChanges)
    proposals: ProposalReport | None = None
    withdrawn: list[str] = field(default_factory=list)
    noticed: list[tuple[int, Notice]] = field(default_factory=list)
    notices: list[NoticeReport] = field(default_factory=list)
    alert_counts: AlertCounts | None = None
    errors: list[str] = field(default_factory=list)

    def papers(self, change: Change) -> set[int]:
        """The papers that any source changed in this way."""
        return {number for outcome in self.outcomes for number, found in outcome.changes.items() if found is change}

    def report(self, seconds: float) -> RunReport:
        """The report of the run, which has taken this many seconds."""
        new = self.papers(Change.NEW)
        return RunReport(
            run=self.name,
            state=run_state([outcome.state for outcome in self.outcomes], step_failed=bool(self.errors)),
            sources=tuple(outcome.report() for outcome in self.outcomes),
            papers=PaperCounts(new=len(new), updated=len(self.papers(Change.UPDATED) - new)),
            in_scope=self.in_scope,
            queued=self.queued,
            probes=self.probes,
            digest=self.digest,
            catalog=self.catalog,
            proposals=self.proposals,
            withdrawn=tuple(self.withdrawn),
            notices=tuple(self.notices),
            alert_counts=self.alert_counts,
            errors=tuple(self.errors),
            seconds=round(seconds, 1),
        )


def run(
    ws: Workspace,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    sources: Sequence[str] = (),
    digest: bool = True,
    if_failed: str = "",
    watch: Watch = unwatched,
) -> RunReport:
    """Do one nightly run; returns its report, which is also stored.

    Args:
        if_failed: what an alert says of the next attempt.

    Raises:
        UsageError: a source is unknown, or a window is empty.
        LockHeld: another run is in progress.
        StoreError: the store fails; the run then has no report.
    """
    asked = chosen(ws.settings.harvest, source_state(ws.store), sources)
    for source in asked:
        plan(ws, source, since, until)
    begun = time.monotonic()
    with lock(ws.store, "run"):
        with write(ws.store) as db:
            night = Night(begin_run(db, ws.clock()))
        with bound(run=night.name), watching_network():
            log.info("begins with %s", ", ".join(source.name for source in asked))
            _work(ws, night, asked, since, until, digest=digest, watch=watch)
            report = _alarm(ws, night, begun, if_failed)
            with write(ws.store) as db:
                end_run(db, report)
            log.info("ended %s after %s s; %s papers joined the queue", report.state, report.seconds, report.queued)
    return report


def _work(
    ws: Workspace,
    night: Night,
    asked: Sequence[Source],
    since: datetime | None,
    until: datetime | None,
    *,
    digest: bool,
    watch: Watch,
) -> None:
    """All steps of a night, in order; one that fails costs only itself."""
    if proposing := ws.settings.catalog.git == "propose":
        proposing = _step(night, lambda: _read_back(ws, night))
    _step(night, lambda: _read_files(ws, night))
    with BackgroundClassifier(ws, watch) as alongside:
        night.outcomes = [harvest(ws, source, since, until, alongside.notice) for source in asked]
    _step(night, lambda: reconsider(ws, asked, night.outcomes))
    if any(source.name == crossref.PROVENANCE.name for source in asked):
        _step(night, lambda: _complete(ws, night))
    _step(night, lambda: _tell_of_notices(ws, night))
    _step(night, lambda: _fetch_proposals(ws))
    _step(night, lambda: _forget_unconfirmed(ws))
    _step(night, lambda: _classify_and_queue(ws, night, alongside.classifier, watch))
    if proposing:  # otherwise git would only fail again
        _step(night, lambda: _propose(ws, night))
    if digest:
        _step(night, lambda: _send(ws, night, watch))
    _step(night, lambda: _prepare_queue(ws, alongside.classifier, watch))
    _step(night, lambda: renew_layout(ws))


def _alarm(ws: Workspace, night: Night, begun: float, if_failed: str) -> RunReport:
    """The report, after the maintainers have been alerted to its problems."""
    with read(ws.store) as db:
        earlier = [report for _, report in recent_runs(db, REMEMBERED) if report]
        night.alert_counts = alert_counts(figures(db))
    if lines := alerts(night.report(0.0), earlier, ws.settings.alert.queue):
        again = if_failed if night.report(0.0).state != "ok" else ""
        _step(night, lambda: tell(ws, night.name, lines, again))
    return night.report(time.monotonic() - begun)


def _step(night: Night, work: Callable[[], object]) -> bool:
    """Do one step; a failure goes into the report and must not stop the next steps. Returns whether it was done."""
    try:
        work()
        return True
    except HarvesterError as error:
        problem = str(error)
        log.warning("%s", problem)
    except Exception as error:  # a bug of ours in one step must not cost the next steps or the report
        bug = f"A step ended in {type(error).__name__}: {error}. This is a bug."
        problem = str(broken_installation(error) or bug)
        log.warning("%s", problem, exc_info=log.isEnabledFor(logging.DEBUG))
    if problem not in night.errors:  # a broken model stops two steps, which is one thing to repair
        night.errors.append(problem)
    return False


def _read_back(ws: Workspace, night: Night) -> None:
    night.proposals = _waiting(ws, ProposalReport())  # also if git fails
    done = read_back(ws)
    night.proposals = _waiting(ws, ProposalReport(done.accepted, done.rejected))
    night.errors.extend(done.problems)


def _propose(ws: Workspace, night: Night) -> None:
    if (branch := propose(ws)) and night.proposals:
        night.proposals = _waiting(ws, replace(night.proposals, pushed=branch.name, proposed=len(branch.papers)))


def _waiting(ws: Workspace, report: ProposalReport) -> ProposalReport:
    """The report with what waits for reviewers on branches now."""
    with read(ws.store) as db:
        found = proposals(db)
    return replace(report, branches=found.branches, papers=found.papers)


def _read_files(ws: Workspace, night: Night) -> None:
    done = sync_catalog(ws)
    night.catalog = CatalogChanges(done.accepted, done.corrected, tuple(done.gone))
    night.errors.extend(done.problems)


def _complete(ws: Workspace, night: Night) -> None:
    """What Crossref knows about single papers counts with what its lists brought."""
    done = complete_papers(ws)
    night.noticed.extend(done.noticed)
    for outcome in night.outcomes:
        if outcome.source == crossref.PROVENANCE.name:
            outcome.suggested += done.suggested
            outcome.requests += done.requests
            outcome.notes += done.notes
    if done.error:
        night.errors.append(done.error)


def _tell_of_notices(ws: Workspace, night: Night) -> None:
    """What has become of papers in the catalog, for the report, the alert and the papers' entries."""
    attach_late(ws, night.outcomes)
    noticed = [*night.noticed, *(pair for outcome in night.outcomes for pair in outcome.noticed)]
    retracted = {number for number, notice in noticed if notice.kind == "retraction"}
    gone = {number for outcome in night.outcomes for number in outcome.withdrawn}
    night.withdrawn = accepted_among(ws, gone | retracted)
    night.notices = _accepted_notices(ws, noticed)
    mark_entries(ws)


def _fetch_proposals(ws: Workspace) -> None:
    fetch_proposals(ws)


def _forget_unconfirmed(ws: Workspace) -> None:
    forget_unconfirmed(ws)


def _classify_and_queue(ws: Workspace, night: Night, classifier: "Classifier | None", watch: Watch) -> None:
    classify(ws, classifier, watch)
    joined = join_queue(ws)
    night.queued, night.probes = joined.total, joined.probes
    night.in_scope = in_scope_among(ws, night.papers(Change.NEW) | night.papers(Change.UPDATED))


def _prepare_queue(ws: Workspace, classifier: "Classifier | None", watch: Watch) -> None:
    prepare_queue(ws, classifier, watch)


def accepted_among(ws: Workspace, numbers: set[int]) -> list[str]:
    """The ids of those papers that are in the catalog."""
    with read(ws.store) as db:
        queued = find_candidates(db, numbers)
        accepted = [number for number, candidate in queued.items() if candidate.state == "accepted"]
        return sorted(stored.paper.id for stored in load(db, accepted).values())


def _accepted_notices(ws: Workspace, noticed: Sequence[tuple[int, Notice]]) -> list[NoticeReport]:
    """What journals have published about papers in the catalog."""
    with read(ws.store) as db:
        queued = find_candidates(db, {number for number, _ in noticed})
        accepted = [number for number, candidate in queued.items() if candidate.state == "accepted"]
        ids = {number: stored.paper.id for number, stored in load(db, accepted).items()}
    return [NoticeReport(ids[number], notice.kind, notice.link) for number, notice in noticed if number in ids]


def _send(ws: Workspace, night: Night, watch: Watch) -> None:
    try:
        counts = send_digests(ws, watch=watch)
    except SendingStopped as error:
        night.digest = _digest_counts(error.counts)
        raise
    night.digest = _digest_counts(counts)
    if counts.trouble:
        night.errors.append(counts.trouble)


def _digest_counts(counts: Counts) -> DigestCounts:
    return DigestCounts(**counts.to_json())
