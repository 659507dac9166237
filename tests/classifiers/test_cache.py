"""The cache of embeddings gives the same answers, encodes nothing twice, is bounded, and never causes a failure."""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from classifiers.arrays import Floats
from classifiers.cache import CachedEncoder
from classifiers.encoder import Progress, TextEncoder


class Counting:
    """A three-dimensional encoder that records the texts it is asked for."""

    name = "counting"
    adapter = None

    def __init__(self, sha256: str = "a" * 64) -> None:
        self.sha256 = sha256
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        self.asked += texts
        if progress:
            progress(len(texts))
        return np.array([[len(text), ord(text[0]), 1] for text in texts], dtype=np.float32).reshape(len(texts), 3)


def test_nothing_is_encoded_twice(tmp_path: Path) -> None:
    encoder, finished = Counting(), list[int]()
    cached = CachedEncoder(encoder, tmp_path / "e.db")
    first = cached.encode(["b", "aa", "b"], finished.append)
    assert encoder.asked == ["b", "aa"]
    later = CachedEncoder(encoder, tmp_path / "e.db").encode(["ccc", "aa", "b"], finished.append)
    assert encoder.asked == ["b", "aa", "ccc"]
    assert sum(finished) == 6
    assert np.array_equal(first, encoder.encode(["b", "aa", "b"]))
    assert np.array_equal(later, encoder.encode(["ccc", "aa", "b"]))
    assert cached.encode([]).shape == (0, 3)
    assert later.flags.writeable


def test_another_encoder_has_vectors_of_its_own(tmp_path: Path) -> None:
    one, other = Counting("a" * 64), Counting("b" * 64)
    for encoder in (one, other):
        CachedEncoder(encoder, tmp_path / "e.db").encode(["text"])
    assert one.asked == other.asked == ["text"]


def test_the_oldest_make_room(tmp_path: Path) -> None:
    encoder = Counting()
    cached = CachedEncoder(encoder, tmp_path / "e.db", most=3)
    for text in ("a", "b", "c", "d"):
        cached.encode([text])
    with closing(sqlite3.connect(tmp_path / "e.db")) as db:
        assert db.execute("SELECT count(*) FROM vectors").fetchone() == (3,)
    encoder.asked.clear()
    cached.encode(["b", "c", "d"])
    assert encoder.asked == []
    cached.encode(["a"])
    assert encoder.asked == ["a"]


@pytest.mark.parametrize("content", [b"no database, however long it may be" * 100, b""])
def test_a_file_that_is_no_use_costs_only_time(tmp_path: Path, content: bytes) -> None:
    encoder = Counting()
    (tmp_path / "e.db").write_bytes(content)
    for _ in range(2):
        assert CachedEncoder(encoder, tmp_path / "e.db").encode(["x"]).tolist() == [[1, 120, 1]]
    assert CachedEncoder(encoder, tmp_path / "no" / "such" / "folder" / "e.db").encode(["x"]).shape == (1, 3)


def test_several_writers_share_it(tmp_path: Path) -> None:
    texts = [f"{number} text" for number in range(50)]
    with ThreadPoolExecutor(8) as pool:
        encoders = [CachedEncoder(Counting(), tmp_path / "e.db") for _ in range(8)]
        vectors = list(pool.map(lambda encoder: encoder.encode(texts), encoders))
    assert all(np.array_equal(vectors[0], vector) for vector in vectors)


def test_the_real_encoder_gives_the_same_to_the_last_bit(tmp_path: Path, encoder: TextEncoder) -> None:
    texts = ["Segmentation of the left ventricle", "Atrial fibrillation from single-lead ECG"]
    cached = CachedEncoder(encoder, tmp_path / "e.db")
    assert np.array_equal(cached.encode(texts), encoder.encode(texts))
    assert np.array_equal(cached.encode(texts), encoder.encode(texts))
