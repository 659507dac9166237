"""Fields of Europe PMC's records."""

from datetime import date

from harvester.sources.json_fields import Fields, T, fields_of, list_of


def inner_list(record: Fields, outer: str, inner: str, kind: type[T]) -> list[T]:
    """A list, which stands in a field of its own: ``{"authorList": {"author": [...]}}``; empty if it is missing.

    Raises:
        ValueError: there is something else.
    """
    return list_of(fields_of(record, outer), inner, kind)


def day_of(record: Fields, name: str) -> date | None:
    """A date; None if it is missing, has no day, or does not exist."""
    value = record.get(name)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
