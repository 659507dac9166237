from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from harvester.domain.decisions import LEADS_TO, Decision, standing
from harvester.domain.labels import Labels

NOW = datetime(2025, 6, 12, tzinfo=UTC)


def log(*actions: str) -> list[Decision]:
    labels = Labels({"kind": ("research",)})
    return [Decision(1, action, "review", labels, "", "ann", NOW, number) for number, action in enumerate(actions, 1)]


def test_no_decision_is_pending() -> None:
    assert standing([]).state == "pending"


def test_undo_takes_back_the_newest_that_stands() -> None:
    assert standing(log("accept", "reject", "undo")).state == "accepted"
    assert standing(log("accept", "reject", "undo", "undo")).state == "pending"
    assert standing(log("reject", "undo", "defer")).state == "deferred"


def test_a_correction_does_not_make_a_paper_newly_accepted() -> None:
    """Papers accepted before a subscription must not be mailed because their labels are corrected later."""
    assert standing(log("accept", "accept", "accept")).accepted_by == log("accept")[0]
    again = standing(log("accept", "reject", "accept")).accepted_by
    assert again is not None
    assert again.id == 3
    assert standing(log("accept", "withdraw")).accepted_by is None


@given(st.lists(st.sampled_from(sorted(LEADS_TO))))
def test_undoing_everything_leads_back_to_pending(actions: list[str]) -> None:
    assert standing(log(*actions, *["undo"] * len(actions))).state == "pending"
