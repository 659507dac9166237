"""The report of a nightly run, and the JSON that is stored and shown: only this module knows the document's keys.

Stores contain reports written by every earlier release, so the reader tolerates missing keys and ignores unknown ones;
the stored document itself is never rewritten.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Self

from harvester.base.clock import parse_moment, rfc3339
from harvester.domain.notices import NOTICE_KINDS, NoticeKind

RUN_STATES = ("ok", "partial", "failed")
SOURCE_STATES = ("fresh", "quiet", "waiting", "stalled", "failed")
KILLED = "killed"  # a run that left no report, or is still in progress
_STEM = len("2026-01-06T02:00:03Z")


def run_state(sources: Collection[str], *, step_failed: bool) -> str:
    """The state of a run, derived from the states of its sources and whether a later step failed.

    Returns:
        ``failed`` if every source failed, ``partial`` if any source failed or stalled or a step failed, else ``ok``.
    """
    states = set(sources)
    if states == {"failed"}:
        return "failed"
    return "partial" if step_failed or states & {"failed", "stalled"} else "ok"


@dataclass(frozen=True, slots=True)
class Payload:
    """A response, recorded for later inquiries: its address, the sha256 of its unpacked body, and its size in bytes.

    The address goes into reports, so it has the request's own parameters, but neither the user and password nor the
    query of the configured address: these may contain an access key.
    """

    url: str
    sha256: str
    size: int

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The payload from a stored document."""
        return cls(document.get("url", ""), document.get("sha256", ""), document.get("bytes", 0))

    def to_json(self) -> dict[str, Any]:
        """``{"url", "sha256", "bytes"}``."""
        return {"url": self.url, "sha256": self.sha256, "bytes": self.size}


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The results of one source.

    `expected` is the total that the source reports, None if it reports none; `received` counts raw records before
    merging; `window` is None for a source that cannot be asked for a period; `suggested` counts journal versions of
    accepted preprints, `merged` records that proved to be papers which other sources had shown.
    """

    name: str
    state: str = ""
    window: tuple[datetime, datetime] | None = None
    expected: int | None = None
    received: int = 0
    new: int = 0
    updated: int = 0
    suggested: int = 0
    merged: int = 0
    requests: int = 0
    error: str | None = None
    notes: tuple[str, ...] = ()
    payloads: tuple[Payload, ...] = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """A source's report from a stored document."""
        window = document.get("window")
        return cls(
            name=document.get("name", ""),
            state=document.get("state", ""),
            window=(parse_moment(window[0], "window"), parse_moment(window[1], "window")) if window else None,
            expected=document.get("expected"),
            received=document.get("received", 0),
            new=document.get("new", 0),
            updated=document.get("updated", 0),
            suggested=document.get("suggested", 0),
            merged=document.get("merged", 0),
            requests=document.get("requests", 0),
            error=document.get("error"),
            notes=tuple(document.get("notes", ())),
            payloads=tuple(Payload.from_json(payload) for payload in document.get("payloads", ())),
        )

    def to_json(self) -> dict[str, Any]:
        """An element of the report's ``sources``."""
        return {
            "name": self.name,
            "state": self.state,
            "window": [rfc3339(moment) for moment in self.window] if self.window else None,
            "expected": self.expected,
            "received": self.received,
            "new": self.new,
            "updated": self.updated,
            "suggested": self.suggested,
            "merged": self.merged,
            "requests": self.requests,
            "error": self.error,
            "notes": list(self.notes),
            "payloads": [payload.to_json() for payload in self.payloads],
        }


@dataclass(frozen=True, slots=True)
class PaperCounts:
    """How many papers all sources delivered together: each counts once, as new if any source was first to show it."""

    new: int = 0
    updated: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The counts from a stored report."""
        return cls(document.get("new", 0), document.get("updated", 0))

    def to_json(self) -> dict[str, int]:
        """``{"new", "updated"}``."""
        return {"new": self.new, "updated": self.updated}


@dataclass(frozen=True, slots=True)
class NoticeReport:
    """A notice about a paper in the catalog: the paper's id, the kind of notice, and the notice's address."""

    id: str
    kind: NoticeKind
    link: str

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The notice from a stored report."""
        return cls(document.get("id", ""), document.get("kind", "correction"), document.get("link", ""))

    def to_json(self) -> dict[str, str]:
        """``{"id", "kind", "link"}``."""
        return {"id": self.id, "kind": self.kind, "link": self.link}


@dataclass(frozen=True, slots=True)
class DigestCounts:
    """How many digests were due, and how their delivery ended."""

    due: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The counts from a stored report."""
        return cls(**{key: document.get(key, 0) for key in cls.__slots__})

    def to_json(self) -> dict[str, int]:
        """``{"due", "sent", "failed", "unknown", "waiting"}``."""
        return {key: getattr(self, key) for key in self.__slots__}


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """Counts that the next run compares with: pending papers of nightly runs, and subscribers no longer reachable."""

    pending: int = 0
    lost: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The counts from a stored report."""
        return cls(document.get("pending", 0), document.get("lost", 0))

    def to_json(self) -> dict[str, int]:
        """``{"pending", "lost"}``."""
        return {"pending": self.pending, "lost": self.lost}


@dataclass(frozen=True, slots=True)
class CatalogChanges:
    """How many papers the catalog's files accepted and corrected, and the ids of those that they withdrew."""

    accepted: int = 0
    corrected: int = 0
    withdrawn: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The changes from a stored report."""
        return cls(document.get("accepted", 0), document.get("corrected", 0), tuple(document.get("withdrawn", ())))

    def to_json(self) -> dict[str, Any]:
        """``{"accepted", "corrected", "withdrawn"}``."""
        return {"accepted": self.accepted, "corrected": self.corrected, "withdrawn": list(self.withdrawn)}


@dataclass(frozen=True, slots=True)
class ProposalReport:
    """What reviewers decided on proposal branches, and what was proposed to them.

    `pushed` is the new branch, "" if there is none, with `proposed` papers; `papers` wait on `branches` branches.
    """

    accepted: int = 0
    rejected: int = 0
    pushed: str = ""
    proposed: int = 0
    branches: int = 0
    papers: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The proposals from a stored report."""
        return cls(**{field.name: document.get(field.name, field.default) for field in fields(cls)})

    def to_json(self) -> dict[str, Any]:
        """``{"accepted", "rejected", "pushed", "proposed", "branches", "papers"}``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RunReport:
    """The report of a nightly run.

    `probes` of the `queued` papers are below the gate: once a week the likeliest of them join, to show what it loses.
    `errors` names the later steps that failed, `catalog` what people changed in the catalog's files, `withdrawn` the
    accepted papers that their authors withdrew, `notices` what journals have published about accepted papers. `digest`
    is None if no digest was to be sent, `proposals` if papers are not proposed on branches; `alert_counts` is None in
    reports older than these counts.
    """

    run: str
    state: str
    sources: tuple[SourceReport, ...] = ()
    papers: PaperCounts = PaperCounts()
    in_scope: int = 0
    queued: int = 0
    probes: int = 0
    digest: DigestCounts | None = None
    catalog: CatalogChanges = CatalogChanges()
    proposals: ProposalReport | None = None
    withdrawn: tuple[str, ...] = ()
    notices: tuple[NoticeReport, ...] = ()
    alert_counts: AlertCounts | None = None
    errors: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def began(self) -> datetime:
        """When the run began, from its name; a number that tells apart runs of the same second is ignored."""
        return parse_moment(self.run[:_STEM], "run")

    @property
    def warnings(self) -> list[str]:
        """What has happened to papers in the catalog."""
        notices = [f"{notice.id} is now {NOTICE_KINDS[notice.kind]}: {notice.link}" for notice in self.notices]
        told = {notice.id for notice in self.notices if notice.kind == "retraction"}
        gone = [f"{name} was withdrawn by its authors" for name in self.withdrawn if name not in told]
        return notices + gone

    @property
    def problems(self) -> list[str]:
        """The errors of the sources, then those of the later steps."""
        return [f"{source.name}: {source.error}" for source in self.sources if source.error] + list(self.errors)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The report from a stored document; a missing state is derived by `run_state`."""
        sources = tuple(SourceReport.from_json(source) for source in document.get("sources", ()))
        errors = tuple(document.get("errors", ()))
        digest, standing, proposals = (document.get(key) for key in ("digest", "standing", "proposals"))
        return cls(
            run=document.get("run", ""),
            state=document.get("state") or run_state([source.state for source in sources], step_failed=bool(errors)),
            sources=sources,
            papers=PaperCounts.from_json(document.get("papers", {})),
            in_scope=document.get("in_scope", 0),
            queued=document.get("queued", 0),
            probes=document.get("probes", 0),
            digest=DigestCounts.from_json(digest) if digest else None,
            catalog=CatalogChanges.from_json(document.get("catalog", {})),
            proposals=ProposalReport.from_json(proposals) if proposals else None,
            withdrawn=tuple(document.get("withdrawn", ())),
            notices=tuple(NoticeReport.from_json(notice) for notice in document.get("notices", ())),
            alert_counts=AlertCounts.from_json(standing) if standing else None,
            errors=errors,
            seconds=document.get("seconds", 0.0),
        )

    def to_json(self) -> dict[str, Any]:
        """The run report of ``run --json``, with its keys in the documented order."""
        return {
            "run": self.run,
            "state": self.state,
            "sources": [source.to_json() for source in self.sources],
            "papers": self.papers.to_json(),
            "in_scope": self.in_scope,
            "queued": self.queued,
            "probes": self.probes,
            "digest": self.digest.to_json() if self.digest else None,
            "catalog": self.catalog.to_json(),
            "proposals": self.proposals.to_json() if self.proposals else None,
            "withdrawn": list(self.withdrawn),
            "notices": [notice.to_json() for notice in self.notices],
            "standing": self.alert_counts.to_json() if self.alert_counts else None,
            "errors": list(self.errors),
            "seconds": self.seconds,
        }


def killed_json(run: str) -> dict[str, Any]:
    """The document shown for a run without a report."""
    return {"run": run, "state": KILLED}
