"""Commits the catalog's folder to git: one commit per batch, on the checked-out branch or on a pull-request branch."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from harvester.base.escape import one_line
from harvester.catalog.git_command import HARVESTER
from harvester.catalog.git_command import run_git as _git

BRANCH = "catalogue-review"


@dataclass(frozen=True, slots=True)
class Message:
    """A commit's message and people: the first of `authors` is git's author, the others go into trailers."""

    subject: str
    authors: Sequence[str]
    committer: str

    @property
    def text(self) -> str:
        """The full commit message (https://docs.github.com/en/pull-requests: co-authors are trailers)."""
        trailers = "".join(f"\nCo-authored-by: {_person(name)}" for name in self.authors[1:])
        return f"{one_line(self.subject)}\n{trailers}\n" if trailers else f"{one_line(self.subject)}\n"

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that set author and committer, whatever git is configured to use."""
        author, email = _names(self.authors[0])
        committer = {"GIT_COMMITTER_NAME": HARVESTER, "GIT_COMMITTER_EMAIL": self.committer}
        return {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": email, **committer}


def commit(folder: Path, message: Message) -> str:
    """Commit the changes below `folder`, and nothing else, on the checked-out branch.

    Returns:
        The commit's short name; "" if nothing has changed.

    Raises:
        CatalogError: git is not installed, there is no repository, or a hook refused the commit.
    """
    _git(folder, "add", "--all", "--", ".")
    if not _git(folder, "status", "--porcelain", "--", "."):
        return ""
    _git(folder, "commit", "--quiet", "--only", "--message", message.text, "--", ".", more=message.environment)
    return _git(folder, "rev-parse", "--short", "HEAD")


def commit_to_branch(folder: Path, message: Message, branch: str = BRANCH) -> str:
    """Commit the contents of `folder` to another branch; the working tree, its index and its branch are unchanged.

    The commit goes on top of the branch, or on HEAD if the branch is new or was merged.

    Returns:
        The commit's short name; "" if the branch (or HEAD) already has the same contents.

    Raises:
        CatalogError: git is not installed, or there is no repository.
    """
    head, tip = _git(folder, "rev-parse", "HEAD"), _tip(folder, branch)
    base = tip if tip and not _is_ancestor(folder, tip, head) else head
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
        _git(folder, "read-tree", base, more=index)
        _git(folder, "add", "--all", "--", ".", more=index)
        tree = _git(folder, "write-tree", more=index)
    if tree == _git(folder, "rev-parse", f"{base}^{{tree}}"):
        return ""
    made = _git(folder, "commit-tree", tree, "-p", base, "-m", message.text, more=message.environment)
    _git(folder, "update-ref", f"refs/heads/{branch}", made, tip or "0" * len(made))
    return _git(folder, "rev-parse", "--short", made)


def _tip(folder: Path, branch: str) -> str:
    return _git(folder, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")


def _is_ancestor(folder: Path, old: str, new: str) -> bool:
    return _git(folder, "merge-base", old, new) == old


def _names(person: str) -> tuple[str, str]:
    """A reviewer's name and e-mail address for git: the address they gave, otherwise an undeliverable one."""
    name, address = parseaddr(one_line(person))
    if "@" in address:
        return name or address, address
    plain = re.sub(r"[<>]", "", one_line(person)) or "unknown"
    return plain, f"{re.sub(r'[^a-zA-Z0-9.+-]', '.', plain)}@reviewers.invalid"


def _person(person: str) -> str:
    name, address = _names(person)
    return f"{name} <{address}>"
