"""The rows and columns of the dataset export. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from classifiers.taxonomy import Facet, Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.export.publication import doi_of, publication
from harvester.catalog.export.records import entry_json, paper_address
from harvester.domain.labels import exclusive_first


@dataclass(frozen=True, slots=True)
class Column:
    """A column of texts, or of lists (`repeated`) of texts or of structures with the named `parts`."""

    name: str
    about: str
    repeated: bool = False
    parts: tuple[str, ...] = ()


def columns(taxonomy: Taxonomy) -> list[Column]:
    """The columns in order, each facet of the taxonomy among them."""
    return [
        Column("id", "arxiv:<id>, doi:<doi>, pmid:<number>, pmcid:<number> or title:<key>."),
        Column("title", "The title."),
        Column("authors", "The authors' names, in order.", repeated=True),
        Column("published", "The date as YYYY-MM-DD, YYYY-MM or YYYY, as far as it is known; otherwise empty."),
        Column("venue", "The journal, conference, repository or preprint server."),
        Column("note", "What the list's maintainers say about the paper."),
        Column("publication", "How it appeared: journal, conference, preprint, dataset, software or other."),
        Column("doi", "The DOI, if it is known."),
        Column("url", "The paper's address."),
        *(Column(facet.id, _about(facet), repeated=not facet.exclusive) for facet in exclusive_first(taxonomy)),
        Column("links", "Addresses by role, such as paper, code or project.", repeated=True, parts=("role", "url")),
    ]


def rows(entries: Sequence[Entry], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """A row for each entry; every column is in every row, so that loaders find one schema."""
    names = [column.name for column in columns(taxonomy)]
    held = (_values(entry, taxonomy) for entry in entries)
    return [{name: values[name] for name in names} for values in held]


def _values(entry: Entry, taxonomy: Taxonomy) -> dict[str, Any]:
    return entry_json(entry, taxonomy) | {
        "published": str(entry.published),
        "publication": publication(entry).value,
        "doi": doi_of(entry),
        "url": paper_address(entry),
        "links": [{"role": role, "url": address} for role, address in entry.links.items()],
    }


def _about(facet: Facet) -> str:
    return f"{facet.name}: {', '.join(facet.label_ids)}."
