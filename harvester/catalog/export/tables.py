"""JSON, its JSON Schema, and CSV."""

import csv
import io
import json
from typing import Any

from classifiers.taxonomy import Facet, Taxonomy
from harvester.base.escape import csv_cell
from harvester.catalog.entry import Entry
from harvester.catalog.export.records import Context, entry_json
from harvester.domain.labels import exclusive_first

_ID = r"^(arxiv:\S+|doi:10\.\d{4,9}/\S+|pmid:\d+|pmcid:PMC\d+|title:\S+)$"
_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"


def to_json(entries: list[Entry], context: Context) -> str:
    """An array of entries."""
    return json.dumps([entry_json(entry, context.taxonomy) for entry in entries], ensure_ascii=False, indent=1) + "\n"


def to_json_schema(_entries: list[Entry], context: Context) -> str:
    """The JSON Schema (draft 2020-12) of the JSON export, with the labels of the taxonomy."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": context.taxonomy.title,
        "type": "array",
        "items": entry_schema(context.taxonomy),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def entry_schema(taxonomy: Taxonomy) -> dict[str, Any]:
    """The schema of an entry."""
    text: dict[str, Any] = {"type": "string"}
    facets = {facet.id: _labels(facet) for facet in taxonomy.facets}
    properties = {
        "id": text | {"pattern": _ID, "description": "arxiv:<id>, doi:<doi>, pmid:<id>, pmcid:<id> or title:<key>"},
        "title": text | {"minLength": 1},
        "authors": {"type": "array", "items": text},
        "published": {"type": ["string", "null"], "pattern": _DATE, "description": "day, month or year"},
        "venue": text,
        "note": text,
        **facets,
        "links": {"type": "object", "additionalProperties": text | {"pattern": "^[hH][tT][tT][pP][sS]?://"}},
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def to_csv(entries: list[Entry], context: Context) -> str:
    """A row for each paper (RFC 4180); lists are joined with "; ", and each link role has its own column.

    Cells are written so that no spreadsheet takes them for formulas: see `csv_cell`.
    """
    facets = [facet.id for facet in exclusive_first(context.taxonomy)]
    roles = sorted({role for entry in entries for role in entry.links})
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    columns = ["id", "title", "authors", "published", "venue", "note", *facets, *(f"link {role}" for role in roles)]
    rows.writerow(map(csv_cell, columns))
    for entry in entries:
        labels = [joined(entry.labels.of(facet)) for facet in facets]
        links = [entry.links.get(role, "") for role in roles]
        head = [entry.id, entry.title, joined(entry.authors), str(entry.published), entry.venue, entry.note]
        rows.writerow(map(csv_cell, [*head, *labels, *links]))
    return out.getvalue()


def joined(items: tuple[str, ...]) -> str:
    """A list in a single cell; semicolons within an item are doubled."""
    return "; ".join(item.replace(";", ";;") for item in items)


def _labels(facet: Facet) -> dict[str, Any]:
    label = {"enum": list(facet.label_ids), "description": facet.name}
    return label if facet.exclusive else {"type": "array", "items": label, "uniqueItems": True}
