"""Embeddings kept in a file, so that no text is encoded twice: not by a later run, not for a retrained model.

A vector never changes for a given text and encoder, so a hash of both names it. The file is only a cache: it is
bounded, drops the oldest first, and if it cannot be used, that costs time, never an answer.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifiers.encoder import Encoder, Progress

if TYPE_CHECKING:
    from classifiers.arrays import Floats

log = logging.getLogger(__name__)
MOST = 250_000
"""The number of vectors kept: those of 125,000 papers, which take some 450 MB."""
_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, vector BLOB NOT NULL)"
_ASKED = 500  # names in one statement
_PATIENCE = 5.0  # seconds to wait for another process that writes


class CachedEncoder:
    """An encoder that looks in the file `cache` before it asks `encoder`; the file keeps at most `most` vectors."""

    def __init__(self, encoder: Encoder, cache: Path, most: int = MOST) -> None:
        self.name, self.sha256, self.adapter = encoder.name, encoder.sha256, encoder.adapter
        self._weights = encoder.sha256 + (encoder.adapter.sha256 if encoder.adapter else "")
        self._encoder, self._cache, self._most = encoder, cache, most

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Like `TextEncoder.encode`."""
        names = [self._name(text) for text in texts]
        found = self._look_up(list(dict.fromkeys(names)))
        missing = {name: text for name, text in zip(names, texts, strict=True) if name not in found}
        if missing or not texts:
            vectors = self._encoder.encode(list(missing.values()), progress)
            made = dict(zip(missing, vectors, strict=True))
            self._keep(made)
            found |= made
        if progress is not None:
            progress(len(texts) - len(missing))
        return np.stack([found[name] for name in names]) if texts else vectors

    def _name(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._weights}\0{text}".encode("utf-8", "surrogatepass")).digest()

    def _look_up(self, names: Sequence[bytes]) -> dict[bytes, Floats]:
        found: dict[bytes, Floats] = {}
        with self._whatever_fails(), closing(self._open()) as db:
            for start in range(0, len(names), _ASKED):
                asked = names[start : start + _ASKED]
                places = ",".join("?" * len(asked))
                rows = db.execute(f"SELECT name, vector FROM vectors WHERE name IN ({places})", asked)  # noqa: S608
                found.update((name, np.frombuffer(vector, dtype=np.float32)) for name, vector in rows)
        return found

    def _keep(self, made: Mapping[bytes, Floats]) -> None:
        rows = [(name, vector.tobytes()) for name, vector in made.items()]
        with self._whatever_fails(), closing(self._open()) as db, db:
            db.executemany("INSERT OR IGNORE INTO vectors (name, vector) VALUES (?, ?)", rows)
            db.execute("DELETE FROM vectors WHERE id <= (SELECT max(id) FROM vectors) - ?", (self._most,))

    def _open(self) -> sqlite3.Connection:
        self._cache.parent.mkdir(exist_ok=True)
        db = sqlite3.connect(self._cache, timeout=_PATIENCE)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute(_SCHEMA)
        except sqlite3.Error:
            db.close()
            raise
        return db

    @contextmanager
    def _whatever_fails(self) -> Iterator[None]:
        """If the folder cannot be written, the disk is full or the file is damaged, the texts are encoded again."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            log.warning("%s cannot be used as a cache of embeddings (%s); you may delete it.", self._cache, error)
