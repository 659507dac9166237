"""The SQL that a step sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, event


@dataclass
class Statements:
    """The statements sent: every query of rows, with its parameters, and the number of write transactions."""

    reads: list[tuple[str, str]] = field(default_factory=list)
    writing: int = 0

    @property
    def repeated(self) -> list[tuple[str, str]]:
        """The queries that were sent twice with the same parameters."""
        return [read for number, read in enumerate(self.reads) if read in self.reads[:number]]


@contextmanager
def counted(store: Engine) -> Iterator[Statements]:
    """All statements that a store receives during the block; PostgreSQL's locks are SELECTs that read no rows."""
    found = Statements()

    def note(_connection: object, _cursor: object, text: str, parameters: object, *_: object) -> None:
        if text.startswith("SELECT") and " FROM " in text.replace("\n", " "):
            found.reads.append((text, repr(parameters)))
        found.writing += text == "BEGIN IMMEDIATE" or "hashtext('harvester write')" in text

    event.listen(store, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(store, "before_cursor_execute", note)
