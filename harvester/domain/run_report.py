"""What one night did, and the JSON it is kept and shown as: nothing else knows that document's keys.

Stores hold the reports of every release, so reading one does without the keys that came later, and passes over keys
that it does not know; the stored document itself is never rewritten.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from harvester.base.clock import parse_moment, rfc3339

RUN_STATES = ("ok", "partial", "failed")
SOURCE_STATES = ("fresh", "quiet", "waiting", "stalled", "failed")
KILLED = "killed"  # for a run that left no report or is still in progress
_STEM = len("2026-01-06T02:00:03Z")


def run_state(sources: Collection[str], *, step_failed: bool) -> str:
    """The state of a run, by the states of its sources and whether any later step failed.

    Returns:
        ``failed`` where every source failed, ``partial`` where one failed or stalled or a step failed, else ``ok``.
    """
    states = set(sources)
    if states == {"failed"}:
        return "failed"
    return "partial" if step_failed or states & {"failed", "stalled"} else "ok"


@dataclass(frozen=True, slots=True)
class Payload:
    """What an answer was, for later questions: its address, the sha256 of its unpacked body, and its size in bytes.

    The address goes into reports, so it has the parameters that were asked with, but neither the user and password nor
    the query of the configured one: those may be somebody's key.
    """

    url: str
    sha256: str
    size: int

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The payload of a stored document."""
        return cls(document.get("url", ""), document.get("sha256", ""), document.get("bytes", 0))

    def to_json(self) -> dict[str, Any]:
        """``{"url", "sha256", "bytes"}``."""
        return {"url": self.url, "sha256": self.sha256, "bytes": self.size}


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one source brought.

    `expected` is the upstream's own total, None where it gives none; `received` counts raw records before any are
    merged; `window` is None for a source that cannot be asked for a span of time; `suggested` counts journal versions
    of accepted preprints.
    """

    name: str
    state: str = ""
    window: tuple[datetime, datetime] | None = None
    expected: int | None = None
    received: int = 0
    new: int = 0
    updated: int = 0
    suggested: int = 0
    requests: int = 0
    error: str | None = None
    notes: tuple[str, ...] = ()
    payloads: tuple[Payload, ...] = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The source of a stored report."""
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
            requests=document.get("requests", 0),
            error=document.get("error"),
            notes=tuple(document.get("notes", ())),
            payloads=tuple(Payload.from_json(payload) for payload in document.get("payloads", ())),
        )

    def to_json(self) -> dict[str, Any]:
        """One element of the report's ``sources``."""
        return {
            "name": self.name,
            "state": self.state,
            "window": [rfc3339(moment) for moment in self.window] if self.window else None,
            "expected": self.expected,
            "received": self.received,
            "new": self.new,
            "updated": self.updated,
            "suggested": self.suggested,
            "requests": self.requests,
            "error": self.error,
            "notes": list(self.notes),
            "payloads": [payload.to_json() for payload in self.payloads],
        }


@dataclass(frozen=True, slots=True)
class PaperCounts:
    """How many papers the sources brought together: each counts once, as new where any of them was first to show it."""

    new: int = 0
    updated: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The counts of a stored report."""
        return cls(document.get("new", 0), document.get("updated", 0))

    def to_json(self) -> dict[str, int]:
        """``{"new", "updated"}``."""
        return {"new": self.new, "updated": self.updated}


@dataclass(frozen=True, slots=True)
class DigestCounts:
    """How many digests were due, and what became of them."""

    due: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The counts of a stored report."""
        return cls(*(document.get(key, 0) for key in ("due", "sent", "failed", "unknown")))

    def to_json(self) -> dict[str, int]:
        """``{"due", "sent", "failed", "unknown"}``."""
        return {"due": self.due, "sent": self.sent, "failed": self.failed, "unknown": self.unknown}


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """What the next run compares with: papers of the nights that wait, subscribers whom mail no longer reaches."""

    pending: int = 0
    lost: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The counts of a stored report."""
        return cls(document.get("pending", 0), document.get("lost", 0))

    def to_json(self) -> dict[str, int]:
        """``{"pending", "lost"}``."""
        return {"pending": self.pending, "lost": self.lost}


@dataclass(frozen=True, slots=True)
class RunReport:
    """One night's work.

    `errors` names the later steps that failed, `withdrawn` the accepted papers that their authors withdrew; `digest` is
    None where no digest was to be sent, `alert_counts` in reports from before they were kept.
    """

    run: str
    state: str
    sources: tuple[SourceReport, ...] = ()
    papers: PaperCounts = PaperCounts()
    in_scope: int = 0
    queued: int = 0
    digest: DigestCounts | None = None
    withdrawn: tuple[str, ...] = ()
    alert_counts: AlertCounts | None = None
    errors: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def began(self) -> datetime:
        """When the run began: its name says it, but for the number of a second one in the same second."""
        return parse_moment(self.run[:_STEM], "run")

    @property
    def problems(self) -> list[str]:
        """What went wrong: in its sources, then in its later steps."""
        return [f"{source.name}: {source.error}" for source in self.sources if source.error] + list(self.errors)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The report of a stored document; one without a state has the state that the rule gives it."""
        sources = tuple(SourceReport.from_json(source) for source in document.get("sources", ()))
        errors = tuple(document.get("errors", ()))
        digest, standing = document.get("digest"), document.get("standing")
        return cls(
            run=document.get("run", ""),
            state=document.get("state") or run_state([source.state for source in sources], step_failed=bool(errors)),
            sources=sources,
            papers=PaperCounts.from_json(document.get("papers", {})),
            in_scope=document.get("in_scope", 0),
            queued=document.get("queued", 0),
            digest=DigestCounts.from_json(digest) if digest else None,
            withdrawn=tuple(document.get("withdrawn", ())),
            alert_counts=AlertCounts.from_json(standing) if standing else None,
            errors=errors,
            seconds=document.get("seconds", 0.0),
        )

    def to_json(self) -> dict[str, Any]:
        """The run report of ``run --json``, keys in the order in which they are documented."""
        return {
            "run": self.run,
            "state": self.state,
            "sources": [source.to_json() for source in self.sources],
            "papers": self.papers.to_json(),
            "in_scope": self.in_scope,
            "queued": self.queued,
            "digest": self.digest.to_json() if self.digest else None,
            "withdrawn": list(self.withdrawn),
            "standing": self.alert_counts.to_json() if self.alert_counts else None,
            "errors": list(self.errors),
            "seconds": self.seconds,
        }


def killed_json(run: str) -> dict[str, Any]:
    """What is shown of a run that has no report."""
    return {"run": run, "state": KILLED}
