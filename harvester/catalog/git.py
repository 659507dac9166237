"""Commits the catalog's entries and what was rendered from them: one commit per batch, on the checked-out branch or on
a pull-request branch."""

import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path, PurePosixPath

from harvester.base.errors import CatalogError
from harvester.base.escape import one_line
from harvester.catalog.git_command import HARVESTER
from harvester.catalog.git_command import run_git as _git

BRANCH = "catalogue-review"
RENDERED = (".md", ".svg")  # suffixes of pages and pictures that a later build may no longer need
_NAMED = ("--pathspec-from-file=-", "--pathspec-file-nul")


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
    def people(self) -> dict[str, str]:
        """Environment variables that set author and committer, whatever git is configured to use."""
        author, email = _names(self.authors[0])
        committer = {"GIT_COMMITTER_NAME": HARVESTER, "GIT_COMMITTER_EMAIL": self.committer}
        return {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": email, **committer}


def commit(folder: Path, message: Message, made: Collection[str] = ()) -> str:
    """Commit the entries below `folder` and the files that were `made` from them, and nothing else, on the branch.

    Args:
        made: names of rendered files, relative to `folder`.

    Returns:
        The commit's short name; "" if nothing has changed.

    Raises:
        CatalogError: git is not installed, there is no repository, no branch is checked out, or a hook refused.
    """
    if problem := astray(folder):
        raise CatalogError(problem)
    changed = _changed(folder, made)
    if not changed:
        return ""
    if unstaged := _changed(folder, made, unstaged=True):
        _git(folder, "add", "--all", *_NAMED, stdin=unstaged)
    _git(folder, "commit", "--quiet", "--only", "--message", message.text, *_NAMED, stdin=changed, more=message.people)
    return _git(folder, "rev-parse", "--short", "HEAD")


def astray(folder: Path) -> str:
    """Why a commit now would be lost and the files are not those of the list; "" if a branch is checked out.

    Raises:
        CatalogError: git is not installed, or there is no repository.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    if _git(there, "branch", "--show-current"):
        return ""
    return (
        f"No branch is checked out in {folder} (git calls that a detached HEAD): commits made there would be lost, and "
        "the files may be of another time. Check one out: `git switch main`."
    )


def commit_to_branch(folder: Path, message: Message, branch: str = BRANCH, made: Collection[str] = ()) -> str:
    """Commit the same to another branch; the working tree, its index and its branch are unchanged.

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
        if changed := _changed(folder, made, index, unstaged=True):
            _git(folder, "add", "--all", *_NAMED, stdin=changed, more=index)
        tree = _git(folder, "write-tree", more=index)
    if tree == _git(folder, "rev-parse", f"{base}^{{tree}}"):
        return ""
    made_commit = _git(folder, "commit-tree", tree, "-p", base, "-m", message.text, more=message.people)
    _git(folder, "update-ref", f"refs/heads/{branch}", made_commit, tip or "0" * len(made_commit))
    return _git(folder, "rev-parse", "--short", made_commit)


def _changed(
    folder: Path, made: Collection[str], more: Mapping[str, str] | None = None, *, unstaged: bool = False
) -> str:
    """The changed files that are the catalog's, relative to `folder`, each with a NUL after it; "" if there are none.

    Args:
        unstaged: only those that differ from the index.

    Other files there, such as notes, secrets and what a killed process left, are nobody's business but their owner's.
    """
    found = ((status, name) for status, name in statuses(folder, more) if not unstaged or status[1] != " ")
    return "".join(f"{name}\0" for status, name in found if _is_ours(name, made, gone="D" in status))


def statuses(folder: Path, more: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """The changed files in and below `folder`: what `git status --porcelain` says of each, and its path from `folder`.

    Raises:
        CatalogError: git is not installed, or there is no repository.
    """
    listed = ("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ".")
    inside = _git(folder, "rev-parse", "--show-prefix")
    lines = _git(folder, *listed, more=more, strip=False).split("\0")
    return ((line[:2], line[3:].removeprefix(inside)) for line in lines if line)


def is_entry(name: str) -> bool:
    """Whether a path from the catalog's folder is an entry's."""
    path = PurePosixPath(name)
    return path.parts[0] == "entries" and path.suffix == ".toml" and not path.name.startswith(".")


def _is_ours(name: str, made: Collection[str], *, gone: bool) -> bool:
    return is_entry(name) or name in made or (gone and PurePosixPath(name).suffix in RENDERED)


def begin(folder: Path, message: Message, names: Sequence[str]) -> None:
    """Make `folder` a repository and commit these files and folders, unless it is already in one.

    Whatever else was there before may be nobody else's business.

    Raises:
        CatalogError: git is not installed, or a hook refused the commit.
    """
    if not _is_repository(folder):
        _git(folder, "init", "--quiet", "--initial-branch=main")
        _git(folder, "add", "--", *names)
        _git(folder, "commit", "--quiet", "--message", message.text, more=message.people)


def _is_repository(folder: Path) -> bool:
    try:
        return _git(folder, "rev-parse", "--is-inside-work-tree") == "true"
    except CatalogError:
        return False


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
