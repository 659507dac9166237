"""Reviewers without a server: the harvester's clone, a reviewer's clone, and the bare repository between them."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from harvester.services.catalog.proposal_reading import read_back
from harvester.services.catalog.proposing import propose
from harvester.services.catalog.sync import sync_catalog
from tests.room import NO_ENCODER, Room

FIRST, SECOND, THIRD = "2506.00001", "2506.00002", "2506.00003"
DAY = "catalogue-proposal/2025-06-12"


def git(folder: Path, *arguments: str, by: str = "Rita Reviewer") -> str:
    person = ("-c", f"user.name={by}", "-c", "user.email=someone@example.org")
    done = subprocess.run(["git", "-C", str(folder), *person, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Desk:
    """A reviewer's clone."""

    folder: Path
    by: str = "Rita Reviewer"

    def git(self, *arguments: str) -> str:
        return git(self.folder, *arguments, by=self.by)

    def open(self, branch: str = DAY) -> None:
        self.git("fetch", "--quiet", "--prune")
        self.git("checkout", "--quiet", "-B", branch, f"origin/{branch}")

    def entry(self, name: str) -> Path:
        (found,) = (self.folder / "data" / "catalog" / "entries").rglob(f"*-{name}.toml")
        return found

    def delete(self, name: str) -> None:
        self.git("rm", "--quiet", str(self.entry(name)))
        self.git("commit", "--quiet", "--message", "Not ours")

    def correct(self, name: str, old: str = '"ecg"', new: str = '"cmr", "ecg"') -> None:
        file = self.entry(name)
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        self.git("commit", "--quiet", "--all", "--message", "Correct")

    def push(self, branch: str = DAY) -> None:
        self.git("push", "--quiet", "origin", branch)

    def merge(self, branch: str = DAY, way: str = "merge") -> None:
        """Merge as a forge's three buttons do, and push the main branch."""
        self.git("fetch", "--quiet", "--prune")
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--ff-only", "origin/main")
        if way == "merge":
            self.git("merge", "--quiet", "--no-ff", "--no-edit", branch)
        elif way == "squash":
            self.git("merge", "--quiet", "--squash", branch)
            self.git("commit", "--quiet", "--allow-empty", "--message", "Squashed")
        else:
            self.git("rebase", "--quiet", "--force-rebase", "main", branch)
            self.git("checkout", "--quiet", "main")
            self.git("merge", "--quiet", "--ff-only", branch)
        self.git("push", "--quiet", "origin", "main")

    def drop(self, branch: str = DAY) -> None:
        self.git("push", "--quiet", "origin", "--delete", branch)


@dataclass
class Proposing:
    """Everything that takes part."""

    room: Room
    bare: Path
    desk: Desk
    problems: list[str] = field(default_factory=list)

    def night(self) -> str:
        """What a night does with proposals; returns the branch that it pushed, "" if none."""
        self.problems = [*read_back(self.room.ws).problems, *sync_catalog(self.room.ws).problems]
        branch = propose(self.room.ws)
        self.room.later(days=1)
        return branch.name if branch else ""

    def states(self) -> list[str]:
        return list(self.room.states().values())

    def said(self, name: str) -> list[tuple[str, str]]:
        return [(decision.action, decision.by) for decision in self.room.log(name)]

    def branches(self) -> list[str]:
        return git(self.bare, "for-each-ref", "--format=%(refname:short)", "refs/heads/catalogue-proposal").split()


def proposing(folder: Path) -> Proposing:
    """A list whose nights propose papers, and a reviewer."""
    bare, home = folder / "origin.git", folder / "harvester"
    git(folder, "init", "--quiet", "--bare", "--initial-branch", "main", str(bare))
    git(folder, "clone", "--quiet", str(bare), str(home))
    git(home, "checkout", "--quiet", "-b", "main")
    room = Room.make(home, catalog={"git": "propose"}, classifier={"encoder": NO_ENCODER})
    (home / ".gitignore").write_text("*.db*\n*.lock\n")
    git(home, "add", "config.toml", ".gitignore")
    git(home, "commit", "--quiet", "--message", "begin")
    git(home, "push", "--quiet", "--set-upstream", "origin", "main")
    git(folder, "clone", "--quiet", str(bare), str(folder / "desk"))
    return Proposing(room, bare, Desk(folder / "desk"))
