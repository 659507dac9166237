"""Learns the form of a whole list: the forms of its papers, their order, and the frame that they stand in. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, get_args

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.form.builtin import in_a_row
from harvester.catalog.form.frame import Frame, Run
from harvester.catalog.form.framing import Framer
from harvester.catalog.form.item import LINKS, Column, ItemForm, Part, render_item
from harvester.catalog.form.learning import Sample, learn_item, learn_table, split_row
from harvester.catalog.form.places import Place, find_places, table_rows
from harvester.catalog.form.regions import Region, region_of
from harvester.catalog.importing.mojibake import repair
from harvester.domain.folding import folded

Order = Literal["newest", "oldest", "title", "end"]
ORDERS = get_args(Order)
_IN_ORDER = 0.9  # of two neighbors, so many must be in order for a list to be sorted
_MARK = re.compile(r"\s*(?P<mark>[-*+•]|\d+[.)])\s")
_HEADING = re.compile(r"(?P<marks>\s*#{1,6}\s+)\S")


@dataclass(frozen=True, slots=True)
class ListForm:
    """The form of a list. `order` says where a new paper goes within its section."""

    frame: Frame
    forms: Mapping[str, ItemForm]
    order: Order = "newest"
    line_end: str = "\n"


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: of the `papers` shown in a list, the form alone gives the lines of `regular` ones again."""

    form: ListForm
    papers: int
    regular: int

    def to_json(self) -> dict[str, Any]:
        """``{"forms", "order", "papers", "regular"}``."""
        return {
            "forms": list(self.form.forms),
            "order": self.form.order,
            "papers": self.papers,
            "regular": self.regular,
        }


def learn(
    text: str, read: Sequence[Entry], entries: Sequence[Entry], sections: Sequence[Region], taxonomy: Taxonomy
) -> Learned | None:
    """The form of a list; None if it shows no paper.

    Args:
        read: the papers as the list has them.
        entries: the same papers as the catalog has them, in the same order.
        sections: see `regions.regions`.
    """
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = [repair(line) for line in text.replace("\r\n", "\n").split("\n")]
    rows = table_rows(lines)
    found = find_places(lines, read, {section.line for section in sections}, rows.keys())
    labels = _labels(lines, found, read, sections, taxonomy)
    placed = [place for place in found if place.first in labels]
    kinds = {place.first: _kind(lines, place, rows) for place in placed}
    forms = _forms(lines, placed, kinds, read)
    if not forms:
        return None
    usual = next(iter(forms.values())).name
    names = {line: forms[kind].name if kind in forms else usual for line, kind in kinds.items()}
    heads = {kind.head: form.name for kind, form in forms.items() if kind.head}
    framed = Framer(lines, sections, heads).frame(placed, names, labels, entries)
    by_name = {form.name: form for form in forms.values()}
    current = {entry.id: entry for entry in entries}
    frame = tuple(_with_rendered(block, by_name, current) if isinstance(block, Run) else block for block in framed)
    items = [item for block in frame if isinstance(block, Run) for item in block.items]
    order = _order(_groups(placed, labels, read))
    form = ListForm(frame, by_name, order, line_end)
    return Learned(form, sum(len(item.papers) for item in items), sum(not item.kept for item in items))


def _labels(
    lines: Sequence[str], places: Sequence[Place], read: Sequence[Entry], sections: Sequence[Region], taxonomy: Taxonomy
) -> dict[int, tuple[tuple[str, str], ...]]:
    """The labels of the section of each paper, by its first line; none for a mention outside of all sections.

    Where headings do not say it and the paper is in no other section, they are those that it shares with the papers
    next to it.
    """
    labels = {
        place.first: region.labels
        for place in places
        if (region := region_of(sections, place.first)) and region.labels is not None
    }
    seen = {place.paper for place in places if place.first in labels}
    usual = {(facet.id, facet.label_ids[0]) for facet in taxonomy.facets if facet.exclusive}
    for group in _stretches(lines, [place for place in places if place.paper not in seen]):
        own = [[pair for pair in read[place.paper].labels.pairs if pair not in usual] for place in group]
        shared = tuple(pair for pair in own[0] if all(pair in others for others in own))
        labels |= {place.first: shared for place in group}
    return labels


def _stretches(lines: Sequence[str], places: Iterable[Place]) -> list[list[Place]]:
    """The places in groups between whose members there is no text."""
    groups: list[list[Place]] = []
    for place in places:
        if groups and not "".join(lines[groups[-1][-1].last + 1 : place.first]).strip():
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


@dataclass(frozen=True, slots=True)
class _Kind:
    """What papers that are written alike have in common; `head` is the header of their table."""

    name: str
    mark: str = ""
    head: str = ""


def _kind(lines: Sequence[str], place: Place, rows: Mapping[int, int]) -> _Kind:
    line = lines[place.first]
    if place.first in rows:
        head = rows[place.first]
        return _Kind("table", head="\n".join(lines[head : head + 2]))
    if "<tr" in line:
        return _Kind("table", "tr")
    if _HEADING.match(line):
        return _Kind("headings")
    bullet = _MARK.match(line)
    return _Kind("bullets", "1" if bullet["mark"][0].isdigit() else bullet["mark"]) if bullet else _Kind("blocks")


def _forms(
    lines: Sequence[str], places: Sequence[Place], kinds: Mapping[int, _Kind], read: Sequence[Entry]
) -> dict[_Kind, ItemForm]:
    """The form of each kind of paper, the most frequent kind first."""
    forms: dict[_Kind, ItemForm] = {}
    for kind, _ in Counter(kinds.values()).most_common():
        alike = [place for place in places if kinds[place.first] == kind and not place.others]
        samples = [Sample("\n".join(lines[place.first : place.last + 1]), read[place.paper]) for place in alike]
        again = sum(other.name == kind.name for other in forms)
        name = f"{kind.name}-{again + 1}" if again else kind.name
        form = learn_table(name, samples, kind.head) if kind.name == "table" else None
        form = form or learn_item(name, samples, _gap(lines, places, kinds, kind))
        forms[kind] = form or replace(_usual_form(kind), name=name, head=kind.head)
    return forms


def _usual_form(kind: _Kind) -> ItemForm:
    """A form for new papers where none can be learned, since no paper shows its title as it was read."""
    if not kind.head:
        return in_a_row("bullets" if kind.name == "bullets" else "blocks")
    empty = len(split_row(kind.head.partition("\n")[0])) - 2
    cells = [Column((Part(("{title}",)),)), *[Column(())] * empty, Column((Part((f"{{{LINKS}}}",)),))]
    return ItemForm("", tuple(cells), start="| ", end=" |")


def _gap(lines: Sequence[str], places: Sequence[Place], kinds: Mapping[int, _Kind], kind: _Kind) -> int:
    """The empty lines that usually stand between two papers of a kind."""
    gaps = [
        below.first - above.last - 1
        for above, below in pairwise(places)
        if kinds[above.first] == kinds[below.first] == kind and not "".join(lines[above.last + 1 : below.first]).strip()
    ]
    return Counter(gaps).most_common(1)[0][0] if gaps else int(kind.name in ("blocks", "headings"))


def _with_rendered(run: Run, forms: Mapping[str, ItemForm], entries: Mapping[str, Entry]) -> Run:
    """The run without the lines of papers that its form gives again."""
    form = forms[run.form]
    return replace(
        run,
        items=tuple(
            replace(item, print="", kept="")
            if not item.others and render_item(form, entries[item.paper], number) == item.kept
            else item
            for number, item in enumerate(run.items, 1)
        ),
    )


def _groups(
    places: Sequence[Place], labels: Mapping[int, tuple[tuple[str, str], ...]], read: Sequence[Entry]
) -> list[list[Entry]]:
    """The papers of each section, by its labels."""
    groups: dict[tuple[tuple[str, str], ...], list[Entry]] = {}
    for place in places:
        groups.setdefault(labels[place.first], []).append(read[place.paper])
    return list(groups.values())


def _order(groups: Sequence[Sequence[Entry]]) -> Order:
    """How the papers of most sections are sorted; ``end`` if they are not."""
    pairs = [(above, below) for group in groups for above, below in pairwise(group)]
    dated = [(a.published.year, b.published.year) for a, b in pairs if a.published and b.published]
    titles = [(folded(above.title), folded(below.title)) for above, below in pairs]
    falling, rising = sum(a > b for a, b in dated), sum(a < b for a, b in dated)
    if falling + rising and max(falling, rising) >= _IN_ORDER * (falling + rising) and len(dated) * 2 >= len(pairs):
        return "newest" if falling > rising else "oldest"
    if len(titles) > 1 and sum(a <= b for a, b in titles) >= _IN_ORDER * len(titles):
        return "title"
    return "end"
