"""CSL-JSON, which citeproc, pandoc and Zotero read (https://docs.citationstyles.org, CSL 1.0.2, appendices III and IV).

The schema is https://resource.citationstyles.org/schema/v1.0/input/json/csl-data.json.
"""

import json
from typing import Any

from harvester.catalog.entry import Entry
from harvester.catalog.export.bibtex import key
from harvester.catalog.export.publication import Publication, doi_of, publication
from harvester.catalog.export.records import Context, other_links, paper_address
from harvester.catalog.published import Published
from harvester.domain.person_names import split_name

_TYPES = {
    Publication.JOURNAL: "article-journal",
    Publication.CONFERENCE: "paper-conference",
    Publication.PREPRINT: "article",
    Publication.DATASET: "dataset",
    Publication.SOFTWARE: "software",
    Publication.OTHER: "document",
}
_CONTAINED = (Publication.JOURNAL, Publication.CONFERENCE)


def to_csl_json(entries: list[Entry], _context: Context) -> str:
    """An array of items, under the same keys as in BibTeX; ``custom`` has what CSL has no variable for."""
    return json.dumps([_item(entry) for entry in entries], ensure_ascii=False, indent=1) + "\n"


def _item(entry: Entry) -> dict[str, Any]:
    scheme, _, name = entry.id.partition(":")
    form = publication(entry)
    item: dict[str, Any] = {
        "id": key(entry.id),
        "type": _TYPES[form],
        "title": entry.title,
        "author": [_name(author) for author in entry.authors],
        "issued": _date(entry.published),
        "container-title" if form in _CONTAINED else "publisher": entry.venue,
        "genre": "preprint" if form is Publication.PREPRINT else "",
        "number": f"arXiv:{name}" if scheme == "arxiv" else "",
        "DOI": doi_of(entry),
        "PMID": name if scheme == "pmid" else "",
        "PMCID": name if scheme == "pmcid" else "",
        "URL": paper_address(entry),
        "keyword": ", ".join(entry.labels.names),
        "note": entry.note,
        "custom": {"id": entry.id, "links": other_links(entry)},
    }
    return {variable: value for variable, value in item.items() if value}


def _name(text: str) -> dict[str, str]:
    """The parts of a person's name, or a group's whole name."""
    name = split_name(text)
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
        "literal": name.literal,
    }
    return {part: value for part, value in parts.items() if value}


def _date(when: Published) -> dict[str, Any]:
    known = [part for part in (when.year, when.month, when.day) if part]
    return {"date-parts": [known]} if known else {}
