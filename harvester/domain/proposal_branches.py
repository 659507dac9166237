"""Branches that propose papers for the catalog, one entry file per paper, and what becomes of them.

Merging a branch accepts its papers, deleting a file on it rejects a paper, and deleting the branch rejects all that
were not merged. A branch is never changed after it was pushed: what reviewers have read is what they merge.
"""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

PREFIX = "catalogue-proposal/"
"""What the names of these branches begin with."""
_PROGRAMS = ("github", "gitlab")


@dataclass(frozen=True, slots=True)
class ProposedPaper:
    """A paper on a branch: its identifier, its file relative to the catalog, and its candidate's version then."""

    id: str
    file: str
    version: int


@dataclass(frozen=True, slots=True)
class ProposalBranch:
    """A branch that was pushed, and the papers on it that are not decided yet.

    `base` is the commit that the branch starts from, `tip` its newest commit seen so far.
    """

    name: str
    base: str
    tip: str
    made: datetime
    papers: tuple[ProposedPaper, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """What waits for reviewers on branches: how many papers on how many, since when, and when the last was pushed."""

    papers: int = 0
    branches: int = 0
    oldest: datetime | None = None
    pushed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """A commit that changed entries: the people it names, the likeliest reviewer first, and the files it changed."""

    people: tuple[str, ...]
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a branch's papers: in the catalog, rejected, or still waiting for a reviewer."""

    accepted: tuple[ProposedPaper, ...]
    rejected: tuple[ProposedPaper, ...]
    waiting: tuple[ProposedPaper, ...]


def is_merged(on_branch: Collection[str], on_main: Container[str]) -> bool:
    """Whether everything that a branch still adds is on the main branch, as after a squash or rebase.

    A branch that adds nothing any more has left no trace if it was squashed, so it counts as open until it is deleted.
    """
    return bool(on_branch) and all(file in on_main for file in on_branch)


def outcome(
    papers: Mapping[int, ProposedPaper],
    *,
    in_catalog: Container[int],
    broken: Container[int],
    pending: Container[int],
    decided: bool,
) -> Outcome:
    """What a branch says about its papers, given by number.

    Args:
        in_catalog: papers that the main branch has a valid entry of: they are accepted, even while the branch is open.
        broken: papers whose entries may be broken files, so that their absence means nothing.
        pending: papers that nobody has decided on elsewhere; the others are left out unless they are in the catalog.
        decided: whether the branch was merged or deleted.
    """
    accepted = {number: paper for number, paper in papers.items() if number in in_catalog}
    absent = {number: paper for number, paper in papers.items() if number in pending and number not in accepted}
    rejected = {number: paper for number, paper in absent.items() if decided and number not in broken}
    waiting = [paper for number, paper in absent.items() if number not in rejected]
    return Outcome(tuple(accepted.values()), tuple(rejected.values()), tuple(waiting))


def decider(touches: Iterable[Touch], files: Collection[str], programs: Collection[str]) -> str:
    """Who decided on the paper with these files: the first person whom a commit that changed one of them names.

    Args:
        touches: the commits, newest first; those on the branch before those that brought it to the main branch.
        programs: names of committers that are no persons; bots and forges are left out anyway.

    Returns:
        "" if git names nobody.
    """
    people = (person for touch in touches if not touch.files.isdisjoint(files) for person in touch.people)
    return next((person for person in people if person and not _is_program(person, programs)), "")


def _is_program(person: str, programs: Collection[str]) -> bool:
    return person in programs or person.endswith("[bot]") or person.casefold() in _PROGRAMS


def branch_name(day: date, taken: Container[str]) -> str:
    """A name that no branch has had: the day's, with a number from the second on."""
    name, number = f"{PREFIX}{day.isoformat()}", 2
    while name in taken:
        name, number = f"{PREFIX}{day.isoformat()}-{number}", number + 1
    return name


def proposed_in(branches: Sequence[ProposalBranch]) -> frozenset[str]:
    """The identifiers of all papers that wait on one of these branches."""
    return frozenset(paper.id for branch in branches for paper in branch.papers)
