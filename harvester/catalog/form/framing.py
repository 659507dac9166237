"""Makes the frame of a list from its text and the places of its papers. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from harvester.catalog.entry import Entry
from harvester.catalog.form.frame import Block, Frame, Item, Rest, Run, Text, fingerprint, has_mark
from harvester.catalog.form.places import Place
from harvester.catalog.form.regions import Region, region_of, year_of
from harvester.catalog.sections import OTHER

_ATX = re.compile(r"\s*(?P<marks>#{1,6})\s")


class Framer:
    """The frame of one list, line by line.

    Args:
        heads: the name of the form of each table, by its header.
    """

    def __init__(self, lines: Sequence[str], sections: Sequence[Region], heads: Mapping[str, str]) -> None:
        self._lines, self._sections, self._heads = lines, sections, heads
        self._blocks: list[Block] = []
        self._pending: list[str] = []  # lines since the last paper
        self._year = 0

    def frame(
        self,
        places: Sequence[Place],
        names: Mapping[int, str],
        labels: Mapping[int, tuple[tuple[str, str], ...]],
        entries: Sequence[Entry],
    ) -> Frame:
        """The frame, with the lines of every paper.

        Args:
            names: the name of each paper's form, by its first line.
            labels: the labels of its section, likewise.
            entries: the papers, to which the places refer.
        """
        usual = next(iter(names.values()), "")
        empty = self._empty_sections(places)
        starts = {place.first: place for place in places}
        number = 0
        while number < len(self._lines):
            if number in empty:
                self._text()
                section = self._sections[empty[number]]
                self._blocks.append(Run(self._form_at(number, usual), section.labels or (), section.year))
            if place := starts.get(number):
                kept = "\n".join(self._lines[place.first : place.last + 1])
                wanted = Run(names[place.first], labels[place.first], self._year_at(place.first))
                self._paper(wanted, [entries[paper] for paper in (place.paper, *place.others)], kept)
                usual = names[place.first]
                number = place.last + 1
                continue
            self._line(number)
            number += 1
        if len(self._lines) in empty:
            self._text()
            section = self._sections[empty[len(self._lines)]]
            self._blocks.append(Run(usual, section.labels or (), section.year))
        self._text()
        return self._with_rest()

    def _line(self, number: int) -> None:
        line = self._lines[number]
        self._pending.append(line)
        if line.lstrip().startswith("#"):
            self._year = 0
        self._year = year_of(line) or self._year

    def _year_at(self, number: int) -> int:
        section = region_of(self._sections, number)
        return self._year or (section.year if section else 0)

    def _paper(self, wanted: Run, entries: Sequence[Entry], kept: str) -> None:
        blank = len(self._pending)
        above = self._blocks[-1] if self._blocks else None
        if not isinstance(above, Run) or any(self._pending) or replace(above, items=()) != wanted:
            self._text()
            self._blocks.append(wanted)
            blank = 0
        self._pending = []
        run = self._blocks[-1]
        if isinstance(run, Run) and not has_mark(kept):
            first, *others = (entry.id for entry in entries)
            item = Item(first, blank, fingerprint(*entries), kept, tuple(others))
            self._blocks[-1] = replace(run, items=(*run.items, item))

    def _text(self) -> None:
        if self._pending:
            self._blocks.append(Text(tuple(self._pending)))
        self._pending = []

    def _empty_sections(self, places: Sequence[Place]) -> dict[int, int]:
        """Where a mark goes for sections that have labels but no paper: below the heading, its text and its table."""
        taken = {id(region_of(self._sections, place.first)) for place in places}
        found: dict[int, int] = {}
        for position, section in enumerate(self._sections):
            if section.labels and id(section) not in taken:
                limit = self._sections[position + 1].line if position + 1 < len(self._sections) else len(self._lines)
                found[self._below_heading(section.line, limit)] = position
        return found

    def _below_heading(self, first: int, limit: int) -> int:
        inside = range(first + 1, limit)
        if table := [number for number in inside if "\n".join(self._lines[number - 2 : number]) in self._heads]:
            return table[0]
        return next((number for number in inside if not self._lines[number].strip()), limit)

    def _form_at(self, number: int, usual: str) -> str:
        return self._heads.get("\n".join(self._lines[number - 2 : number]), usual) if number > 1 else usual

    def _with_rest(self) -> Frame:
        """The frame with a place for papers of no section, unless a section without labels takes them."""
        runs = [number for number, block in enumerate(self._blocks) if isinstance(block, Run)]
        if not runs or any(isinstance(block, Run) and not block.labels for block in self._blocks):
            return tuple(self._blocks)
        last = self._blocks[runs[-1]]
        marks = (found["marks"] for found in map(_ATX.match, self._headings()) if found)
        heading = f"{min(marks, key=len, default='##')} {OTHER}"
        rest = Rest(last.form if isinstance(last, Run) else "", heading)
        return (*self._blocks[: runs[-1] + 1], rest, *self._blocks[runs[-1] + 1 :])

    def _headings(self) -> Iterator[str]:
        """The headings of the sections that have papers."""
        for section in self._sections:
            if section.labels is not None:
                yield self._lines[section.line]
