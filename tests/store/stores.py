"""Stores as earlier releases left them."""

import sqlite3
from contextlib import closing
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def golden(folder: Path, name: str) -> Path:
    """A store as that revision created it."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.db"
    with closing(sqlite3.connect(file)) as db:
        db.executescript((GOLDEN / f"{name}.sql").read_text(encoding="utf-8"))
    return file
