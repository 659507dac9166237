"""Commits of the catalogue's folder, with a real git."""

import os
import subprocess
from pathlib import Path

import pytest

from harvester.base.errors import CatalogError
from harvester.base.files import sweep
from harvester.catalog.git import BRANCH, Message, astray, commit, commit_to_branch
from harvester.services.catalog.publish import publish
from harvester.services.catalog.sync import sync_catalog
from harvester.services.operations.doctor.local import check_git
from harvester.services.review.decisions import decide_all
from tests.room import NO_ENCODER, Room

MESSAGE = Message("Review: 2 decisions\nand no more", ("ann", "Bob <b@x.org>", "cy@example.org"), "digest@example.org")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=me", "-c", "user.email=me@example.org", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A repository with a catalogue below it, and work in progress beside that."""
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    folder = tmp_path / "data" / "catalog"
    (folder / "entries").mkdir(parents=True)
    (folder / "entries" / "old.toml").write_text("old")
    (tmp_path / "other.txt").write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "begin")
    (tmp_path / "other.txt").write_text("2")
    (tmp_path / "staged.txt").write_text("staged")
    git(tmp_path, "add", "staged.txt")
    return folder


def test_a_commit_holds_the_catalogue_and_nothing_else(catalogue: Path) -> None:
    assert commit(catalogue, MESSAGE) == ""
    (catalogue / "entries" / "old.toml").unlink()
    (catalogue / "entries" / "new.toml").write_text("new")
    assert commit(catalogue, MESSAGE) == git(catalogue, "rev-parse", "--short", "HEAD")
    assert git(catalogue, "show", "--name-status", "--format=", "--no-renames").split() == [
        "A", "data/catalog/entries/new.toml", "D", "data/catalog/entries/old.toml",
    ]  # fmt: skip
    assert git(catalogue, "log", "-1", "--format=%an <%ae>|%ce|%s") == (
        "ann <ann@reviewers.invalid>|digest@example.org|Review: 2 decisions and no more"
    )
    assert git(catalogue, "log", "-1", "--format=%(trailers)").splitlines() == [
        "Co-authored-by: Bob <b@x.org>",
        "Co-authored-by: cy@example.org <cy@example.org>",
    ]
    assert git(catalogue.parent.parent, "status", "--porcelain").splitlines() == ["M other.txt", "A  staged.txt"]


def test_a_branch_leaves_the_working_tree_alone(catalogue: Path) -> None:
    top = catalogue.parent.parent
    (catalogue / "entries" / "new.toml").write_text("new")
    before = git(top, "status", "--porcelain")
    first = commit_to_branch(catalogue, MESSAGE)
    assert git(top, "rev-parse", "--short", BRANCH) == first
    assert git(top, "diff", "--name-only", f"main..{BRANCH}") == "data/catalog/entries/new.toml"
    assert (git(top, "status", "--porcelain"), git(top, "branch", "--show-current")) == (before, "main")
    assert commit_to_branch(catalogue, MESSAGE) == ""
    (catalogue / "entries" / "newer.toml").write_text("newer")
    commit_to_branch(catalogue, MESSAGE)
    assert git(top, "rev-list", "--count", f"main..{BRANCH}") == "2", "the branch goes on"
    git(top, "stash", "--quiet", "--include-untracked")
    git(top, "merge", "--quiet", "--ff-only", BRANCH)
    (catalogue / "entries" / "newest.toml").write_text("newest")
    commit_to_branch(catalogue, MESSAGE)
    assert git(top, "rev-list", "--count", f"main..{BRANCH}") == "1", "after the merge it begins anew"


def test_no_repository_and_a_hook_that_refuses(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    with pytest.raises(CatalogError, match="not a git repository"):
        commit(outside, MESSAGE)
    hook = catalogue.parent.parent / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    (catalogue / "entries" / "new.toml").write_text("new")
    with pytest.raises(CatalogError, match="not today"):
        commit(catalogue, MESSAGE)


@pytest.mark.parametrize("mode", ["commit", "branch", "off"])
def test_one_commit_a_batch_with_its_reviewers(tmp_path: Path, mode: str) -> None:
    room = Room.make(tmp_path, catalog={"git": mode}, classifier={"encoder": NO_ENCODER})
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "begin")
    room.fill(3)
    for name, by in (("2506.00001", "ann"), ("2506.00002", "bob"), ("2506.00003", "bob")):
        decide_all(room.ws, "accept", [name], by, "", {})
    done = publish(room.ws, "ann")
    where = {"commit": "main", "branch": BRANCH, "off": "main"}[mode]
    assert bool(done["commit"]) is (mode != "off")
    assert git(tmp_path, "rev-list", "--count", where) == ("1" if mode == "off" else "2")
    if mode != "off":
        assert git(tmp_path, "log", "-1", "--format=%an %s %(trailers)", where).startswith(
            "bob Review: 3 decisions Co-authored"
        )
        assert len(git(tmp_path, "ls-tree", "-r", "--name-only", where, "data/catalog/entries").splitlines()) == 3
    assert publish(room.ws, "ann")["commit"] == "", "nothing has changed since"
    room.ws.store.dispose()


OTHERS = ("secret.txt", "notes.md", "entries/.a.toml.x7q.part", "entries/secret.txt", "entries/.hidden.toml", "x.svg")


@pytest.mark.parametrize("mode", ["commit", "branch"])
def test_files_that_are_not_the_catalogues_are_never_committed(catalogue: Path, mode: str) -> None:
    """Such as a secret, notes, and what a killed process left."""
    for name in OTHERS:
        (catalogue / name).write_text("not for everybody")
    for name in ("README.md", "entries/new one [*].toml", "entries/-é.toml"):
        (catalogue / name).write_text("for everybody")
    (catalogue / "entries" / "old.toml").unlink()
    where = "HEAD" if mode == "commit" else BRANCH
    made = {"README.md"}
    first = commit(catalogue, MESSAGE, made) if mode == "commit" else commit_to_branch(catalogue, MESSAGE, made=made)
    assert first
    held = git(catalogue, "-c", "core.quotepath=off", "ls-tree", "-r", "--name-only", where, ".").splitlines()
    assert sorted(held) == ["README.md", "entries/-é.toml", "entries/new one [*].toml"]
    (catalogue / "README.md").unlink()
    assert commit(catalogue, MESSAGE) if mode == "commit" else commit_to_branch(catalogue, MESSAGE)
    assert "README.md" not in git(catalogue, "ls-tree", "--name-only", where, ".").splitlines()


def test_nothing_is_committed_where_no_branch_is_checked_out(tmp_path: Path) -> None:
    """Commits made there are lost, and the files are of another time: their papers were withdrawn."""
    room = Room.make(tmp_path, catalog={"git": "commit"}, classifier={"encoder": NO_ENCODER})
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "begin")
    room.fill(2)
    decide_all(room.ws, "accept", ["2506.00001"], "ann", "", {})
    publish(room.ws, "ann")
    git(tmp_path, "checkout", "--quiet", "--detach", "HEAD~1")
    assert "git switch main" in astray(tmp_path)
    done = sync_catalog(room.ws)
    assert (done.withdrawn, "detached HEAD" in done.problems[0]) == (0, True)
    with pytest.raises(CatalogError, match="detached HEAD"):
        publish(room.ws, "ann")
    assert check_git(room.ws.settings).state == "fail"
    git(tmp_path, "switch", "--quiet", "main")
    assert (sync_catalog(room.ws).withdrawn, check_git(room.ws.settings).state) == (0, "ok")
    room.ws.store.dispose()


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    old, fresh, own = (tmp_path / name for name in (".a.toml.abc.part", ".b.toml.abc.part", "c.part"))
    for file in (old, fresh, own):
        file.write_text("")
    os.utime(old, (0, 0))
    os.utime(own, (0, 0))
    sweep(tmp_path)
    assert (old.exists(), fresh.exists(), own.exists()) == (False, True, True)
