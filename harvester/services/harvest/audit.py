"""Compare the store with what arXiv's OAI-PMH lists, and bring in what is missing.

OAI-PMH lists every record changed since a given day, regardless of how it was announced and whether our query matches
it. If the classifier finds a record in scope that the store lacks, it was lost or the query does not match it.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from harvester.base.clock import utc_date
from harvester.base.errors import FetchError, UsageError
from harvester.config.harvest import HarvestSettings
from harvester.domain.merging import Change
from harvester.domain.papers import OddRecord, Paper, Sighting, Stored
from harvester.services.arxiv_client import arxiv_settings, arxiv_transport
from harvester.services.harvest.audit_findings import Audit, Missing
from harvester.services.harvest.collect import check_clock
from harvester.services.harvest.odd_listings import keep_listed, readable_now, settle_listed
from harvester.services.learning.classify import BATCH, classify, join_queue, load_classifier, predict
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv import ids as arxiv_ids
from harvester.sources.arxiv import oai
from harvester.sources.arxiv import rss as arxiv_rss
from harvester.sources.arxiv.calendar import last_announcement
from harvester.sources.errors import Unavailable
from harvester.store.engine import read, write
from harvester.store.locks import lock
from harvester.store.papers import find_all, mark_withdrawn
from harvester.store.queue import find_candidate
from harvester.store.recording import record

if TYPE_CHECKING:
    from classifiers.classifier import Classifier

log = logging.getLogger(__name__)
DAYS = 7  # one audit per week; `from` counts whole days, so two audits overlap by one
INDEX_LAG = timedelta(hours=6)  # OAI-PMH is updated some hours after an announcement


def audit(ws: Workspace, *, days: int = DAYS, repair: bool = False, watch: Watch = unwatched) -> Audit:
    """Compare the store with OAI-PMH's records of the last days; an upstream failure is in the result, never raised.

    Args:
        repair: add the missing papers to the store and the queue, refresh the outdated ones, and mark the deleted
            ones; without it, no paper in the store changes.

    Raises:
        UsageError: OAI-PMH is not configured.
        LockHeld: a run, or another repair, is in progress.
        HarvesterError: the store or the classifier fails.
    """
    settings = _settings(ws.settings.harvest)
    found = Audit(utc_date(ws.clock()) - timedelta(days=days), sets_of(ws.settings.harvest))
    auditor = _Auditor(ws, settings, found, watch)
    with lock(ws.store, "run") if repair else nullcontext():
        auditor.compare()
        if repair:
            auditor.repair()
    return found


def sets_of(settings: HarvestSettings) -> tuple[str, ...]:
    """The sets of the categories whose announcements are read, whether that source is enabled or not."""
    categories = arxiv_rss.KIND.section_or_defaults(settings).categories
    return tuple(dict.fromkeys(oai.set_of(category) for category in categories))


def _settings(settings: HarvestSettings) -> oai.OaiSettings:
    for section in oai.KIND.enabled(settings):
        return section
    raise UsageError("The audit needs OAI-PMH", remedy="add an enabled section [harvest.oai] to config.toml")


class _Auditor:
    """One audit in progress: `compare` records what it finds, `repair` acts on it."""

    def __init__(self, ws: Workspace, settings: oai.OaiSettings, found: Audit, watch: Watch) -> None:
        self.ws, self.settings, self.found, self.watch = ws, settings, found, watch
        self.api = arxiv_settings(ws)
        self.transport = arxiv_transport(ws)
        self.reread = readable_now(ws)
        self.classifier: Classifier | None = None  # loaded once a record is missing from the store
        self.judged = 0

    def compare(self) -> None:
        """Go through all records in batches; what is found before a failure is kept."""
        records = self._records()
        while batch := list(islice(records, BATCH)):
            self._judge(self._lacking(batch))
        self._check_sense()

    def _check_sense(self) -> None:
        """An empty answer proves nothing if there must be records, nor does any answer if the clock is wrong."""
        try:
            check_clock(oai.PROVENANCE.name, self.transport, self.ws.clock())
        except FetchError as error:
            self._fail(error)
        announced = utc_date(last_announcement(self.ws.clock() - INDEX_LAG))
        if not self.found.checked and not self.found.errors and announced > self.found.since:
            self.found.errors.append(
                f"{oai.WHO} lists no record at all since {self.found.since}, although arXiv announced papers on "
                f"{announced}: nothing was checked; run the audit again later."
            )

    def repair(self) -> None:
        """Add, refresh and mark what `compare` found."""
        self._mark_withdrawn()
        wanted = {name: missing.paper for name, missing in self.found.ranked} | self.found.outdated
        ids = [name.removeprefix("arxiv:") for name in wanted]
        for part in arxiv_ids.batches(ids):
            shown = self._ask(part)
            if shown is None:
                break
            self._keep([wanted[f"arxiv:{base}"] for base in part], shown)
            self.watch("fetched", self.found.repaired + self.found.refreshed, len(ids))
        if ids:
            classify(self.ws, self.classifier, self.watch)
            self.found.queued = join_queue(self.ws).total
        if not self.found.errors:
            settle_listed(self.ws, self.reread)

    def _records(self) -> Iterator[oai.Record]:
        """Every record once, even if it is in several sets; sets are queried in turn as long as the service answers.

        First come those that an earlier version could not read: what the service lists now is as new, or newer.
        """
        yield from (kept.record for kept in self.reread)
        for spec in self.found.sets:
            try:
                yield from self._new_of(spec)
            except FetchError as error:
                self._fail(error)
                if isinstance(error, Unavailable):
                    return

    def _new_of(self, spec: str) -> Iterator[oai.Record]:
        """The records of one set that no earlier set contained."""
        empty = True
        for listed in oai.list_records(self.settings, self.transport, spec, self.found.since, self._leave_out):
            empty = False
            if listed.id not in self.found.checked:
                self.found.checked.add(listed.id)
                self.watch("records", len(self.found.checked), None)
                yield listed
        if empty:
            self.found.notes.append(
                f"{oai.WHO} lists nothing in {spec} since {self.found.since}; if arXiv has no such category, correct "
                f"harvest.arxiv_rss.categories."
            )

    def _leave_out(self, odd: OddRecord) -> None:
        self.found.notes.append(f"{odd.why} It was left out.")
        keep_listed(self.ws, odd)

    def _lacking(self, batch: Sequence[oai.Record]) -> list[oai.Record]:
        """The records that the store lacks; also notes which of the others are deleted, or newer than in the store."""
        with read(self.ws.store) as db:
            held = find_all(db, [listed.id for listed in batch])
        for listed in batch:
            if stored := held.get(listed.id):
                self._note_change(listed, stored)
        return [listed for listed in batch if listed.id not in held and not listed.gone]

    def _note_change(self, listed: oai.Record, stored: Stored) -> None:
        if listed.gone and not stored.paper.withdrawn:
            self.found.withdrawn[listed.id] = stored.number
            self._note_state("deleted" if listed.deleted else "withdrawn", listed.id, stored.number)
        elif listed.version > stored.paper.version:
            self.found.outdated[listed.id] = listed.as_paper()

    def _note_state(self, fate: str, name: str, number: int) -> None:
        """Note the state of a paper that is gone from arXiv: only reviewers change what they decided or have queued."""
        with read(self.ws.store) as db:
            candidate = find_candidate(db, number)
        if candidate:
            where = "the catalog" if candidate.state == "accepted" else "the queue"
            self.found.notes.append(f"{name} was {fate} at arXiv; it is {candidate.state} in {where} and stays there.")

    def _judge(self, lacking: Sequence[oai.Record]) -> None:
        papers = self._with_text(lacking)
        if not papers:
            return
        self.classifier = self.classifier or load_classifier(self.ws)
        for _, paper, prediction in predict(self.classifier, enumerate(papers)):
            if prediction.in_scope:
                self.found.missing[paper.id] = Missing(paper, prediction.scope)
            else:
                self.found.lacking_out_of_scope += 1
        self.judged += len(papers)
        self.watch("judged", self.judged, None)

    def _with_text(self, lacking: Sequence[oai.Record]) -> list[Paper]:
        """The records as papers; those without metadata are fetched from arXiv's API."""
        papers = [listed.as_paper() for listed in lacking if listed.title]
        bare = [listed.base for listed in lacking if not listed.title]
        shown = self._ask(bare) if bare else {}
        if shown is None:
            return papers
        if unknown := [name for name in (f"arxiv:{base}" for base in bare) if name not in shown]:
            self.found.notes.append(
                f"{oai.WHO} lists {len(unknown)} records without text, and arXiv's API does not return them either: "
                f"{', '.join(unknown)}."
            )
        return papers + list(shown.values())

    def _ask(self, ids: Sequence[str]) -> dict[str, Paper] | None:
        """The papers among these that arXiv's API returns, by identifier; None if it fails."""
        try:
            papers, _ = arxiv_ids.hydrate(self.api, self.transport, ids)
        except FetchError as error:
            self._fail(error)
            return None
        return {paper.id: paper for paper in papers}

    def _fail(self, error: FetchError) -> None:
        log.info("%s", error)
        self.found.errors.append(str(error))

    def _mark_withdrawn(self) -> None:
        with write(self.ws.store) as db:
            mark_withdrawn(db, self.found.withdrawn.values())

    def _keep(self, listed: Sequence[Paper], shown: dict[str, Paper]) -> None:
        """Store papers with the API's text, unless the API still returns an older version than OAI-PMH lists."""
        current = {
            paper.id: shown[paper.id]
            for paper in listed
            if paper.id in shown and shown[paper.id].version >= paper.version
        }
        sightings = [
            Sighting(
                oai.PROVENANCE,
                current.get(paper.id, paper),
                text_from=arxiv_api.PROVENANCE if paper.id in current else None,
            )
            for paper in listed
        ]
        with write(self.ws.store) as db:
            merged = record(db, sightings, self.ws.clock())
        for paper, result in zip(listed, merged, strict=True):
            self.found.repaired += paper.id in self.found.missing
            self.found.refreshed += paper.id in self.found.outdated and result.change is Change.UPDATED
            if result.withdrawn:
                self._note_state("withdrawn", paper.id, result.number)
        if behind := [paper.id for paper in listed if paper.id not in current]:
            self.found.notes.append(_behind(behind))


def _behind(names: Sequence[str]) -> str:
    return (
        f"arXiv's API does not return the version that OAI-PMH lists for {len(names)} papers; those that the store "
        f"lacked are kept with OAI-PMH's text: {', '.join(names)}."
    )
