"""Describes the dataset in Croissant 1.0, JSON-LD for loaders and dataset search engines.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from harvester.catalog.export.columns import Column
from harvester.catalog.export.records import Context

# The context that the specification prescribes (its appendix).
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        term: f"cr:{term}"
        for term in (
            "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet",
            "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet",
            "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField",
            "transform",
        )
    },
}  # fmt: skip
_MEDIA_TYPES = {"jsonl": "application/jsonlines", "parquet": "application/x-parquet"}
_RECORDS = "papers"


def croissant(files: Mapping[str, bytes], columns: list[Column], context: Context, day: date) -> bytes:
    """The description of data files, of which the first holds the records that loaders get.

    Args:
        files: contents by path below the dataset's folder.
        day: when these data were first written.
    """
    taxonomy = context.taxonomy
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": taxonomy.title,
        "description": taxonomy.scope.definition,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "url": context.home or None,
        "license": f"https://spdx.org/licenses/{context.license}.html" if context.license else None,
        "creator": {"@type": "sc:Organization", "name": context.maintainers},
        "citeAs": f"{context.maintainers}. {day.year}. {taxonomy.title}.",
        "datePublished": day.isoformat(),
        "version": f"1.0.{day:%Y%m%d}",
        "distribution": [_file(name, content) for name, content in files.items()],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": _RECORDS,
                "name": _RECORDS,
                "description": "One record per paper, newest first.",
                "key": {"@id": f"{_RECORDS}/id"},
                "field": [_field(column, next(iter(files))) for column in columns],
            }
        ],
    }
    shown = {name: value for name, value in document.items() if value is not None}
    return json.dumps(shown, ensure_ascii=False, indent=1).encode() + b"\n"


def _file(name: str, content: bytes) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{len(content)} B",
        "encodingFormat": _MEDIA_TYPES[name.rpartition(".")[2]],
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _field(column: Column, file: str) -> dict[str, Any]:
    """A column; the parts of a structure are taken from each of its items."""
    source = {"fileObject": {"@id": file}, "extract": {"column": column.name}}
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{_RECORDS}/{column.name}",
        "name": column.name,
        "description": column.about,
        "repeated": True if column.repeated else None,
    }
    if not column.parts:
        field |= {"dataType": "sc:Text", "source": source}
    else:
        field["subField"] = [
            {
                "@type": "cr:Field",
                "@id": f"{_RECORDS}/{column.name}/{part}",
                "name": part,
                "dataType": "sc:Text",
                "repeated": True,
                "source": source | {"transform": {"jsonPath": f"[*].{part}"}},
            }
            for part in column.parts
        ]
    return {name: value for name, value in field.items() if value is not None}
