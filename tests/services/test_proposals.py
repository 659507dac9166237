"""Reviewers without a server, with a real git: what they do in their clone becomes decisions, once."""

import os
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harvester.base.errors import CatalogError
from harvester.domain.papers import Author, Sighting
from harvester.services.catalog.proposing import open_proposals
from harvester.services.catalog.sync import sync_catalog
from harvester.services.operations.doctor import external, history
from harvester.services.operations.doctor.local import check_git
from harvester.services.operations.status import status
from harvester.services.review.decisions import decide_all
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store.engine import write
from harvester.store.papers import load
from harvester.store.recording import record
from tests.room import NO_ENCODER, Room
from tests.room.proposing import DAY, FIRST, SECOND, THIRD, Proposing, git, proposing


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Proposing]:
    made = proposing(tmp_path)
    yield made
    made.room.ws.store.dispose()


@pytest.mark.parametrize("way", ["merge", "squash", "rebase"])
@pytest.mark.parametrize("dropped", [True, False])
def test_merged_is_accepted_edited_corrected_and_deleted_rejected_once(
    world: Proposing, way: str, dropped: bool
) -> None:
    world.room.fill(3)
    assert world.night() == DAY
    assert (
        git(world.bare, "diff", "--name-status", "--no-renames", f"main..{DAY}").count("A\tdata/catalog/entries/") == 3
    )
    assert world.states() == ["pending"] * 3
    world.desk.open()
    world.desk.correct(FIRST)
    world.desk.delete(SECOND)
    world.desk.push()
    assert world.night() == "", "nothing is new"
    assert world.states() == ["pending"] * 3, "it is still open"
    world.desk.merge(way=way)
    if dropped:
        world.desk.drop()
    for _ in range(2):
        assert (world.night(), world.problems) == ("", [])
        assert world.states() == ["accepted", "rejected", "accepted"]
        said = [world.said(name) for name in (FIRST, SECOND, THIRD)]
        assert said == [[(action, "Rita Reviewer")] for action in ("accept", "reject", "accept")]
    corrected, _, unchanged = (world.room.log(name)[0] for name in (FIRST, SECOND, THIRD))
    assert corrected.labels is not None
    assert set(corrected.labels.of("modality")) == {"cmr", "ecg"}
    assert unchanged.labels is not None
    assert set(unchanged.labels.of("modality")) == {"ecg"}
    assert len(world.room.entries) == 2
    assert open_proposals(world.room.ws) == []
    assert git(world.room.folder, "status", "--porcelain") == ""


def test_a_closed_branch_rejects_what_nobody_merged(world: Proposing) -> None:
    world.room.fill(2)
    world.night()
    world.desk.open()
    world.desk.git("checkout", "--quiet", "main")
    world.desk.git("checkout", DAY, "--", "data/catalog/entries")
    world.desk.git("rm", "--quiet", "-f", str(world.desk.entry(SECOND)))
    world.desk.git("commit", "--quiet", "--message", "Only this one")
    world.desk.git("push", "--quiet", "origin", "main")
    world.night()
    assert world.states() == ["accepted", "pending"], "one was taken from the branch, which is still open"
    world.desk.drop()
    world.night()
    world.night()
    assert world.states() == ["accepted", "rejected"]
    assert [len(world.room.log(name)) for name in (FIRST, SECOND)] == [1, 1]


def test_each_night_has_a_branch_of_its_own_and_any_order_of_merging_counts(world: Proposing) -> None:
    world.room.fill(1)
    assert world.night() == DAY
    world.desk.open()
    world.desk.correct(FIRST)
    world.desk.push()
    world.room.put(SECOND, "Another one")
    later = "catalogue-proposal/2025-06-13"
    assert world.night() == later
    added = git(world.bare, "diff", "--name-only", f"main..{later}").split()
    assert [Path(name).stem.endswith(SECOND) for name in added] == [True], "only what is on no other branch"
    world.desk.open(later)
    world.desk.by = "Sam Second"
    world.desk.merge(later)
    world.desk.merge(DAY, "squash")
    world.night()
    assert [world.said(name) for name in (FIRST, SECOND)] == [[("accept", "Rita Reviewer")], [("accept", "Sam Second")]]
    assert world.branches() == [DAY, later], "branches are the reviewers' to delete"
    assert world.night() == ""


def test_a_second_branch_on_one_day_has_another_name(world: Proposing) -> None:
    world.room.fill(1)
    world.night()
    world.room.later(days=-1)
    world.room.put(SECOND, "Another one")
    assert world.night() == f"{DAY}-2"


def test_what_was_decided_here_meanwhile_stands(world: Proposing) -> None:
    world.room.fill(3)
    world.night()
    decide_all(world.room.ws, "defer", [FIRST], "ann", "", {})
    decide_all(world.room.ws, "accept", [SECOND], "ann", "", {})
    world.desk.open()
    world.desk.drop()
    world.night()
    assert world.states() == ["deferred", "accepted", "rejected"]
    decide_all(world.room.ws, "undo", [THIRD], "ann", "", {})
    assert world.night().startswith("catalogue-proposal/"), "an undone paper is proposed again"
    assert [paper["papers"] for paper in (one.to_json() for one in open_proposals(world.room.ws))] == [
        [f"arxiv:{THIRD}"]
    ]


def test_a_new_store_knows_the_branches_that_are_open(world: Proposing) -> None:
    """Without PostgreSQL the store of GitHub Actions is a cache, which may be dropped."""
    names = world.room.fill(2)
    world.night()
    world.room.ws.store.dispose()
    fresh = Room.make(
        world.room.folder,
        store=f"sqlite:///{world.room.folder}/fresh.db",
        catalog={"git": "propose"},
        classifier={"encoder": NO_ENCODER},
    )
    fresh.now = world.room.now
    world.room = fresh
    world.night()
    assert fresh.fill(2) == names
    assert world.night() == "", "both are on a branch already"
    world.desk.open()
    world.desk.delete(FIRST)
    world.desk.merge()
    world.night()
    assert [world.said(name) for name in names] == [[("reject", "Rita Reviewer")], [("accept", "Rita Reviewer")]]


def test_an_entry_that_was_broken_or_renamed_is_not_rejected(world: Proposing) -> None:
    world.room.fill(2)
    world.night()
    world.desk.open()
    world.desk.correct(FIRST, "title = ", "title = = ")
    renamed = world.desk.entry(SECOND).with_name("better-name.toml")
    world.desk.git("mv", str(world.desk.entry(SECOND)), str(renamed))
    world.desk.git("commit", "--quiet", "--message", "Rename")
    world.desk.merge()
    world.desk.drop()
    world.night()
    assert world.states() == ["pending", "accepted"]
    assert "not valid TOML" in world.problems[0]
    world.desk.git("checkout", "--quiet", "main")
    world.desk.correct(FIRST, "title = = ", "title = ")
    world.desk.git("push", "--quiet", "origin", "main")
    world.night()
    assert (world.states(), world.said(FIRST)) == (["accepted"] * 2, [("accept", "Rita Reviewer")])


def test_an_entry_that_was_given_another_identifier_accepts_that_paper_and_teaches_nothing(world: Proposing) -> None:
    """The proposed paper was rejected, and learned from as out of scope, although it was the one that was accepted."""
    world.room.fill(2)
    world.night()
    world.desk.open()
    world.desk.correct(FIRST, f'"arxiv:{FIRST}"', '"doi:10.1000/heart.1"')
    world.desk.merge()
    world.desk.drop()
    for _ in range(2):
        assert (world.night(), world.problems) == ("", [])
        assert world.room.json("log", "doi:10.1000/heart.1")[0]["action"] == "accept"
        assert len(world.room.entries) == 2
        decided = [decision for decision in world.room.log(FIRST) if decision.via == "review"]
        assert [(decision.action, decision.by) for decision in decided] == [("withdraw", "Rita Reviewer")]
        assert decided[0].reason == "its entry names doi:10.1000/heart.1 now"
    assert git(world.room.folder, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("trouble", "remedy", "message"),
    [
        ("git checkout --quiet --detach", "git checkout --quiet main", "no branch checked out; check out"),
        ("git remote remove origin", "git remote add origin $BARE", "no remote to propose papers at; add one"),
        ("mv $BARE $BARE.moved", "mv $BARE.moved $BARE", "git fetch in .* failed .*; check the network"),
        ("git commit --quiet --allow-empty -m x", "git reset -q --keep origin/main", "diverged; bring them together"),
        ("mkdir -p $(dirname $ENTRY); touch $ENTRY", "rm $ENTRY", "git merge in .* failed .*; commit and push what"),
        ("mv .git .elsewhere", "mv .elsewhere .git", "not a git repository"),
    ],
    ids=["detached", "no remote", "no network", "diverged", "in the way", "no repository"],
)  # fmt: skip
def test_trouble_with_git_is_one_sentence_and_the_next_night_makes_it_good(
    world: Proposing, trouble: str, remedy: str, message: str
) -> None:
    world.room.fill(2)
    world.night()
    world.desk.open()
    world.desk.delete(SECOND)
    world.desk.merge()
    entry = world.desk.entry(FIRST).relative_to(world.desk.folder)
    person = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **person, "BARE": str(world.bare), "ENTRY": str(entry)}
    subprocess.run(["bash", "-ec", trouble], cwd=world.room.folder, env=environment, check=True)
    with pytest.raises(CatalogError, match=message) as raised:
        world.night()
    assert "\n" not in str(raised.value)
    assert world.states() == ["pending", "pending"]
    subprocess.run(["bash", "-ec", remedy], cwd=world.room.folder, env=environment, check=True)
    world.night()
    assert world.states() == ["accepted", "rejected"]
    assert [len(world.room.log(name)) for name in (FIRST, SECOND)] == [1, 1]


def test_a_push_that_is_refused_is_made_good_by_the_next_night(world: Proposing) -> None:
    world.room.fill(1)
    hook = world.bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho not here >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(CatalogError, match=r"git push in .* failed .*not here.*; allow this host to push"):
        world.night()
    assert (world.branches(), open_proposals(world.room.ws)) == ([], [])
    hook.unlink()
    assert world.night() == DAY


def test_another_repository_at_the_remote_rejects_nothing(world: Proposing, tmp_path: Path) -> None:
    world.room.fill(1)
    world.night()
    git(world.bare, "update-ref", "-d", f"refs/heads/{DAY}")
    other = git(world.bare, "commit-tree", "main^{tree}", "-m", "another history")
    git(world.bare, "update-ref", "refs/heads/main", other)
    git(world.room.folder, "fetch", "--quiet")
    git(world.room.folder, "reset", "--quiet", "--keep", "origin/main")
    world.night()
    assert world.states() == ["pending"]
    assert "lacks the commit" in world.problems[0]
    decide_all(world.room.ws, "reject", [FIRST], "ann", "", {})
    world.night()
    assert (world.states(), world.problems) == (["rejected"], [])


def test_an_unrelated_branch_and_strange_files_on_it_do_no_harm(world: Proposing) -> None:
    world.room.fill(1)
    tree = git(world.bare, "mktree", "-z")
    orphan = git(world.bare, "commit-tree", tree, "-m", "nothing in common")
    git(world.bare, "update-ref", "refs/heads/catalogue-proposal/--force", orphan)
    world.desk.git("checkout", "--quiet", "-b", "catalogue-proposal/mine")
    odd = world.desk.folder / "data" / "catalog" / "entries" / "o\ndd \"é'.toml"
    odd.parent.mkdir(parents=True)
    odd.write_bytes(b"\xff")
    world.desk.git("add", ".")
    world.desk.git("commit", "--quiet", "--message", "odd")
    world.desk.push("catalogue-proposal/mine")
    assert world.night() == DAY
    assert world.night() == ""


def test_a_paper_whose_file_is_on_the_main_branch_is_not_proposed(world: Proposing) -> None:
    world.room.fill(1)
    world.night()
    world.desk.open()
    world.desk.merge()
    world.night()
    decide_all(world.room.ws, "undo", [FIRST], "ann", "", {})
    assert (world.night(), world.states()) == ("", ["pending"]), "its file is removed here, but that is not pushed yet"


def test_a_bot_that_merges_is_not_the_reviewer(world: Proposing) -> None:
    """GitHub names whoever opened a pull request as author of its squash, and the others as co-authors."""
    world.room.fill(2)
    world.night()
    world.desk.open()
    world.desk.delete(SECOND)
    world.desk.git("checkout", "--quiet", "main")
    world.desk.git("merge", "--quiet", "--squash", DAY)
    world.desk.by = "github-actions[bot]"
    world.desk.git("commit", "--quiet", "--message", "Squash\n\nCo-authored-by: Rita <rita@example.org>")
    world.desk.push("main")
    world.desk.drop()
    world.night()
    assert [world.said(name) for name in (FIRST, SECOND)] == [[("accept", "Rita")], [("reject", "Rita")]]


def test_a_paper_that_gets_a_better_identifier_is_not_proposed_twice(world: Proposing) -> None:
    """Two entries of one paper would come of it, under two names."""
    title, doi = "Transformers for echocardiography", "doi:10.1000/x1"
    number = world.room.put(FIRST, title, source="crossref", identifiers=(doi,))
    assert world.night() == DAY
    with write(world.room.ws.store) as db:
        paper = replace(load(db, [number])[number].paper, identifiers=(f"arxiv:{FIRST}", doi))
        record(db, [Sighting(ARXIV, paper)], world.room.now)
        assert load(db, [number])[number].paper.id == f"arxiv:{FIRST}"
    assert world.night() == ""
    world.desk.open()
    world.desk.merge()
    world.night()
    assert world.states() == ["accepted"]


def test_files_of_another_time_withdraw_nothing(world: Proposing) -> None:
    """As while somebody looks for an old commit, or in a checkout of a tag."""
    for name in (FIRST, SECOND):
        world.room.put(name, f"Transformers, part {name}")
        branch = world.night()
        world.desk.open(branch)
        world.desk.merge(branch)
        world.night()
    assert world.states() == ["accepted", "accepted"]
    git(world.room.folder, "checkout", "--quiet", "--detach", "HEAD~1")
    assert len(world.room.entries) == 1
    done = sync_catalog(world.room.ws)
    assert (done.withdrawn, "detached HEAD" in done.problems[0]) == (0, True)
    assert check_git(world.room.ws.settings).state == "fail"
    git(world.room.folder, "checkout", "--quiet", "main")
    world.night()
    assert (world.states(), world.problems) == (["accepted", "accepted"], [])


def test_the_doctor_tells_what_lies_here_only(world: Proposing) -> None:
    """It is never pushed: reviewers do not see it, and what they merge may fail over it."""
    room = world.room
    assert check_git(room.ws.settings).state == "ok"
    entry = room.ws.catalog / "entries" / "2025" / "mine.toml"
    entry.parent.mkdir(parents=True)
    for name in (entry, entry.parent / ".part.toml", room.ws.catalog / "notes.txt"):
        name.write_text("mine")
    found = check_git(room.ws.settings)
    assert found.state == "warn"
    assert f"Not committed in {room.ws.catalog}: entries/2025/mine.toml. Reviewers see none of it" in found.message
    git(room.folder, "add", str(entry))
    git(room.folder, "commit", "--quiet", "--message", "Mine")
    assert check_git(room.ws.settings).message.startswith(f"Commits not pushed from {room.ws.catalog}: 1. ")
    git(room.folder, "push", "--quiet")
    assert check_git(room.ws.settings).state == "ok"


def test_a_hostile_name_is_made_plain(world: Proposing) -> None:
    world.room.fill(1)
    world.night()
    world.desk.open()
    world.desk.by = "\u202eEve\x1b[1m " + "x" * 200
    world.desk.merge()
    world.night()
    ((_, by),) = world.said(FIRST)
    assert by == f"Eve[1m {'x' * 93}"


def test_people_may_be_called_like_a_commit(world: Proposing) -> None:
    world.room.fill(2)
    world.night()
    world.desk.open()
    world.desk.by = "a" * 40
    world.desk.git("rm", "--quiet", str(world.desk.entry(SECOND)))
    world.desk.git("commit", "--quiet", "--message", f"Not ours\n\nCo-authored-by: {'b' * 40}")
    world.desk.push()
    world.desk.merge()
    world.night()
    assert [world.said(name) for name in (FIRST, SECOND)] == [[("accept", "a" * 40)], [("reject", "a" * 40)]]


def test_a_proposal_holds_the_entry_that_accepting_would_write(world: Proposing) -> None:
    abstract = "We study hearts. The code is at https://github.com/ann/hearts."
    world.room.put(FIRST, "Pipes | and *stars*", authors=(Author("Ann Bee"),), abstract=abstract)
    world.night()
    world.desk.open()
    proposed = world.desk.entry(FIRST).read_text()
    decide_all(world.room.ws, "accept", [FIRST], "ann", "", {})
    assert proposed == world.room.entries[0].read_text()
    found = tomllib.loads(proposed)
    assert (found["id"], found["links"]["code"]) == (f"arxiv:{FIRST}", "https://github.com/ann/hearts")
    assert git(world.bare, "log", "-1", "--format=%an|%s", DAY) == "Cardio harvester|Papers of 2025-06-12: 1"


def test_the_night_is_partial_and_says_why(world: Proposing) -> None:
    world.room.fill(1)
    git(world.room.folder, "checkout", "--quiet", "--detach")
    report = world.room.json("run", "--source", "npj-digital-medicine", "--no-digest", status=1)
    assert [error for error in report["errors"] if "no branch checked out" in error][1:] == []
    assert any("no branch checked out; check out" in error for error in report["errors"])
    assert report["proposals"] == counted()
    git(world.room.folder, "checkout", "--quiet", "main")
    report = world.room.json("run", "--source", "npj-digital-medicine", "--no-digest", status=1)
    (pushed,) = world.branches()
    assert report["proposals"] == counted(pushed=pushed, proposed=1, branches=1, papers=1)
    (listed,) = world.room.json("catalog", "proposals")
    assert (listed["branch"], listed["papers"]) == (pushed, [f"arxiv:{FIRST}"])
    assert listed["branch"] in world.room.run("catalog", "proposals")
    (row,) = [line for line in listed["summary"].splitlines() if line.startswith("| [")]
    assert "We study transformers for echocardiography, part 1." in row, "without a model, the abstract's beginning"
    assert "proposed 1 paper on 1 branch, the oldest since 20" in world.room.run("status")
    world.desk.open(pushed)
    world.desk.merge(pushed)
    said = world.room.run("run", "--source", "npj-digital-medicine", "--no-digest", status=1)
    assert "Proposals: 1 accepted and 0 rejected by reviewers, none proposed; 0 waiting on 0 branches." in said
    assert world.room.json("status")["proposals"]["papers"] == 0


def counted(**counts: object) -> dict[str, object]:
    """The proposals of a run's report."""
    return {"accepted": 0, "rejected": 0, "pushed": "", "proposed": 0, "branches": 0, "papers": 0, **counts}


def test_the_doctor_tells_what_waits_and_whether_branches_can_be_pushed(world: Proposing) -> None:
    world.room.fill(2)
    world.night()
    ws = world.room.ws
    (waiting,) = history.check_proposals(status(ws))
    assert waiting.state == "ok"
    assert "2 papers wait on 1 proposal branch, the oldest since 2025-06-12." in waiting.message
    world.room.later(days=15)
    (forgotten,) = history.check_proposals(status(ws))
    assert (forgotten.state, "catalog proposals" in forgotten.remedy) == ("warn", True)
    assert [finding.state for finding in external.check_remote(ws.settings)] == ["ok"]
    assert world.branches() == [DAY], "nothing is pushed to find out"
    git(world.room.folder, "remote", "set-url", "origin", str(world.bare.parent / "nowhere"))
    (refused,) = external.check_remote(ws.settings)
    assert refused.state == "fail"
    assert "allow this host to push branches" in refused.message
