"""Fields of Europe PMC's records: what may be missing may be null, and anything of another type makes a record odd."""

from collections.abc import Mapping
from datetime import date
from typing import Any

Record = Mapping[str, Any]
EARLIEST = date(1900, 1, 1)


def text_of(record: Record, name: str) -> str:
    """A field of text as it is, "" if it is missing.

    Raises:
        ValueError: it is something else.
    """
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"its {name} is not text")
    return value or ""


def part_of(record: Record, name: str) -> Record:
    """A field that has fields of its own, empty if it is missing.

    Raises:
        ValueError: it is something else.
    """
    value = record.get(name)
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"its {name} has no fields")
    return value or {}


def list_of(record: Record, outer: str, inner: str) -> list[Any]:
    """A list, which stands in a field of its own: ``{"authorList": {"author": [...]}}``; empty if it is missing.

    Raises:
        ValueError: there is something else.
    """
    value = part_of(record, outer).get(inner)
    if value is not None and not isinstance(value, list):
        raise ValueError(f"its {outer} is not a list")
    return value or []


def parts_of(record: Record, outer: str, inner: str) -> list[Record]:
    """The same for a list of which every element has fields.

    Raises:
        ValueError: there is something else.
    """
    found = list_of(record, outer, inner)
    if not all(isinstance(item, dict) for item in found):
        raise ValueError(f"its {outer} contains something without fields")
    return found


def texts_of(record: Record, outer: str, inner: str) -> list[str]:
    """The same for a list of texts.

    Raises:
        ValueError: there is something else.
    """
    found = list_of(record, outer, inner)
    if not all(isinstance(item, str) for item in found):
        raise ValueError(f"its {outer} contains something that is not text")
    return found


def day_of(record: Record, name: str) -> date | None:
    """A date; None if it is missing, has no day, or does not exist."""
    value = record.get(name)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
