"""What one reviewer has decided without a long break, and what the list does not show yet."""

from datetime import UTC, datetime, timedelta

import pytest

from harvester.domain.decisions import Decision, changed_since
from harvester.domain.labels import Labels
from harvester.domain.sitting import Sitting, sitting

NOW = datetime(2026, 1, 7, 9, tzinfo=UTC)
ECG, CMR = Labels({"modality": ("ecg",)}), Labels({"modality": ("cmr",)})


def log(*made: tuple[float, int, str]) -> list[Decision]:
    """Decisions, newest first, each so many minutes ago, on a paper."""
    return [Decision(paper, what, "review", None, "", "ann", NOW - timedelta(minutes=ago)) for ago, paper, what in made]


@pytest.mark.parametrize(
    ("made", "decided", "accepted"),
    [
        ([], 0, 0),
        ([(0, 1, "accept"), (1, 2, "reject"), (2, 3, "defer")], 3, 1),
        ([(29, 1, "accept"), (58, 2, "accept"), (90, 3, "accept")], 2, 2),
        ([(31, 1, "accept")], 0, 0),
        ([(0, 1, "undo"), (1, 1, "accept"), (2, 2, "accept")], 1, 1),
        ([(0, 1, "undo"), (1, 1, "accept"), (2, 1, "accept")], 1, 1),
        ([(0, 1, "accept"), (1, 1, "undo"), (2, 1, "reject")], 1, 1),
    ],
)
def test_what_belongs_to_a_sitting(made: list[tuple[float, int, str]], decided: int, accepted: int) -> None:
    found = sitting(log(*made), NOW)
    assert (found.decided, found.accepted) == (decided, accepted)


def test_the_pace_is_told_from_five_papers_on() -> None:
    made = [(float(ago), ago, "accept") for ago in range(5)]
    assert sitting(log(*made), NOW).pace == pytest.approx(1.0)
    assert sitting(log(*made[:4]), NOW).pace is None
    at_once = [(0.0, paper, "accept") for paper in range(9)]
    assert sitting(log(*at_once), NOW) == Sitting(9, 9, None), "a batch has no pace"


@pytest.mark.parametrize(
    ("made", "published", "changed"),
    [
        ([("accept", ECG)], 0, True),
        ([("reject", None)], 0, False),
        ([("accept", ECG), ("undo", None)], 0, False),
        ([("accept", ECG), ("accept", CMR)], 1, True),
        ([("accept", ECG), ("accept", ECG)], 1, False),
        ([("accept", ECG), ("undo", None), ("accept", ECG)], 1, False),
        ([("accept", ECG), ("reject", None)], 1, True),
        ([("accept", ECG), ("withdraw", None), ("undo", None)], 2, True),
    ],
)
def test_whether_the_list_would_show_a_paper_otherwise(
    made: list[tuple[str, Labels | None]], published: int, changed: bool
) -> None:
    found = [
        Decision(7, what, "review", labels, "", "ann", NOW, number) for number, (what, labels) in enumerate(made, 1)
    ]
    assert changed_since(found, published) is changed
