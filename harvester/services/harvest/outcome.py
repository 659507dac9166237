"""What one source returned in a run, counted as it arrives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from harvester.domain.merging import Change
from harvester.domain.notices import Notice
from harvester.domain.run_report import Payload, SourceReport
from harvester.sources.window import Window
from harvester.store.notices import Attached


@dataclass(slots=True)
class SourceOutcome:
    """What one source returned, counted as it arrives; `changes` keeps the first change of each paper.

    `news` says whether anything arrived that the source had not shown before, `first` holds its ids, and `newest` is
    when the newest of it was submitted; `groups` names what each feed showed, `marked` the feeds that showed news.
    `lacking` are papers that arXiv's feeds announced and the source should have shown. `lost` are notices that have
    reached no paper, each with the reason.
    """

    source: str
    window: Window
    windowed: bool = True
    state: str = "failed"
    expected: int | None = None
    received: int = 0
    requests: int = 0
    error: str | None = None
    news: bool = False
    newest: datetime | None = None
    first: set[str] = field(default_factory=set)
    groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    marked: set[str] = field(default_factory=set)
    lacking: Sequence[str] = ()
    suggested: int = 0
    merged: int = 0
    noticed: list[tuple[int, Notice]] = field(default_factory=list)
    lost: dict[Notice, str] = field(default_factory=dict)
    withdrawn: set[int] = field(default_factory=set)
    changes: dict[int, Change] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    payloads: Sequence[Payload] = ()

    def count(self, change: Change) -> int:
        """How many papers this source changed in this way."""
        return sum(found is change for found in self.changes.values())

    def note(self, attached: Attached) -> None:
        """Remember which notices have reached their papers, and which have reached none."""
        self.noticed.extend(attached.new)
        self.withdrawn.update(number for number, notice in attached.new if notice.kind == "retraction")
        self.lost.update(attached.lost)

    def report(self) -> SourceReport:
        """One element of the run report's ``sources``."""
        return SourceReport(
            name=self.source,
            state=self.state,
            window=(self.window.since, self.window.until) if self.windowed else None,
            expected=self.expected,
            received=self.received,
            new=self.count(Change.NEW),
            updated=self.count(Change.UPDATED),
            suggested=self.suggested,
            merged=self.merged,
            requests=self.requests,
            error=self.error,
            notes=(*self.notes, *_told(self.lost)),
            payloads=tuple(self.payloads),
        )


def _told(lost: Mapping[Notice, str]) -> list[str]:
    """A note that names the notices which have reached no paper."""
    named = [f"“{notice.name or notice.title}” ({notice.link or 'no address'}; {why})" for notice, why in lost.items()]
    what = "1 item is a notice" if len(named) == 1 else f"{len(named)} items are notices"
    return [f"{what} about papers that are not here, and left out: {', '.join(named)}."] if named else []
