"""The records of one JSON answer: an odd one costs only itself."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harvester.domain.notices import Notice
from harvester.domain.papers import OddRecord, Sighting
from harvester.sources.errors import Malformed
from harvester.sources.json_fields import Fields
from harvester.sources.window import Batch

MANY = 10  # records; if none of so many can be read, the format has changed
UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, OverflowError)
"""What reading a record raises if it is not as its service documents it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record contains: a sighting, unless it is a notice or no paper; and notices."""

    sighting: Sighting | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """How to read the records of a service: its name, what it calls a record, and what a note calls one of them.

    None of `many` records being readable is a change of format.
    """

    service: str
    term: str
    name: Callable[[Any], str]
    many: int = MANY


def read_all(reader: Reader, read: Callable[[Fields], Reading], records: Sequence[Any], before: int = 0) -> Batch:
    """The papers and notices among the records, and a note on each record that cannot be read, with its place.

    Args:
        read: raises one of UNREADABLE for an odd record.
        before: how many records earlier answers contained.

    Raises:
        Malformed: none of many records can be read.
    """
    readings: list[Reading] = []
    notes: list[str] = []
    odd: list[OddRecord] = []
    for number, record in enumerate(records, before + 1):
        try:
            if not isinstance(record, dict):
                raise ValueError("it has no fields")
            readings.append(read(record))
        except UNREADABLE as error:
            why = _why(error)
            notes.append(f"{reader.term} {number} ({reader.name(record)}) cannot be read and was left out: {why}.")
            odd.append(OddRecord(json.dumps(record, sort_keys=True), why))
    if len(odd) == len(records) >= reader.many:
        raise Malformed(f"{reader.service} sent {reader.term.lower()}s of which none can be read. {notes[0]}")
    others = sum(not reading.sighting and not reading.notices for reading in readings)
    if others:
        notes.append(f"{others} items are not papers." if others > 1 else "1 item is not a paper.")
    return Batch(
        [reading.sighting for reading in readings if reading.sighting],
        len(records),
        notes=notes,
        notices=[notice for reading in readings for notice in reading.notices],
        odd=odd,
    )


def _why(error: Exception) -> str:
    """Our own sentence, or Python's words about what it met: a KeyError's are only a name."""
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__} {error}"
