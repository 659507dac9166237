"""The frame of a list: its own text with marks where the papers stand, in the file ``list.md``. Pure.

A mark is a comment on a line of its own:

    <!-- harvester: papers bullets task:segmentation -->      a section's papers follow, in the form `bullets`
    <!-- harvester: paper arxiv:2101.00001 -->                a paper, in the form of its section
    <!-- harvester: paper arxiv:2101.00001 as 0f3c81d2 -->    a paper as the lines below say it, until it changes
    <!-- harvester: paper A with B C as 0f3c81d2 -->          several papers that share their lines
    <!-- harvester: end -->                                   the end of those lines
    <!-- harvester: text -->                                  the next line is text, although it looks like a mark
    <!-- harvester: rest bullets ## Other -->                 papers of no section, below this heading
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from harvester.base.errors import CatalogError
from harvester.catalog.entry import Entry

FRAME = "list.md"
_MARK = re.compile(r"<!-- harvester: (?P<word>papers|paper|end|rest|text)(?: (?P<rest>.*?))? -->")
_YEAR = "year"


def has_mark(text: str) -> bool:
    """Whether one of the lines is a mark."""
    return any(_MARK.fullmatch(line.rstrip()) for line in text.split("\n"))


@dataclass(frozen=True, slots=True)
class Item:
    """A paper in a list, after `blank` empty lines; `kept` are its own lines, shown while its entry has this print.

    The lines may show `others` as well, as a row of links does; the print is then that of all of them.
    """

    paper: str
    blank: int = 0
    print: str = ""
    kept: str = ""
    others: tuple[str, ...] = ()

    @property
    def papers(self) -> tuple[str, ...]:
        """All papers that its lines show."""
        return (self.paper, *self.others)


@dataclass(frozen=True, slots=True)
class Run:
    """Papers that stand one after another: those with all these labels (facet and id), of this year if it is not 0."""

    form: str
    labels: tuple[tuple[str, str], ...]
    year: int = 0
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest:
    """Where papers go that belong to no section, and the heading above them, shown if there are any."""

    form: str
    heading: str


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of a list that are not about a paper of the catalog."""

    lines: tuple[str, ...]


Block = Text | Run | Rest
Frame = tuple[Block, ...]


def fingerprint(*entries: Entry) -> str:
    """Equal for entries that a list shows in the same way; labels say where they are shown, not how."""
    shown = [
        part
        for entry in entries
        for part in (
            entry.title, entry.authors, str(entry.published), entry.venue, entry.note, sorted(entry.links.items())
        )
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:8]


def format_frame(frame: Frame) -> str:
    """The text of ``list.md``; `parse_frame` is its inverse."""
    return "\n".join(line for block in frame for line in _lines(block))


def parse_frame(text: str) -> Frame:
    """The frame in the text of ``list.md``.

    Raises:
        CatalogError: a mark is not understood, or a paper's lines do not end.
    """
    blocks: list[Block] = []
    blank = 0
    lines = iter(text.split("\n"))
    for line in lines:
        found = _MARK.fullmatch(line.rstrip())
        in_run = bool(blocks) and isinstance(blocks[-1], Run)
        if in_run and not line:
            blank += 1
        elif found and found["word"] == "paper":
            _add_item(blocks, _read_item(found["rest"] or "", blank, lines))
            blank = 0
        else:
            _add_text(blocks, *[""] * blank)
            blank = 0
            if found and found["word"] == "text":
                _add_text(blocks, next(lines, ""))
            elif found:
                blocks.append(_read_block(found["word"], (found["rest"] or "").split()))
            else:
                _add_text(blocks, line)
    _add_text(blocks, *[""] * blank)
    return tuple(blocks)


def _add_text(blocks: list[Block], *lines: str) -> None:
    if lines and blocks and isinstance(above := blocks[-1], Text):
        blocks[-1] = Text((*above.lines, *lines))
    elif lines:
        blocks.append(Text(lines))


def _add_item(blocks: list[Block], item: Item) -> None:
    if not blocks or not isinstance(run := blocks[-1], Run):
        raise CatalogError(f"{FRAME}: the paper {item.paper} stands in no section; put a `papers` mark above it.")
    blocks[-1] = replace(run, items=(*run.items, item))


def _read_item(words: str, blank: int, lines: Iterator[str]) -> Item:
    named, _, written = words.partition(" as ")
    paper, _, others = named.partition(" with ")
    kept = "\n".join(_until_end(lines)) if written else ""
    return Item(paper, blank, written, kept, tuple(others.split()))


def _read_block(word: str, words: list[str]) -> Block:
    if word == "rest" and words:
        return Rest(words[0], " ".join(words[1:]))
    if word == "papers" and words and all(":" in pair for pair in words[1:]):
        pairs = [(facet, label) for facet, _, label in (pair.partition(":") for pair in words[1:])]
        year = next((int(label) for facet, label in pairs if facet == _YEAR and label.isdecimal()), 0)
        return Run(words[0], tuple(pair for pair in pairs if pair[0] != _YEAR), year)
    raise CatalogError(f"{FRAME}: the mark {_mark(' '.join([word, *words]))} is not understood; see docs/catalog.md.")


def _until_end(lines: Iterator[str]) -> list[str]:
    """The lines up to the next end mark."""
    kept: list[str] = []
    for line in lines:
        if line.rstrip() == _mark("end"):
            return kept
        kept.append(line)
    raise CatalogError(f"{FRAME}: the lines below a mark do not end; put {_mark('end')} below them.")


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Rest):
        yield _mark(f"rest {block.form} {block.heading}")
    elif isinstance(block, Run):
        year = [f"{_YEAR}:{block.year}"] if block.year else []
        yield _mark(" ".join(["papers", block.form, *(f"{facet}:{label}" for facet, label in block.labels), *year]))
        for item in block.items:
            yield from [""] * item.blank
            yield from _item(item)
    else:
        for line in block.lines:
            yield from [_mark("text"), line] if has_mark(line) else [line]


def _item(item: Item) -> list[str]:
    if not item.kept:
        return [_mark(f"paper {item.paper}")]
    others = f" with {' '.join(item.others)}" if item.others else ""
    return [_mark(f"paper {item.paper}{others} as {item.print}"), *item.kept.split("\n"), _mark("end")]


def _mark(words: str) -> str:
    return f"<!-- harvester: {words} -->"
