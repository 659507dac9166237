"""What each folder of the catalog held when it was last read or written there.

Several hosts may share a store, each with a folder of its own. What a folder held is the common ancestor of a three-way
merge between its files and the store: without it, a folder that git has not brought up to date yet would look as if
somebody had removed entries or changed their labels there.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select

from harvester.domain.labels import Labels
from harvester.store.papers import chunks
from harvester.store.tables import entry_files


def held_in(db: Connection, folder: str) -> dict[int, Labels]:
    """The papers whose files this folder held, with the labels in them."""
    query = select(entry_files.c.paper, entry_files.c.labels).where(entry_files.c.folder == folder)
    return {row.paper: Labels(row.labels) for row in db.execute(query)}


def remember_held(db: Connection, folder: str, labels: Mapping[int, Labels]) -> None:
    """Record that this folder now holds files of these papers with these labels."""
    forget_held(db, folder, labels)
    rows = [{"folder": folder, "paper": number, "labels": dict(one.facets)} for number, one in labels.items()]
    if rows:
        db.execute(insert(entry_files), rows)


def forget_held(db: Connection, folder: str, numbers: Iterable[int]) -> None:
    """Record that this folder no longer holds files of these papers."""
    for chunk in chunks(list(numbers)):
        db.execute(delete(entry_files).where(entry_files.c.folder == folder, entry_files.c.paper.in_(chunk)))
