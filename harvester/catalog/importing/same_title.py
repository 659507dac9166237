"""Mentions of one title divided into papers, by the identifiers that they give. Pure.

Two papers of one title are told apart by identifiers of one issuer, because the entries in the catalog's files are, too
(see `domain.same_work.names_conflict`). Mentions without identifiers are of the first paper.
"""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from harvester.domain.identity import without_version
from harvester.domain.same_work import issuer, same_title

_FIRST = ("arxiv", "doi ")  # of issuers that are equally common, those whose identifiers are shown


@dataclass(slots=True, eq=False)
class Part:
    """The mentions of one paper, by number, their identifiers, and who issued these.

    `unsure` are the mentions that have other identifiers than the paper, but none that tells it from the other papers.
    """

    mentions: list[int]
    names: set[str]
    issuers: set[str]
    unsure: list[int] = field(default_factory=list)

    def take(self, other: "Part", *, unsure: bool = False) -> None:
        """Join with the mentions of another part."""
        self.mentions = sorted([*self.mentions, *other.mentions])
        self.names |= other.names
        self.issuers |= other.issuers
        self.unsure += other.mentions if unsure else other.unsure


def divided(mentions: Sequence[Set[str]]) -> tuple[list[Part], str]:
    """The papers of a title, first mentioned first, and the issuer whose identifiers tell them apart; "" for one.

    Args:
        mentions: the identifiers of each mention that no other title claims.
    """
    parts = _compatible(_sharing(mentions))
    if len(parts) < 2:
        return parts, ""
    counted = Counter(given for part in parts for given in part.issuers)
    chosen = min(counted, key=lambda given: (-counted[given], given not in _FIRST, given))
    apart = [part for part in parts if chosen in part.issuers]
    for part in parts:
        if part not in apart:
            apart[0].take(part, unsure=True)
    return sorted(apart, key=lambda part: part.mentions[0]), chosen if len(apart) > 1 else ""


def one_title(left: str, right: str) -> bool:
    """Whether two titles of one identifier are one: spelled differently, or one without the name before the colon."""
    shorter, longer = sorted((left, right), key=len)
    return same_title(left, right) or same_title(shorter, longer.partition(":")[2])


def _sharing(mentions: Sequence[Set[str]]) -> list[Part]:
    """The mentions that share an identifier, in one part each."""
    parts: list[Part] = []
    by_name: dict[str, Part] = {}
    for number, given in enumerate(mentions):
        names = {without_version(name) for name in given}
        part = Part([number], names, {issuer(name) for name in names})
        for other in {id(by_name[name]): by_name[name] for name in sorted(names) if name in by_name}.values():
            parts.remove(other)
            part.take(other)
        parts.append(part)
        by_name |= dict.fromkeys(part.names, part)
    return sorted(parts, key=lambda part: part.mentions[0])


def _compatible(parts: Sequence[Part]) -> list[Part]:
    """Parts that may be of one paper joined, each with the first that has no identifier of the same issuer."""
    kept: list[Part] = []
    for part in sorted(parts, key=lambda part: not part.names):  # those without identifiers last
        fitting = next((other for other in kept if other.issuers.isdisjoint(part.issuers)), None)
        if fitting:
            fitting.take(part)
        else:
            kept.append(part)
    return sorted(kept, key=lambda part: part.mentions[0])
