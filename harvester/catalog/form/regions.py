"""The sections of a list: where each begins, and the labels that it gives to its papers. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifiers.taxonomy import Taxonomy
from harvester.catalog.importing.choices import Choices
from harvester.catalog.importing.items import items
from harvester.catalog.importing.nodes import Close, Heading
from harvester.catalog.importing.outline import Outline
from harvester.catalog.importing.page import page

_YEAR = re.compile(r"[\W_]*(?P<year>(?:19|20)\d\d)[\W_]*")


@dataclass(frozen=True, slots=True)
class Region:
    """A section, which begins with the heading in line `line` (from 0).

    `labels` are None if its papers cannot be told from it; a derived section has its own name in place of a label.
    """

    line: int
    labels: tuple[tuple[str, str], ...] | None
    year: int = 0


def regions(text: str, taxonomy: Taxonomy, choices: Choices | None = None) -> list[Region]:
    """The sections of a list, in its order."""
    outline = Outline(taxonomy, choices or Choices())
    found: list[Region] = []
    years: dict[int, int] = {}
    for heading in items(page(text), text, outline.knows):
        if isinstance(heading, Close):
            outline.leave(heading.level)
        if not isinstance(heading, Heading) or not heading.text:
            continue
        outline.enter(heading.level, heading.text)
        years = {level: year for level, year in years.items() if level < heading.level}
        years[heading.level] = year_of(heading.text)
        place = outline.place
        labels = place.labels if place.known else None
        if place.derived:
            labels = next(_derived(heading.text, taxonomy), None)
        found.append(Region(heading.line - 1, None if place.skipped else labels, max(years.values())))
    return found


def year_of(line: str) -> int:
    """The year, if a heading or line says nothing else; otherwise 0."""
    found = _YEAR.fullmatch(re.sub(r"<[^<>]*>", "", line))
    return int(found["year"]) if found else 0


def region_of(found: Sequence[Region], line: int) -> Region | None:
    """The section that a line is in."""
    return next((region for region in reversed(found) if region.line <= line), None)


def _derived(heading: str, taxonomy: Taxonomy) -> Iterator[tuple[tuple[str, str], ...]]:
    for facet in taxonomy.facets:
        for extra in taxonomy.derived_of(facet.id):
            if extra.matches(heading):
                yield ((facet.id, extra.id),)
