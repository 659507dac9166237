"""What a proposal branch decides, and who is said to have decided it; pure."""

from datetime import date

import pytest

from harvester.domain.proposal_branches import ProposedPaper, Touch, branch_name, decider, is_merged, outcome

A, B, C = (ProposedPaper(f"arxiv:2506.0000{n}", f"entries/2025/{n}.toml", 0) for n in (1, 2, 3))
PAPERS = {1: A, 2: B, 3: C}
EVERYTHING = {1, 2, 3}


@pytest.mark.parametrize(
    ("in_catalog", "broken", "pending", "decided", "accepted", "rejected", "waiting"),
    [
        (set(), set(), EVERYTHING, False, (), (), (A, B, C)),
        ({1}, set(), EVERYTHING, False, (A,), (), (B, C)),
        ({1}, set(), EVERYTHING, True, (A,), (B, C), ()),
        ({1}, {2}, EVERYTHING, True, (A,), (C,), (B,)),
        (set(), set(), EVERYTHING, True, (), (A, B, C), ()),
        ({1}, set(), {3}, True, (A,), (C,), ()),
        (set(), set(), set(), False, (), (), ()),
    ],
    ids=["open", "one taken", "merged", "a broken entry", "closed", "decided elsewhere", "all decided elsewhere"],
)
def test_what_a_branch_says(
    in_catalog: set[int],
    broken: set[int],
    pending: set[int],
    decided: bool,
    accepted: tuple[ProposedPaper, ...],
    rejected: tuple[ProposedPaper, ...],
    waiting: tuple[ProposedPaper, ...],
) -> None:
    said = outcome(PAPERS, in_catalog=in_catalog, broken=broken, pending=pending, decided=decided)
    assert (said.accepted, said.rejected, said.waiting) == (accepted, rejected, waiting)


@pytest.mark.parametrize(
    ("on_branch", "on_main", "merged"),
    [({"a"}, {"a", "b"}, True), ({"a", "c"}, {"a", "b"}, False), (set(), {"a"}, False), ({"a"}, set(), False)],
)
def test_a_squashed_branch_is_merged(on_branch: set[str], on_main: set[str], merged: bool) -> None:
    assert is_merged(on_branch, on_main) is merged


def test_the_first_person_who_touched_the_file_decided() -> None:
    a, b = frozenset({"a"}), frozenset({"b"})
    touches = [
        Touch(("Cardio harvester",), a),
        Touch(("dependabot[bot]", "GitHub", "", "Rita"), a),
        Touch(("Sam",), frozenset({"a", "b"})),
    ]
    assert decider(touches, a, ("Cardio harvester",)) == "Rita"
    assert decider(touches, b, ("Cardio harvester",)) == "Sam"
    assert decider(touches, {"c"}, ()) == ""


def test_a_branch_never_has_the_name_of_another() -> None:
    day = date(2026, 1, 6)
    first = branch_name(day, ())
    assert [first, branch_name(day, {first}), branch_name(day, {first, f"{first}-2"})] == [
        "catalogue-proposal/2026-01-06",
        "catalogue-proposal/2026-01-06-2",
        "catalogue-proposal/2026-01-06-3",
    ]
