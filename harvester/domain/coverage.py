"""How many works of a list each source would have brought. Pure: what the sources answered is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from harvester.domain.identity import best

STORED, FOUND, MISSED, UNKNOWN = "stored", "found", "missed", "not asked"
"""A source has shown the work; its query would find it; would not; nobody can tell without having asked it in time."""


@dataclass(frozen=True, slots=True)
class Work:
    """A work that a list names, with all identifiers that the list gives it, and its link; "" if it has none."""

    title: str
    identifiers: tuple[str, ...]
    link: str = ""

    @property
    def id(self) -> str:
        """The identifier that people see and type."""
        return best(self.identifiers)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer of each source for each work, in the order of the works; `errors` are of sources that failed."""

    works: Sequence[Work]
    answers: Mapping[str, Sequence[str]]
    errors: Sequence[str] = field(default=())

    def count(self, source: str, answer: str) -> int:
        """For how many works the source gave this answer."""
        return sum(given == answer for given in self.answers[source])

    def covered(self, source: str) -> int:
        """How many works the source has brought, or would have."""
        return sum(map(_covers, self.answers[source]))

    def missed(self, source: str) -> list[Work]:
        """The works that the source would not have brought."""
        return [work for work, answer in zip(self.works, self.answers[source], strict=True) if answer == MISSED]

    @property
    def missed_by_all(self) -> list[Work]:
        """The works that no source has brought, or would have."""
        by_work = zip(*self.answers.values(), strict=True) if self.answers else (() for _ in self.works)
        return [work for work, answers in zip(self.works, by_work, strict=True) if not any(map(_covers, answers))]

    def to_json(self) -> dict[str, Any]:
        """What ``coverage`` prints."""
        return {
            "works": len(self.works),
            "covered": len(self.works) - len(self.missed_by_all),
            "by_source": {source: self.covered(source) for source in self.answers},
            "missed": list(map(_work_json, self.missed_by_all)),
            "sources": [self._source_json(source) for source in self.answers],
            "errors": list(self.errors),
        }

    def _source_json(self, source: str) -> dict[str, Any]:
        counts = {answer.replace(" ", "_"): self.count(source, answer) for answer in (STORED, FOUND, UNKNOWN)}
        missed = list(map(_work_json, self.missed(source)))
        return {"name": source, "covered": self.covered(source), **counts, "missed": missed}


@dataclass(frozen=True, slots=True)
class Measurement:
    """A coverage as it was kept: `of` is the list's file, "" for the catalog, and `found` what ``coverage`` printed."""

    of: str
    at: datetime
    found: Mapping[str, Any]


def _covers(answer: str) -> bool:
    return answer in (STORED, FOUND)


def _work_json(work: Work) -> dict[str, str]:
    return {"id": work.id, "title": work.title, "link": work.link}
