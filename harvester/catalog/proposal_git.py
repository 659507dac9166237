"""The git side of proposals: fetch, follow the remote's main branch, read branches, push a new one. Decides nothing.

Names of branches from a remote are only used within ``refs/...``, so that none can be taken for an option.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from harvester.base.errors import CatalogError
from harvester.base.escape import terminal
from harvester.catalog.git import Message, is_entry, statuses
from harvester.catalog.git_command import run_git
from harvester.domain.proposal_branches import PREFIX, Touch
from harvester.domain.text import clean

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_PEOPLE = "%H%x00%aN%x00%cN%x00%(trailers:key=Co-authored-by,valueonly,separator=%x0a)"
_FIELDS = 4  # of _PEOPLE
_LONGEST_NAME = 100  # characters; git lets people call themselves anything
_ENTRIES = ("--", "entries")
_ALLOW = f"allow this host to push branches {PREFIX}* to {{remote}}"


@dataclass(frozen=True, slots=True)
class Upstream:
    """The branch of a remote that the checked-out branch follows."""

    remote: str
    branch: str

    @property
    def ref(self) -> str:
        """Its remote-tracking branch."""
        return f"refs/remotes/{self.remote}/{self.branch}"

    def ref_of(self, proposal: str) -> str:
        """The remote-tracking branch of a proposal."""
        return f"refs/remotes/{self.remote}/{proposal}"


def upstream_of(folder: Path) -> Upstream:
    """What the checked-out branch follows; without a setting, the branch of its name at the only remote, or at origin.

    Raises:
        CatalogError: no branch is checked out, there is no such remote, or `folder` is in no repository.
    """
    branch = run_git(folder, "branch", "--show-current")
    if not branch:
        raise CatalogError(
            f"{folder} has no branch checked out", remedy="check out the branch that reviewers merge into"
        )
    wanted = f"refs/heads/{branch}"
    set_up = run_git(folder, "for-each-ref", "--format=%(upstream:remotename)%00%(upstream:remoteref)", wanted)
    remote, _, ref = set_up.partition("\0")
    remotes = run_git(folder, "remote").split("\n")
    if remote not in remotes or not ref:
        remote, ref = remotes[0] if len(remotes) == 1 else "origin", wanted
    if not remote or remote not in remotes:
        raise CatalogError(
            f"{folder} has no remote to propose papers at", remedy="add one with `git remote add origin ADDRESS`"
        )
    return Upstream(remote, ref.removeprefix("refs/heads/"))


def fetch(folder: Path, upstream: Upstream) -> dict[str, str]:
    """Fetch the main branch and all proposals; returns the proposals' newest commits by name.

    Raises:
        CatalogError: the remote does not answer, or lacks the main branch.
    """
    branches = (upstream.branch, f"{PREFIX}*")
    specs = [f"+refs/heads/{name}:{upstream.ref_of(name)}" for name in branches]
    run_git(
        folder, "fetch", "--quiet", "--prune", "--no-tags", upstream.remote, *specs,
        remedy=f"check the network, and that {upstream.remote} has the branch {upstream.branch}; "
        "the next night makes it good",
    )  # fmt: skip
    within = upstream.ref_of(PREFIX)
    found = run_git(folder, "for-each-ref", "--format=%(objectname)%00%(refname)", within)
    lines = (line.partition("\0") for line in found.split("\n") if line)
    return {f"{PREFIX}{name.removeprefix(within)}": commit for commit, _, name in lines}


def follow(folder: Path, upstream: Upstream) -> None:
    """Bring the checked-out branch, and the files, up to the fetched main branch.

    Raises:
        CatalogError: the two have diverged, or files that were changed here are in the way; nothing is changed then.
    """
    if contains(folder, "HEAD", upstream.ref):
        return
    name = f"{upstream.remote}/{upstream.branch}"
    if not contains(folder, upstream.ref, "HEAD"):
        raise CatalogError(
            f"The branch checked out in {folder} and {name} have diverged",
            remedy=f"bring them together with `git pull --rebase` and push, or `git reset --keep {name}`",
        )
    run_git(
        folder, "merge", "--quiet", "--ff-only", upstream.ref,
        remedy="commit and push what was changed here, or take it back with `git restore` or `git clean`",
    )  # fmt: skip


def changed_here(folder: Path) -> list[str]:
    """The files in and below `folder` that the checked-out branch has otherwise, or not at all; paths from `folder`.

    Of files that git does not know, only entries count: the others are nobody's business but their owner's.
    """
    return [name for status, name in statuses(folder) if status != "??" or is_entry(name)]


def unpushed(folder: Path) -> int:
    """How many commits of the checked-out branch no remote has, as far as was fetched."""
    return int(run_git(folder, "rev-list", "--count", "HEAD", "--not", "--remotes"))


def contains(folder: Path, commit: str, other: str) -> bool:
    """Whether `other` is part of the history of `commit`; False if the repository has one of them not."""
    if not all(_exists(folder, one) for one in (commit, other)):
        return False
    return run_git(folder, "rev-list", "--max-count=1", f"{other}", f"^{commit}", "--") == ""


def _exists(folder: Path, commit: str) -> bool:
    return bool(run_git(folder, "rev-list", "--max-count=1", "--ignore-missing", commit, "--"))


def commit_of(folder: Path, name: str) -> str:
    """The commit of a reference.

    Raises:
        CatalogError: there is no such reference.
    """
    return run_git(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


def entry_files(folder: Path, commit: str) -> frozenset[str]:
    """The entries' files in a commit, relative to `folder`."""
    return frozenset(filter(None, run_git(folder, "ls-tree", "-r", "-z", "--name-only", commit, *_ENTRIES).split("\0")))


def merge_base(folder: Path, main: str, tip: str) -> str:
    """The commit from which a branch left the main branch; "" if their histories have nothing in common."""
    try:
        return run_git(folder, "merge-base", main, tip)
    except CatalogError:
        return ""


def added_files(folder: Path, main: str, tip: str) -> frozenset[str]:
    """The entries' files that a branch adds to what it was made from."""
    base = merge_base(folder, main, tip)
    if not base:
        return frozenset()
    listed = run_git(
        folder, "diff", "--name-only", "--relative", "--no-renames", "--diff-filter=A", "-z", base, tip, *_ENTRIES
    )
    return frozenset(filter(None, listed.split("\0")))


def file_at(folder: Path, commit: str, file: str) -> str:
    """The text of a file, given relative to `folder`, in a commit.

    Raises:
        CatalogError: it is no file.
    """
    return run_git(folder, "cat-file", "blob", f"{commit}:./{file}")


def touches(folder: Path, base: str, main: str, tip: str) -> list[Touch]:
    """The commits since `base` that changed entries, newest first.

    First the single changes by their authors; those that only the branch has, as after a squash, before the others.
    Then what came to the main branch, as merge, squash or rebase, by author, committer and co-authors: of a squash,
    forges name the reviewers only as the latter.
    """
    since = f"^{base}"
    apart = _log(folder, "--full-history", "--no-merges", tip, f"^{main}") if _exists(folder, tip) else ()
    single = _log(folder, "--full-history", "--no-merges", main, since)
    landed = _log(folder, "--first-parent", "--diff-merges=first-parent", main, since)
    changes = [Touch(people[:1], files) for people, files in chain(apart, single)]
    return changes + [Touch(people, files) for people, files in landed]


def _log(folder: Path, *arguments: str) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """The people of each commit that changed entries, and the files that it changed."""
    shown = ("--topo-order", "-z", "--no-renames", "--relative", "--name-only", f"--format={_PEOPLE}")
    words = [word.lstrip("\n") for word in run_git(folder, "log", *shown, *arguments, *_ENTRIES).split("\0")]
    start = 0
    while (first := start + _FIELDS) < len(words):
        _, author, committer, others = words[start:first]  # which may look like a commit: git allows any name
        end = next((place for place in range(first, len(words)) if _COMMIT.fullmatch(words[place])), len(words))
        helpers = (line.partition("<")[0] for line in others.split("\n"))
        people = tuple(terminal(clean(person))[:_LONGEST_NAME] for person in (author, committer, *helpers))
        yield people, frozenset(filter(None, words[first:end]))
        start = end


def try_push(folder: Path, upstream: Upstream) -> None:
    """Ask the remote whether it would take a branch; nothing is pushed.

    Raises:
        CatalogError: it does not answer, or would not.
    """
    run_git(
        folder, "push", "--quiet", "--dry-run", upstream.remote, f"HEAD:refs/heads/{PREFIX}check",
        remedy=_ALLOW.format(remote=upstream.remote),
    )  # fmt: skip


def push(folder: Path, upstream: Upstream, branch: str, files: Mapping[str, str], message: Message) -> str:
    """Push a new branch that adds these files to the main branch; nothing changes in the working tree or its branches.

    Args:
        files: texts by path relative to `folder`.

    Returns:
        The commit.

    Raises:
        CatalogError: the remote refuses the branch.
    """
    base = commit_of(folder, upstream.ref)
    made = run_git(
        folder, "commit-tree", _tree_with(folder, base, files), "-p", base, "-m", message.text, more=message.people
    )
    run_git(
        folder, "push", "--quiet", upstream.remote, f"{made}:refs/heads/{branch}",
        remedy=f"{_ALLOW.format(remote=upstream.remote)}; the next night makes it good",
    )  # fmt: skip
    return made


def _tree_with(folder: Path, base: str, files: Mapping[str, str]) -> str:
    """The tree of a commit with these files added; it is made in an index of its own."""
    prefix = run_git(folder, "rev-parse", "--show-prefix")
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
        run_git(folder, "read-tree", base, more=index)
        blobs = {file: run_git(folder, "hash-object", "-w", "--stdin", stdin=text) for file, text in files.items()}
        lines = "".join(f"100644 {blob}\t{prefix}{file}\0" for file, blob in blobs.items())
        run_git(folder, "update-index", "-z", "--index-info", stdin=lines, more=index)
        return run_git(folder, "write-tree", more=index)
