"""Arranges papers into the sections of the list, in the taxonomy's order, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from classifiers.taxonomy import Facet, Taxonomy
from harvester.catalog.entry import Entry
from harvester.domain.labels import KIND

REVIEW = "review"  # the kind that has a section of its own in the list
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its papers, or a chapter with its sections; `key` is unique in the list."""

    key: str
    name: str
    emoji: str
    entries: tuple[Entry, ...] = ()
    sections: tuple["Section", ...] = ()


def arrange(entries: Iterable[Entry], taxonomy: Taxonomy) -> tuple[Section, ...]:
    """The whole list: Reviews, a chapter for each facet, and Other for papers that no other section shows."""
    ordered = newest_first(entries)
    chapters = [*_reviews(ordered, taxonomy), *(_chapter(ordered, facet, taxonomy) for facet in _facets(taxonomy))]
    shown = {entry.id for chapter in chapters for section in (chapter, *chapter.sections) for entry in section.entries}
    if rest := tuple(entry for entry in ordered if entry.id not in shown):
        chapters.append(Section("other", OTHER, "🗃️", rest))
    return tuple(chapters)


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Sort by date, newest first and undated last, then by title and id, so that the order is always the same."""
    by_name = sorted(entries, key=lambda entry: (entry.title.casefold(), entry.id))
    return sorted(by_name, key=lambda entry: entry.published, reverse=True)


def _facets(taxonomy: Taxonomy) -> list[Facet]:
    return [facet for facet in taxonomy.facets if facet.id != KIND]


def _reviews(ordered: list[Entry], taxonomy: Taxonomy) -> list[Section]:
    labels = [label for facet in taxonomy.facets if facet.id == KIND for label in facet.labels if label.id == REVIEW]
    papers = tuple(entry for entry in ordered if entry.labels.has(KIND, REVIEW))
    return [Section(label.id, label.name, label.emoji, papers) for label in labels]


def _chapter(ordered: list[Entry], facet: Facet, taxonomy: Taxonomy) -> Section:
    having = [(entry, entry.labels.of(facet.id)) for entry in ordered]
    sections: list[Section] = []
    for label in facet.labels:
        papers = tuple(entry for entry, held in having if label.id in held)
        sections.append(Section(f"{facet.id}-{label.id}", label.name, label.emoji, papers))
    for extra in taxonomy.derived_of(facet.id):
        papers = tuple(entry for entry, held in having if len(held) >= extra.at_least)
        sections.append(Section(f"{facet.id}-{extra.id}", extra.name, extra.emoji, papers))
    return Section(facet.id, facet.name, facet.emoji, sections=tuple(sections))
