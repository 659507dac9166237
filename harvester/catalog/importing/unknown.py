"""The headings whose papers could not be placed, because they have no meaning in the taxonomy."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from harvester.catalog.importing.choices import BELOW, heading_key
from harvester.catalog.importing.titles import is_date

_YEAR = re.compile(r"\b(?:19|20)\d\d")
_BESIDE_YEAR = 2  # words: "ICLR 2024", "before 2020"
_BY_KIND = re.compile(r"(?:conference|journal|preprint|arxiv|workshop)s?(?: (?:papers?|articles?))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MetHeading:
    """A heading of a list: its line, all headings from the top down to it, and what becomes of the papers below it.

    `placed` says that they are placed or left out, `facet` which facet it is in; `claims` are labels that all claim it.
    """

    line: int
    path: tuple[str, ...]
    placed: bool
    facet: str
    claims: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A heading to be given a meaning.

    `name` is the heading, after those above it as far as it takes to tell it from others (``Tasks > Methods``);
    `path` all of them; `papers` how many lines below it were not placed; `facet` the facet that it is in, or "".
    """

    line: int
    name: str
    path: tuple[str, ...]
    papers: int
    facet: str = ""
    claims: tuple[tuple[str, str], ...] = ()


def is_grouping(heading: str) -> bool:
    """Whether a heading only sorts the papers of a section: ``2023``, ``CVPR 2023``, ``Journal papers``."""
    if is_date(heading) or _BY_KIND.fullmatch(heading.strip()):
        return True
    return bool(_YEAR.search(heading)) and len(re.findall(r"[^\W\d_]+", heading)) <= _BESIDE_YEAR


def unknown_headings(met: Sequence[MetHeading], unplaced: Iterable[int]) -> tuple[Unknown, ...]:
    """The headings to be given a meaning: those with unplaced lines below them, and those that several labels claim.

    A heading that only sorts ("2023") stands for the one above it.

    Args:
        met: all headings, by line.
        unplaced: the lines that could not be placed.
    """
    starts = [heading.line for heading in met]
    papers = dict.fromkeys((n for n, heading in enumerate(met) if heading.claims), 0)
    for line in sorted(unplaced):
        above = bisect_right(starts, line) - 1
        if above >= 0 and not met[above].placed:
            papers[above] = papers.get(above, 0) + 1
    paths = {path: None for heading in met if (path := _meant(heading.path))}
    return tuple(_joined(((met[n], count) for n, count in sorted(papers.items())), list(paths)))


def _joined(found: Iterable[tuple[MetHeading, int]], paths: Collection[tuple[str, ...]]) -> Iterator[Unknown]:
    """One for each path."""
    by_path: dict[tuple[str, ...], list[tuple[MetHeading, int]]] = {}
    for heading, count in found:
        if path := _meant(heading.path):
            by_path.setdefault(tuple(map(heading_key, path)), []).append((heading, count))
    names = _names([tuple(map(heading_key, path)) for path in paths])
    for keys, headings in by_path.items():
        first = headings[0][0]
        path = _meant(first.path)
        yield Unknown(
            line=first.line,
            name=BELOW.join(path[-names[keys] :]),
            path=path,
            papers=sum(count for _, count in headings),
            facet=first.facet,
            claims=first.claims,
        )


def _meant(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path without headings that have no words or only sort."""
    return tuple(heading for heading in path if heading_key(heading) and not is_grouping(heading))


def _names(paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """How many headings of each path, from its end, no other path ends with."""
    every = dict.fromkeys(paths)
    ends: dict[tuple[str, ...], int] = {}
    for path in every:
        for size in range(1, len(path) + 1):
            ends[path[-size:]] = ends.get(path[-size:], 0) + 1
    return {path: next((size for size in range(1, len(path)) if ends[path[-size:]] == 1), len(path)) for path in every}
