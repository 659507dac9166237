"""Where the catalog's papers appeared, and which of these venues a harvest covers. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harvester.catalog.entry import Entry

# "Heart Journal 99 (2025)", "Heart Journal, Volume 3, ...", "HEARTS 2025"; the "IEEE 2nd Conference" keeps its number.
_ISSUE = re.compile(r",? (?:Volume|Vol\.|Issue|Part)\b.*|[,:]? \(?\d+\b[\s,:;().\w–-]*\Z")


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue, the number of entries that appeared there, and the source that covers it, "" if none does."""

    title: str
    entries: int
    covered_by: str = ""

    def to_json(self) -> dict[str, Any]:
        """``{"venue", "entries", "covered_by"}``."""
        return {"venue": self.title, "entries": self.entries, "covered_by": self.covered_by or None}


def venues_of(entries: Iterable[Entry], covered: Mapping[str, str]) -> list[Venue]:
    """The venues of the entries, most frequent first; spellings of one name count together.

    Args:
        covered: the source that covers a venue, by the venue's title.
    """
    sources = {_folded(title): source for title, source in covered.items()}
    named = [title for entry in entries if (title := _bare(entry.venue))]
    spellings: dict[str, Counter[str]] = {}
    for title in named:
        spellings.setdefault(_folded(title), Counter())[title] += 1
    found = [
        Venue(max(counts, key=lambda title: (counts[title], title)), counts.total(), sources.get(key, ""))
        for key, counts in spellings.items()
    ]
    return sorted(found, key=lambda venue: (-venue.entries, venue.title.casefold()))


def _bare(venue: str) -> str:
    """``Medical Image Analysis`` from ``Medical Image Analysis 99 (2025)``."""
    return _ISSUE.sub("", venue).strip(" ,;:")


def _folded(title: str) -> str:
    words = re.findall(r"\w+", title.casefold().replace("&", " and "))
    return " ".join(words[1:] if words[:1] == ["the"] else words)
