"""Takes the lines of one paper apart: which characters say what, and what stands around and between them. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from harvester.base.escape import markdown, sparing_markdown
from harvester.catalog.entry import Entry
from harvester.catalog.form.item import FIELD, PLAIN_FIELDS
from harvester.catalog.form.styles import DATES, NAMES, Names, known, precision, show_date

_ADDRESS = re.compile(r"https?://[^\s<>\"'|]+")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()\s]*\)|<img\b[^>]*>")
_SLOTS = "\ue000-\uf8ff"  # characters for private use: each stands for one field
_FIRST = 0xE000
_SLOT = re.compile(f"[{_SLOTS}]")
_TAGS = "b|i|em|strong|u|code|sub|sup|kbd"
_MARK = re.compile(
    rf"\\.|!?\[|\]|[(（]|[)）]|\*\*|\*|__|(?<![^\W_])_|_(?![^\W_])|~~|`+|[“”\"]|<(?P<open>{_TAGS})>|</(?P<close>{_TAGS})>"
)
_CLOSES = {"]": ("[", "!["), ")": ("(",), "）": ("（",), "”": ("“",)}
_LINK = re.compile(
    rf"(?P<before>.*?)(?P<left>(?:\\?\[){{1,2}})(?P<label>[^\[\]\\!{_SLOTS}]+)(?P<right>(?:\\?\]){{1,2}}\(.*)",
    re.DOTALL,
)
_NAMED = re.compile(
    rf"(?P<before>[^\w{_SLOTS}]*)(?P<left>)(?P<label>[^\W\d][^:：{_SLOTS}]*?)(?P<right>\s*[:：].*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Characters that belong together, with fields in braces, and what stands before them.

    `link` is the text with the link's label and address replaced, if the unit is a link and nothing else.
    """

    text: str
    before: str
    link: str = ""
    label: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in their order."""
        return tuple(FIELD.findall(self.text))


@dataclass(frozen=True, slots=True)
class Taken:
    """A text taken apart: its units, and what stands before the first and after the last."""

    units: tuple[Unit, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A text in which each field is one character, the names of the fields, and the styles of date and authors.

    `people` is the number of authors.
    """

    text: str
    skeleton: str
    names: tuple[str, ...]
    date: str = ""
    authors: Names | None = None
    people: int = 0

    def named(self, skeleton: str) -> str:
        """A part of the skeleton with the names of its fields in braces."""
        return _SLOT.sub(lambda slot: f"{{{self.names[ord(slot[0]) - _FIRST]}}}", skeleton)


@dataclass(slots=True)
class _Found:
    """The fields found in a text so far, by the characters they take."""

    text: str
    taken: list[tuple[int, int, str]] = field(default_factory=list)

    def find(self, name: str, value: str, *, within_word: bool = False) -> bool:
        """Take the first free place where the text says `value`."""
        if not value:
            return False
        edge = "" if within_word else r"(?<![^\W_])", "" if within_word else r"(?![^\W_])"
        for found in re.finditer(f"{edge[0]}{re.escape(value)}{edge[1]}", self.text):
            if all(found.end() <= start or found.start() >= end for start, end, _ in self.taken):
                self.taken.append((found.start(), found.end(), name))
                return True
        return False

    def block(self, pattern: re.Pattern[str]) -> None:
        """Nothing is to be found where the pattern matches."""
        for found in pattern.finditer(self.text):
            if all(found.end() <= start or found.start() >= end for start, end, _ in self.taken):
                self.taken.append((found.start(), found.end(), ""))


def marked(text: str, entry: Entry) -> Marked | None:
    """The fields of a paper in its lines; None if its title is not there."""
    if _SLOT.search(text):
        return None
    found = _Found(text)
    for role, address in sorted(entry.links.items(), key=lambda link: -len(link[1])):
        any(found.find(role, spelled, within_word=True) for spelled in (address, address.replace("&", "&amp;")))
    found.block(_IMAGE)
    found.block(_ADDRESS)
    if not any(found.find("title", spelled) for spelled in _spellings(entry.title)):
        return None
    any(found.find("note", spelled) for spelled in _spellings(entry.note))
    authors = next((style for style in NAMES if found.find("authors", style.show(entry.authors))), None)
    any(found.find("venue", spelled) for spelled in _spellings(entry.venue))
    date = next(
        (style for style in _date_styles(entry) if found.find("date", show_date(entry.published, (style,)))), ""
    )
    slots = sorted((start, end, name) for start, end, name in found.taken if name)
    return Marked(text, _skeleton(text, slots), tuple(name for _, _, name in slots), date, authors, len(entry.authors))


def take_apart(whole: Marked, skeleton: str) -> Taken:
    """A part of the skeleton taken apart; without units if it has no field."""
    spans = _spans(skeleton)
    if not spans:
        return Taken((), skeleton, "")
    texts = [skeleton[start:end] for start, end in spans]
    between = [skeleton[end:start] for (_, end), (start, _) in pairwise(spans)]
    units = [_unit(whole, texts[0], "")]
    for before, text in zip(between, texts[1:], strict=True):
        cut = before.rfind("\n") + 1 or next((n for n, char in enumerate(before) if char.isalnum()), len(before))
        units.append(_unit(whole, before[cut:] + text, before[:cut]))
    return Taken(tuple(units), skeleton[: spans[0][0]], skeleton[spans[-1][1] :])


def _spellings(text: str) -> Iterator[str]:
    if text:
        yield from dict.fromkeys((text, sparing_markdown(text), markdown(text), markdown(text).replace("&amp; ", "& ")))


def _date_styles(entry: Entry) -> list[str]:
    return [style for style in DATES if precision(style) <= known(entry.published)]


def _skeleton(text: str, slots: Sequence[tuple[int, int, str]]) -> str:
    """The text with one character for each field."""
    pieces, last = list[str](), 0
    for number, (start, end, _) in enumerate(slots):
        pieces += [text[last:start], chr(_FIRST + number)]
        last = end
    return "".join([*pieces, text[last:]])


def _unit(whole: Marked, skeleton: str, before: str) -> Unit:
    text = whole.named(skeleton)
    fields = FIELD.findall(text)
    if len(fields) == 1 and fields[0] not in PLAIN_FIELDS:
        for form in (_LINK, _NAMED):
            if found := form.fullmatch(skeleton):
                pattern = f"{found['before']}{found['left']}{{label}}{found['right']}"
                return Unit(text, before, _SLOT.sub("{address}", pattern), found["label"])
    return Unit(text, before)


def _spans(skeleton: str) -> list[tuple[int, int]]:
    """The outermost brackets and marks around each field; those that overlap are one."""
    groups = [*_groups(skeleton), *((slot.start(), slot.end()) for slot in _SLOT.finditer(skeleton))]
    spans: list[tuple[int, int]] = []
    for start, end in sorted(
        (group for group in groups if _SLOT.search(skeleton, *group)), key=lambda group: (group[0], -group[1])
    ):
        if not spans or start >= spans[-1][1]:
            spans.append((start, end))
    return spans


def _groups(skeleton: str) -> list[tuple[int, int]]:
    """What stands in matching brackets or marks, the two halves of a link as one."""
    stack: list[tuple[str, int]] = []
    groups: dict[int, int] = {}  # the end of each group by its start
    ends: dict[int, int] = {}  # the start of each group by its end
    for found in _MARK.finditer(skeleton):
        mark = f"<{found['close']}>" if found["close"] else found.group()
        if mark.startswith("\\") or _is_bullet(skeleton, found):
            continue
        opens = _CLOSES.get(mark, (mark,))
        closing = mark in _CLOSES or found["close"] or (not found["open"] and mark not in "![(（“")
        depth = next((n for n in reversed(range(len(stack))) if stack[n][0] in opens), None) if closing else None
        if depth is None:
            if mark not in _CLOSES and not found["close"]:
                stack.append((mark, found.start()))
            continue
        start = stack[depth][1]
        del stack[depth:]
        if mark == ")" and skeleton[start - 1 : start] == "]" and start in ends:
            start = ends[start]
        groups[start], ends[found.end()] = found.end(), start
    return list(groups.items())


def _is_bullet(skeleton: str, mark: re.Match[str]) -> bool:
    """Whether an asterisk is the mark of a bullet."""
    line = skeleton[skeleton.rfind("\n", 0, mark.start()) + 1 : mark.start()]
    return mark.group() == "*" and not line.strip(" >\t") and skeleton[mark.end() : mark.end() + 1] == " "
