"""The reading order of papers, and its benefit for a systematic review."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.cli import main
from classifiers.errors import InputError
from classifiers.reading_order import Waiting, reading_order
from classifiers.screening import read_records, simulate


def waiting(score: float, doubts: int = 0, text: str = "") -> Waiting:
    return Waiting(score, doubts, text or f"one of its own {score} {doubts} {'abcdefgh'[doubts % 8] * 9}")


def test_likely_first_and_of_the_likely_the_doubtful() -> None:
    papers = [waiting(0.2), waiting(0.95, 1), waiting(0.92, 5), waiting(0.5), waiting(0.97)]
    assert reading_order(papers) == [2, 1, 4, 3, 0]


def test_near_duplicates_do_not_follow_each_other() -> None:
    twin = "segmenting the left ventricle in cine cardiac magnetic resonance images"
    papers = [
        waiting(0.99, 0, twin),
        waiting(0.98, 0, twin + " again"),
        waiting(0.97, 0, "detecting atrial fibrillation from wearable recordings"),
    ]
    assert reading_order(papers) == [0, 2, 1]
    assert reading_order(papers[:2]) == [0, 1], "with nothing else to read they must"


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from(["aaa bbb", "aaa bbb ccc", "ddd"]))))
def test_everything_is_read_once(rows: list[tuple[float, int, str]]) -> None:
    order = reading_order([Waiting(*row) for row in rows])
    assert sorted(order) == list(range(len(rows)))


def review(path: Path, included: int = 15, excluded: int = 185) -> Path:
    """An invented review: the included papers are about bisoprolol trials, the others about a dozen topics."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{n}" for n in range(300)])
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("title", "abstract", "included"))
        for n in range(included + excluded):
            about = "bisoprolol randomised trial mortality" if n < included else "cohort of other drugs"
            rows.writerow((f"Study {n}", f"{about} {' '.join(rng.choice(words, 60))}", int(n < included)))
    return path


def test_a_review_is_found_early(tmp_path: Path) -> None:
    found = simulate(read_records(review(tmp_path / "review.csv")), seed=3)
    assert found["recall_at_10pct"] >= 0.9
    assert found["wss_95"] >= 0.8
    for point in found["left"]:
        assert set(point) == {"read", "left", "expected", "low", "high"}
        assert 0 <= point["low"] <= point["high"]
    assert found["left"][0]["left"] == 0, "all are found in the first tenth"


def test_the_seed_decides_alone(tmp_path: Path) -> None:
    records = read_records(review(tmp_path / "review.csv", 10, 60))
    one, two = simulate(records, 2), simulate(records, 2)
    assert {**one, "seconds": 0} == {**two, "seconds": 0}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("title,abstract\na,b\n", "no column 'included'"),
        ("title,abstract,included\na,b,yes\n", ":2: the column included must be 0 or 1, not 'yes'"),
        ("title,abstract,included\na,b,0\nc,d,0\n", "needs both included and excluded"),
        ("title,abstract,included\n", "needs both"),
        ("\xff\xfe", "not a CSV file in UTF-8"),
    ],
)
def test_unusable_records_are_named(
    tmp_path: Path, content: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=r"bad\.csv"):
        read_records(file)
    assert main(["simulate", str(file)]) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_beta_blockers_beside_asreview(shared: Path, seed: int) -> None:
    """ASReview 2.2 (ELAS u4) saves .70 .697 .697 of the reading and finds .76 .73 .78 in the first tenth."""
    found = simulate(read_records(shared / "screening" / "BetaBlockers.csv"), seed)
    assert found["wss_95"] > 0.7
    assert found["recall_at_10pct"] > 0.73
