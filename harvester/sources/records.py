"""The records of one JSON answer: an odd one costs only itself."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harvester.domain.notices import Notice
from harvester.domain.papers import OddRecord, Sighting
from harvester.domain.text import clean
from harvester.sources.errors import Malformed
from harvester.sources.json_fields import Fields
from harvester.sources.window import Batch, is_another_format, left_out

UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, OverflowError)
"""What reading a record raises if it is not as its service documents it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record contains: a sighting, unless it is a notice or no paper; and notices."""

    sighting: Sighting | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """How to read the records of a service: its name, what it calls a record, and what a note calls one of them."""

    service: str
    term: str
    name: Callable[[Any], str]


def read_all(reader: Reader, read: Callable[[Fields], Reading], records: Sequence[Any], before: int = 0) -> Batch:
    """The papers and notices among the records, and a note on each record that cannot be read, with its place.

    Args:
        read: raises one of UNREADABLE for an odd record.
        before: how many records earlier answers contained.

    Raises:
        Malformed: none of many records can be read.
    """
    readings: list[Reading] = []
    others: list[str] = []
    notes: list[str] = []
    odd: list[OddRecord] = []
    for number, record in enumerate(records, before + 1):
        try:
            if not isinstance(record, dict):
                raise ValueError("it has no fields")
            reading = read(record)
        except UNREADABLE as error:
            why = why_unreadable(error)
            notes.append(f"{reader.term} {number} ({reader.name(record)}) cannot be read and was left out: {why}.")
            odd.append(OddRecord(json.dumps(record, sort_keys=True), why))
            continue
        readings.append(reading)
        others += [] if reading.sighting or reading.notices else [_title_of(record) or reader.name(record)]
    if is_another_format(len(odd), len(records)):
        raise Malformed(f"{reader.service} sent {reader.term.lower()}s of which none can be read. {notes[0]}")
    if others:
        notes.append(left_out(others))
    return Batch(
        [reading.sighting for reading in readings if reading.sighting],
        len(records),
        notes=notes,
        notices=[notice for reading in readings for notice in reading.notices],
        odd=odd,
    )


def _title_of(record: Fields) -> str:
    """Its title, of which Crossref has a list."""
    title = record.get("title")
    found = title[0] if isinstance(title, list) and title else title
    return clean(found)[:80] if isinstance(found, str) else ""


def why_unreadable(error: Exception) -> str:
    """Why a record cannot be read: our own sentence, or in general terms what Python met in it."""
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]}"
    return str(error) if isinstance(error, ValueError) else "one of its fields is of another type than documented"
