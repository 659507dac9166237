"""Fields of JSON records: what is missing may be null, and anything of another type makes a record odd."""

from collections.abc import Mapping
from typing import Any, TypeVar

Fields = Mapping[str, Any]
T = TypeVar("T", str, dict[str, Any])


def text_of(record: Fields, name: str) -> str:
    """A field of text as it is, "" if it is missing.

    Raises:
        ValueError: it is something else.
    """
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"its {name} is not text")
    return value or ""


def fields_of(record: Fields, name: str) -> Fields:
    """A field that has fields of its own, empty if it is missing.

    Raises:
        ValueError: it is something else.
    """
    value = record.get(name)
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"its {name} has no fields")
    return value or {}


def list_of(record: Fields, name: str, kind: type[T]) -> list[T]:
    """A list of texts or of records, empty if it is missing.

    Raises:
        ValueError: it is something else, or contains something else.
    """
    value = record.get(name)
    if value is not None and (not isinstance(value, list) or not all(isinstance(item, kind) for item in value)):
        raise ValueError(f"its {name} is not a list of {'texts' if kind is str else 'records'}")
    return value or []
