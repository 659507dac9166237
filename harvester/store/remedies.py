"""What an operator can do about a database that fails, where its own words do not say."""

import os
import shutil
from pathlib import Path

from sqlalchemy import Engine

FULL = 1_000_000  # bytes free on a disk; SQLite needs more than that even to read


def remedy_of(cause: str, store: Engine) -> str:
    """A sentence to append to the database's words, after a space; "" if there is nothing to add.

    SQLite writes next to its file even to read, and calls it an I/O error if that fails, whatever the reason.
    """
    folder = Path(store.url.database or "").parent if store.dialect.name == "sqlite" else None
    if folder and not os.access(folder, os.W_OK):
        return f" The folder {folder} is read-only; make it writable, or correct [store] url."
    if "is full" in cause or "No space left" in cause:
        return " Free some space on its disk."
    if "disk I/O error" in cause:
        return (
            f" The disk that holds {folder} is full; free some space."
            if folder and _is_full(folder)
            else " Check the disk and the system's log, then run `harvester doctor`."
        )
    return ""


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < FULL
    except OSError:
        return False
