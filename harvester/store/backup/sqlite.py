"""Copies of an SQLite store: made while it is in use, and put back into it in one transaction.

Never by copying the file: the last commits are in the write-ahead log beside it. The online backup API reads one
snapshot while others write, and writes as one transaction that others see completely or not at all
(https://www.sqlite.org/backup.html).
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from harvester.base.errors import HarvesterError, StoreError

MAGIC = b"SQLite format 3\0"
BUSY_TIMEOUT = 30.0  # seconds to wait for a writer
PAGES = 5000  # copied between two reports of progress, 20 MB


def copy_out(database: Path, file: Path, told: Callable[[int, int], None] = lambda *_: None) -> None:
    """Write the database into an empty `file`, as a single file without a log.

    `told` receives how many pages have been copied, and of how many.

    Raises:
        StoreError: the database cannot be read, or the file not be written.
    """
    with (
        _named(f"Cannot back up {database} to {file}"),
        closing(_open(database, "ro")) as source,
        closing(sqlite3.connect(file)) as target,
    ):
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_master").fetchone()  # one snapshot for all pages, whoever writes meanwhile
        source.backup(target, pages=PAGES, progress=lambda _, left, total: told(total - left, total))
        target.execute("PRAGMA journal_mode=DELETE")


def copy_in(file: Path, database: Path) -> None:
    """Replace the content of the database; processes that have it open see the new content from then on.

    Raises:
        StoreError: the file cannot be read, or the database not be written; it is as it was.
    """
    with (
        _named(f"Cannot restore {file} into {database}"),
        closing(_open(file, "ro")) as source,
        closing(sqlite3.connect(database, timeout=BUSY_TIMEOUT)) as target,
    ):
        source.backup(target)


def revision_in(file: Path) -> str:
    """The schema of the store in a file, after a check of every page.

    Raises:
        HarvesterError: the file is damaged or does not contain a store.
    """
    try:
        with closing(_open(file, "ro")) as db:
            if (problem := db.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise HarvesterError(f"{file} is damaged: {problem}. Take an older backup.")
            return str(db.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except sqlite3.OperationalError:
        raise HarvesterError(f"{file} is an SQLite database, but not a harvester's store.") from None
    except sqlite3.DatabaseError as error:
        raise HarvesterError(f"{file} is damaged: {error}. Take an older backup.") from None


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", timeout=BUSY_TIMEOUT, uri=True)


@contextmanager
def _named(doing: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"{doing}: {error}. Check that there is enough disk space and that both files can be read and written."
        ) from error
