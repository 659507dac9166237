"""A paper as JSON and back, to keep a record as its source showed it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from harvester.domain.papers import Author, Paper

_TUPLES = ("identifiers", "categories", "keywords")
_MOMENTS = ("published", "updated")


def to_json(paper: Paper) -> dict[str, Any]:
    """Every field; moments as RFC 3339."""
    moments = {key: value.isoformat() for key in _MOMENTS if (value := getattr(paper, key))}
    return {**asdict(paper), "links": dict(paper.links), **dict.fromkeys(_MOMENTS), **moments}


def from_json(record: Mapping[str, Any]) -> Paper:
    """The paper that `to_json` was given."""
    moments = {key: datetime.fromisoformat(record[key]) if record[key] else None for key in _MOMENTS}
    tuples = {key: tuple(record[key]) for key in _TUPLES}
    return Paper(**{**record, **moments, **tuples, "authors": tuple(Author(**author) for author in record["authors"])})
