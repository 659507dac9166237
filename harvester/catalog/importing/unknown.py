"""The headings whose papers could not be placed, because they have no meaning in the taxonomy."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harvester.catalog.importing.choices import BELOW, heading_key
from harvester.catalog.importing.dates import is_date
from harvester.domain.identity import link_identifier

_YEAR = re.compile(r"\b(?:19|20)\d\d")
_BESIDE_YEAR = 2  # words: "ICLR 2024", "before 2020"
_ADDRESS = re.compile(r"https?://[^\s()<>\[\]\"']+")
_PAPER = re.compile(r"openreview\.net/|aclanthology\.org/|thecvf\.com/|proceedings|/pdf/|\.pdf\b", re.IGNORECASE)
_BY_AGE_OR_KIND = re.compile(
    r"(?:conference|journal|preprint|arxiv|workshop)s?(?: (?:paper|article)s?)?"
    r"|(?:earl(?:y|ier)|latest|newe?r?|older?|past|previous|recent) (?:paper|article|work)s?",
    re.IGNORECASE,
)


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
    `path` all of them; `papers` how many lines below it were not placed, `identified` how many of these link to a
    paper for certain; `facet` the facet that it is in, or ""; `file` the list, if there are several.
    """

    line: int
    name: str
    path: tuple[str, ...]
    papers: int
    identified: int = 0
    facet: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    file: str = ""


def is_grouping(heading: str) -> bool:
    """Whether a heading only sorts the papers of a section: ``2023``, ``CVPR 2023``, ``Older papers``."""
    if is_date(heading) or _BY_AGE_OR_KIND.fullmatch(heading.strip()):
        return True
    return bool(_YEAR.search(heading)) and len(re.findall(r"[^\W\d_]+", heading)) <= _BESIDE_YEAR


def unknown_headings(met: Sequence[MetHeading], unplaced: Mapping[int, str], file: str = "") -> tuple[Unknown, ...]:
    """The headings to be given a meaning: those with unplaced lines below them, and those that several labels claim.

    A heading that only sorts ("2023") stands for the one above it.

    Args:
        met: all headings, by line.
        unplaced: the texts that could not be placed, by line.
        file: the list's name, if there are several.
    """
    starts = [heading.line for heading in met]
    below: dict[int, list[str]] = {n: [] for n, heading in enumerate(met) if heading.claims and heading.placed}
    for line, text in sorted(unplaced.items()):
        above = bisect_right(starts, line) - 1
        if above >= 0 and not met[above].placed:
            below.setdefault(above, []).append(text)
    lines: dict[tuple[str, ...], int] = {}
    for heading in met:
        lines.setdefault(_keys(meant(heading.path)), heading.line)
    return tuple(_joined(((met[n], texts) for n, texts in sorted(below.items())), lines, file))


def once_each(unknown: Iterable[Unknown]) -> tuple[Unknown, ...]:
    """Those of several lists, each name once, because a map has one row for it."""
    by_name: dict[str, Unknown] = {}
    for new in unknown:
        key = heading_key(new.name)
        old = by_name.get(key)
        papers, identified = (old.papers, old.identified) if old else (0, 0)
        by_name[key] = replace(old or new, papers=papers + new.papers, identified=identified + new.identified)
    return tuple(by_name.values())


def _joined(
    found: Iterable[tuple[MetHeading, list[str]]], lines: Mapping[tuple[str, ...], int], file: str
) -> Iterator[Unknown]:
    """One for each path; `lines` has all paths of the list, and where each begins."""
    by_path: dict[tuple[str, ...], list[tuple[MetHeading, list[str]]]] = {}
    for heading, texts in found:
        if path := meant(heading.path):
            by_path.setdefault(_keys(path), []).append((heading, texts))
    needed = _needed(lines)
    for keys, headings in by_path.items():
        first, path = headings[0][0], meant(headings[0][0].path)
        texts = [text for _, some in headings for text in some]
        yield Unknown(
            line=lines[keys],
            name=BELOW.join(path[-needed[keys] :]),
            path=path,
            papers=len(texts),
            identified=sum(any(map(_is_paper, _ADDRESS.findall(text))) for text in texts),
            facet=first.facet,
            claims=first.claims,
            file=file,
        )


def _is_paper(address: str) -> bool:
    return bool(link_identifier(address) or _PAPER.search(address))


def meant(path: Sequence[str]) -> tuple[str, ...]:
    """A path without headings that have no words or only sort."""
    return tuple(heading for heading in path if heading_key(heading) and not is_grouping(heading))


def _keys(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(heading_key, path))


def _needed(paths: Collection[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """How many headings of each path, from its end, no other path ends with."""
    ends = Counter(path[-size:] for path in paths for size in range(1, len(path) + 1))
    return {path: next((n for n in range(1, len(path)) if ends[path[-n:]] == 1), len(path)) for path in paths}
