"""Learns the form of a paper's lines from the papers of a list: what most of them do is the form. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from harvester.catalog.entry import Entry
from harvester.catalog.form.item import FIELD, LINKS, PLAIN_FIELDS, Column, ItemForm, Part, closed
from harvester.catalog.form.styles import Names, precision
from harvester.catalog.form.units import Marked, Taken, Unit, marked, take_apart

Value = TypeVar("Value")
_NUMBER = re.compile(r"\A(?P<before>\s*)\d+(?=[.)]\s)")
_PIPE = re.compile(r"(?<!\\)\|")
_HTML_CELL = re.compile(r"</td>\s*<td[^>]*>", re.IGNORECASE)
_OUTER_HTML = re.compile(
    r"\A(?P<start>\s*<tr[^>]*>\s*<td[^>]*>)(?P<middle>.*)(?P<end></td>\s*</tr>\s*)\Z", re.DOTALL | re.IGNORECASE
)
_OUTER_PIPES = re.compile(r"\A(?P<start>\s*\|?)(?P<middle>.*?)(?P<end>(?<!\\)\|?\s*)\Z", re.DOTALL)
_RARE = 50  # a part that fewer than one in so many papers have is no part of the form


@dataclass(frozen=True, slots=True)
class Sample:
    """The lines of a paper in a list, and what was read from the list about it."""

    text: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class _Cell:
    """A unit, or a run of links, under the name of the part that it is an example of."""

    key: tuple[str, ...]
    text: str
    before: str


def learn_item(name: str, samples: Sequence[Sample], blank_lines: int = 0) -> ItemForm | None:
    """The form of bullets, blocks or paragraphs; None if none of them shows its title."""
    read = [found for sample in samples if (found := marked(sample.text, sample.entry))]
    if not read:
        return None
    taken = [take_apart(found, found.skeleton) for found in read]
    form = _with_styles(ItemForm(name, (), blank_lines=blank_lines), read, taken)
    column = _column(taken, form)
    if not any(LINKS in FIELD.findall(text) for part in column.parts for text in part.texts):
        column = replace(column, parts=(*column.parts, Part((f"{{{LINKS}}}",), " ")))
    starts = [item.start for item in taken]
    numbered = {_NUMBER.sub(r"\g<before>{number}", start) for start in starts}
    if len(set(starts)) > len(numbered):
        starts = [_NUMBER.sub(r"\g<before>{number}", start) for start in starts]
    end = _end([found.text for found in read], [item.end for item in taken])
    return replace(form, columns=(column,), start=_most(starts), end=end)


def _end(texts: Sequence[str], ends: Sequence[str]) -> str:
    """What most papers' lines end with; one whose last words end so anyway is an example of it, too."""
    bodies = [text.removesuffix(end) for text, end in zip(texts, ends, strict=True)]

    def examples(end: str) -> int:
        return sum(closed(body, end) == text for body, text in zip(bodies, texts, strict=True))

    return max(dict.fromkeys(ends), key=examples)


def learn_table(name: str, samples: Sequence[Sample], head: str = "") -> ItemForm | None:
    """The form of a table's rows; None if none of them shows its title, or if the table has a single column."""
    read = [found for sample in samples if (found := marked(sample.text, sample.entry))]
    split = [(found, *_cells(found.skeleton)) for found in read]
    width = _most(len(cells) for _, _, cells, _ in split) if split else 0
    rows = [(found, start, cells, end) for found, start, cells, end in split if len(cells) == width]
    if width < 2:
        return None
    html = "<td" in rows[0][1].lower()
    padded = not html and all(cell[:1] in ("", " ") for _, _, cells, _ in rows for cell in cells[1:])
    taken = [[take_apart(found, cell.strip()) for cell in cells] for found, _, cells, _ in rows]
    form = _with_styles(
        ItemForm(name, (), head=head), [row[0] for row in rows], [cell for row in taken for cell in row]
    )
    columns = tuple(
        _table_column([row[number] for row in taken], [row[2][number] for row in rows], form) for number in range(width)
    )
    between = _most(_HTML_CELL.findall(rows[0][0].skeleton)) if html else " | " if padded else "|"
    start, end = _most(row[1] for row in rows), _most(row[3] for row in rows)
    edges = (f"{start} " if start and padded else start, f" {end}" if end and padded else end)
    return replace(form, columns=columns, start=edges[0], end=edges[1], between=between)


def _cells(row: str) -> tuple[str, list[str], str]:
    """What stands before the first cell of a row, the cells, and what stands after the last."""
    if found := _OUTER_HTML.match(row):
        return found["start"], _HTML_CELL.split(found["middle"]), found["end"]
    found = _OUTER_PIPES.match(row)
    return (found["start"], _PIPE.split(found["middle"]), found["end"]) if found else ("", [row], "")


def split_row(row: str) -> list[str]:
    """The cells of a table's row."""
    return _cells(row)[1]


def _table_column(cells: Sequence[Taken], raw: Sequence[str], form: ItemForm) -> Column:
    """A column: what stands around the fields of a cell belongs to them; a cell without fields is an empty one."""
    whole = [_whole(cell) for cell in cells if cell.units]
    roles = {unit.fields[0] for cell in whole for unit in cell.units if unit.link}
    column = _column(whole, form, explicit=len(roles) == 1)
    literal = [cell.start for cell in cells if not cell.units]
    empty = _most(literal) if literal and 2 * Counter(literal)[_most(literal)] > len(literal) else ""
    widths = {len(text) for text in raw}
    padding = len(raw) > 1 and len(widths) == 1 and any(text.endswith("  ") for text in raw)
    return replace(column, empty=empty, width=max(0, widths.pop() - 2) if padding else 0)


def _whole(cell: Taken) -> Taken:
    """The cell with the text around its units made part of them."""
    first, *rest = cell.units
    units = [replace(first, text=cell.start + first.text, link=first.link and cell.start + first.link), *rest]
    units[-1] = replace(units[-1], text=units[-1].text + cell.end, link=units[-1].link and units[-1].link + cell.end)
    return Taken(tuple(units), "", "")


def _with_styles(form: ItemForm, read: Sequence[Marked], taken: Sequence[Taken]) -> ItemForm:
    """The form with the styles of dates, names and links that most papers have."""
    links = [unit for item in taken for unit in item.units if unit.link]
    pattern = _most(unit.link for unit in links) if links else form.link
    labels = {
        role: _most(unit.label for unit in links if unit.fields[0] == role and unit.link == pattern)
        for role in dict.fromkeys(unit.fields[0] for unit in links if unit.link == pattern)
    }
    runs = [
        unit.before
        for item in taken
        for above, unit in zip(item.units, item.units[1:], strict=False)
        if above.link == unit.link == pattern
    ]
    styles = [found.date for found in read if found.date]
    best = {level: _most(style for style in styles if precision(style) == level) for level in {*map(precision, styles)}}
    names = [(found.authors, found.people) for found in read if found.authors and found.people > 1]
    several = [style for style, people in names if people > 2] or [style for style, _ in names]
    return replace(
        form,
        dates=tuple(best[level] for level in sorted(best, reverse=True)) or form.dates,
        names=_most(several) if several else Names(),
        link=pattern,
        between_links=_most(runs) if runs else form.between_links,
        labels=labels,
    )


def _column(taken: Sequence[Taken], form: ItemForm, *, explicit: bool = False) -> Column:
    """The parts that the papers have, in the order of those that have most."""
    rows = [_row(item.units, form.link, explicit=explicit) for item in taken]
    counted = Counter(cell.key for row in rows for cell in row)
    part_of = {key: part for key in counted if (part := _part_of(key, counted))}
    kept = [[cell for cell in row if cell.key in part_of] for row in rows]
    order = _order([[part_of[cell.key] for cell in row] for row in kept])
    counts = Counter(part_of[cell.key] for row in kept for cell in row)
    parts = [
        _part([cell for row in kept for cell in row if part_of[cell.key] == key])
        for key in order
        if counts[key] * _RARE >= len(rows)
    ]
    return Column(tuple(parts))


def _row(units: Iterable[Unit], pattern: str, *, explicit: bool) -> list[_Cell]:
    """A paper's units by what they show; its links in a row are one."""
    cells: list[_Cell] = []
    for unit in units:
        is_link = unit.link == pattern and not explicit
        if is_link and cells and cells[-1].key == (LINKS,):
            continue
        if is_link and (LINKS,) not in [cell.key for cell in cells]:
            cells.append(_Cell((LINKS,), f"{{{LINKS}}}", unit.before))
        else:
            cells.append(_Cell(unit.fields, unit.text, unit.before))
    return cells


def _part_of(key: tuple[str, ...], counted: Counter[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The part that a unit with these fields is an example of; None if the list mostly shows them apart.

    All units with the title are one part, and ``(2023)`` is one with ``(MICCAI 2023)``.
    """
    if "title" in key:
        return ("title",)
    wider = [other for other in counted if set(key) < set(other) and "title" not in other]
    best = max(wider, key=lambda other: counted[other], default=None)
    if best and counted[best] >= counted[key]:
        return best
    apart = max((counted[other] for other in counted if set(other) < set(key)), default=0)
    return key if counted[key] >= apart else None


def _order(rows: Sequence[Sequence[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """The keys in an order that the longest rows have; any other goes behind the one before it."""
    order: list[tuple[str, ...]] = []
    times = Counter(map(tuple, rows))
    for row in sorted(times, key=lambda row: (-len(row) * (times[row] * _RARE >= len(rows)), -times[row])):
        place = 0
        for key in row:
            if key not in order:
                order.insert(place, key)
            place = order.index(key) + 1
    return order


def _part(cells: Sequence[_Cell]) -> Part:
    """One part: for each set of fields its usual text, and what is left of it where the paper lacks some of them."""
    by_fields: dict[frozenset[str], Counter[str]] = {}
    for cell in cells:
        by_fields.setdefault(frozenset(FIELD.findall(cell.text)), Counter())[cell.text] += 1
    usual = [_most(texts.elements()) for texts in sorted(by_fields.values(), key=lambda texts: -texts.total())]
    texts = sorted([*usual, *_reduced(usual[0])], key=lambda text: -len(FIELD.findall(text)))
    first = {frozenset(FIELD.findall(text)): text for text in reversed(texts)}
    return Part(tuple(reversed(first.values())), _most(cell.before for cell in cells))


def _reduced(text: str) -> list[str]:
    """Without some of its fields: ``[{title}]({paper})`` becomes ``{title}``, ``({venue} {date})`` ``({date})``."""
    fields = FIELD.findall(text)
    if len(fields) < 2:
        return []
    shorter = [_without(text, name) for name in reversed(fields) if name != "title"]
    return [found for one in shorter for found in (one, *_reduced(one))]


def _without(text: str, name: str) -> str:
    """The text without one of its fields, the marks right around it, and what separates it from the field beside it."""
    if name not in PLAIN_FIELDS and (found := re.search(rf"\[(?P<label>.*)\]\(\{{{name}\}}\)", text, re.DOTALL)):
        return text[: found.start()] + found["label"] + text[found.end() :]
    found = re.search(rf"(?P<left>[\[(（`*_]*)\{{{name}\}}(?P<right>[\])）`*_]*)", text)
    if not found:
        return text
    around = min(len(found["left"]), len(found["right"]))
    before = text[: found.end("left") - around]
    after = text[found.start("right") + around :]
    if FIELD.search(before):
        return before.rstrip(" ,.;:'’–—-·|") + after
    return before + after.lstrip(" ,.;:'’–—-·|")


def _most(values: Iterable[Value]) -> Value:
    """The most frequent value, of several the first."""
    return Counter(values).most_common(1)[0][0]
