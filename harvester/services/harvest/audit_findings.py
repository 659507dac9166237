"""What an audit finds and does."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from harvester.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class Missing:
    """A paper in scope that is not in the store, with the probability that it is in scope."""

    paper: Paper
    scope: float


@dataclass(slots=True)
class Audit:
    """What an audit found and did; papers are keyed by identifier (``arxiv:2506.06342``)."""

    since: date
    sets: tuple[str, ...]
    checked: set[str] = field(default_factory=set)
    missing: dict[str, Missing] = field(default_factory=dict)
    lacking_out_of_scope: int = 0
    outdated: dict[str, Paper] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)
    repaired: int = 0
    refreshed: int = 0
    queued: int = 0
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def error(self) -> str | None:
        """Why the audit is incomplete, each reason once."""
        return " ".join(dict.fromkeys(self.errors)) or None

    @property
    def ranked(self) -> list[tuple[str, Missing]]:
        """The missing papers, best first."""
        return sorted(self.missing.items(), key=lambda item: (-item[1].scope, item[0]))

    def to_json(self) -> dict[str, Any]:
        """The JSON document; ``missing``, ``outdated`` and ``withdrawn`` are as found, before any repair."""
        return {
            "missing": [name for name, _ in self.ranked],
            "checked": len(self.checked),
            "lacking_out_of_scope": self.lacking_out_of_scope,
            "outdated": sorted(self.outdated),
            "withdrawn": sorted(self.withdrawn),
            "repaired": self.repaired,
            "refreshed": self.refreshed,
            "queued": self.queued,
            "since": self.since.isoformat(),
            "sets": list(self.sets),
            "notes": self.notes,
            "error": self.error,
        }
