"""Finds the lines of a list that say something about a paper that was read from it. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from urllib.parse import unquote

from harvester.catalog.entry import Entry
from harvester.domain.folding import folded

_BULLET = re.compile(r"(?P<indent>[\s>]*)(?:[-*+•]|\d+[.)])\s")
_HTML_END = {"<tr": "</tr>", "<li": "</li>"}
_OPENS = re.compile(rf"{_BULLET.pattern}|\s*(?:\||#|\*\*|<)")
_CLOSED = re.compile(r"\s*[|#<]")
_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_ADDRESS = re.compile(r"\(?(?:https?://|#)[^\s)>\]]+\)?")
_WHOLE_ADDRESS = re.compile(r"https?://[^\s)>\]\"']+")
_IDENTIFIED = re.compile(
    r"https?://(?:(?:dx\.)?doi\.org/|arxiv\.org/abs/|pubmed\.ncbi\.nlm\.nih\.gov/)(?P<name>[^\s/]+(?:/\S*[^\s/])?)/?"
)
_KEY_WORDS = 2  # words by which titles are looked up


@dataclass(frozen=True, slots=True)
class Place:
    """The lines of a list, from `first` to `last`, that say something about a paper, given by its position.

    `others` are papers that have no lines of their own, but are in these.
    """

    first: int
    last: int
    paper: int
    others: tuple[int, ...] = ()


class Titles:
    """The papers of a list, to be found by their titles."""

    def __init__(self, papers: Sequence[Entry]) -> None:
        self._titles = [f" {folded(paper.title)} " for paper in papers]
        self._by_words: dict[tuple[str, ...], list[int]] = {}
        for number, title in enumerate(self._titles):
            if title.strip():
                self._by_words.setdefault(tuple(title.split()[:_KEY_WORDS]), []).append(number)

    def within(self, line: str) -> list[int]:
        """The papers whose titles are in a line, those with the longest title first."""
        text = folded(_ADDRESS.sub(" ", line))
        words = text.split()
        keys = {tuple(words[start : start + size]) for start in range(len(words)) for size in (1, _KEY_WORDS)}
        found = {number for key in keys for number in self._by_words.get(key, ())}
        named = [number for number in found if self._titles[number] in f" {text} "]
        return sorted(named, key=lambda number: (-len(self._titles[number]), number))


def find_places(
    lines: Sequence[str], papers: Sequence[Entry], headings: Set[int], rows: Set[int] = frozenset()
) -> list[Place]:
    """Where the papers of a list are, in its order; line numbers begin with 0.

    Args:
        headings: the lines of headings. Those that are the title of a paper are part of it.
        rows: the lines of the rows of tables, see `table_rows`.
    """
    titles = Titles(papers)
    addresses = [frozenset(paper.links.values()) for paper in papers]
    starts: dict[int, int] = {}
    for number, line in _text_lines(lines):
        named = titles.within(line)
        if number in headings and not _is_title(line, papers, named):
            continue
        if named:
            begin = number if number in rows else _begin(lines, number, starts)
            below = lines[number : number + (1 if number in rows else 8)]
            best = _best(named, addresses, "\n".join(below))
            if begin not in starts and best is not None:
                starts[begin] = best
    _add_untitled(lines, addresses, starts, headings)
    ordered = sorted(starts.items())
    ends = [*(first for first, _ in ordered), len(lines)][1:]
    bounds = sorted(headings - starts.keys())
    places = [
        Place(
            first,
            first if first in rows else _end(lines, first, _before(bounds, first, limit), addresses[paper]),
            paper,
        )
        for (first, paper), limit in zip(ordered, ends, strict=True)
    ]
    missing = _missing(addresses, [place.paper for place in places])
    return [replace(place, others=_within(lines, place, missing)) for place in places] if missing else places


def _missing(addresses: Sequence[frozenset[str]], found: Iterable[int]) -> dict[str, int]:
    """The papers that are not among these, by their addresses."""
    return {address: paper for paper in set(range(len(addresses))) - {*found} for address in addresses[paper]}


def _within(lines: Sequence[str], place: Place, missing: Mapping[str, int]) -> tuple[int, ...]:
    """The missing papers to which the lines of a place link, in their order."""
    linked = _WHOLE_ADDRESS.findall("\n".join(lines[place.first : place.last + 1]))
    return tuple(dict.fromkeys(missing[address] for address in linked if address in missing))


def _add_untitled(
    lines: Sequence[str], addresses: Sequence[frozenset[str]], starts: dict[int, int], headings: Set[int]
) -> None:
    """Add the papers whose titles were not found, as where they are broken across lines, by their links."""
    missing = _missing(addresses, starts.values())
    for number, line in _text_lines(lines) if missing else ():
        linked = [missing[address] for address in _WHOLE_ADDRESS.findall(line) if address in missing]
        if linked and number not in headings and linked[0] not in starts.values():
            begin = _first_of_paragraph(lines, number, headings | starts.keys())
            if begin not in starts:
                starts[begin] = linked[0]


def table_rows(lines: Sequence[str]) -> dict[int, int]:
    """The line of each row of a Markdown table, and the line of its header."""
    rows: dict[int, int] = {}
    for number, line in enumerate(lines):
        if number and number not in rows and "|" in line and _DELIMITER.fullmatch(line) and "|" in lines[number - 1]:
            row = number + 1
            while row < len(lines) and "|" in lines[row]:
                rows[row] = number - 1
                row += 1
    return rows


def _text_lines(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines with letters outside code blocks and comments."""
    fenced = False
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and line.strip() and not line.lstrip().startswith("<!--"):
            yield number, line


def _is_title(heading: str, papers: Sequence[Entry], named: Sequence[int]) -> bool:
    """Whether a heading says no more than a paper's title, its year apart."""
    shown = folded(re.sub(r"[(\[]\d{4}[)\]]", "", heading))
    return any(len(shown) <= len(folded(papers[number].title)) + 3 for number in named)


def _best(named: Sequence[int], addresses: Sequence[frozenset[str]], below: str) -> int | None:
    """Of the papers whose titles a line has, the one whose link follows; without links, the longest title."""
    said = below.casefold() if named else ""
    linked = [number for number in named if any(_spelled(address) in said for address in addresses[number])]
    return next(iter([*linked, *(number for number in named if not addresses[number])]), None)


def _spelled(address: str) -> str:
    """What every way of writing an address has: ``doi: 10.1000/abc``, ``arXiv:2301.00001``, ``arxiv.org/abs/...``.

    In lower case, and without percent signs.
    """
    found = _IDENTIFIED.fullmatch(address)
    return (unquote(found["name"]) if found else address.partition("://")[2] or address).casefold()


def _begin(lines: Sequence[str], number: int, starts: Mapping[int, int]) -> int:
    """The first line of the bullet, paragraph or HTML element that has the title."""
    for tag, end in _HTML_END.items():
        for above in range(number, max(-1, number - 8), -1):
            if end in lines[above] and above < number:
                break
            if tag in lines[above]:
                return above
    begin, last = number, next(reversed(starts), 0)
    if starts and not _blank_between(lines, last, number):
        return begin
    while (
        begin
        and not _OPENS.match(lines[begin])
        and lines[begin - 1].strip(" >")
        and not _CLOSED.match(lines[begin - 1])
    ):
        begin -= 1
    return begin


def _first_of_paragraph(lines: Sequence[str], number: int, above: Set[int]) -> int:
    """The first line of the bullet or paragraph that a line is in, below other papers and headings."""
    while number and number not in above and not _BULLET.match(lines[number]) and lines[number - 1].strip(" >"):
        if number - 1 in above:
            break
        number -= 1
    return number


def _blank_between(lines: Sequence[str], first: int, last: int) -> bool:
    return any(not line.strip(" >") for line in lines[first:last])


def _before(bounds: Sequence[int], first: int, limit: int) -> int:
    """The first line after `first` that cannot belong to its paper: a heading, or the next paper."""
    return min([*bounds[bisect_right(bounds, first) :][:1], limit])


def _end(lines: Sequence[str], first: int, limit: int, addresses: frozenset[str]) -> int:
    """The last line of a paper: of its element, row or paragraph, and of links of its own below blank lines."""
    line = lines[first]
    for tag, end in _HTML_END.items():
        if tag in line:
            return next((number for number in range(first, limit) if end in lines[number]), first)
    last = _paragraph_end(lines, first, limit)
    own = [number for number in range(last + 1, limit) if any(address in lines[number] for address in addresses)]
    seen = "\n".join(lines[first : last + 1])
    missing = [n for n in own if any(address in lines[n] and address not in seen for address in addresses)]
    return max([last, *missing])


def _paragraph_end(lines: Sequence[str], first: int, limit: int) -> int:
    """The last line before a blank one, or before a bullet that is not below the first."""
    bullet = _BULLET.match(lines[first])
    indent = len(bullet["indent"]) if bullet else -1
    last = first
    for number in range(first + 1, limit):
        line = lines[number]
        other = _BULLET.match(line)
        if not line.strip(" >") or (other and bullet and len(other["indent"]) <= indent) or line.startswith("|"):
            if line.strip() or not bullet or not _indented(lines, number, limit, indent):
                break
            continue
        last = number
    return last


def _indented(lines: Sequence[str], number: int, limit: int, indent: int) -> bool:
    """Whether the next line with text below a blank one is still part of a bullet."""
    below = next((line for line in lines[number:limit] if line.strip(" >")), "")
    return len(below) - len(below.lstrip()) > indent + 1
