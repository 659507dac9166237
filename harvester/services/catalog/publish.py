"""Render the list after a batch of decisions and commit it with git: one commit, with the reviewers as its authors."""

from email.utils import parseaddr
from pathlib import Path
from typing import Any

from harvester.base.errors import CatalogError
from harvester.catalog import git
from harvester.catalog.form.storage import FORM_FILES
from harvester.services.catalog.lists import build
from harvester.services.catalog.sync import sync_catalog
from harvester.services.review.decisions import CATALOG_LOCK
from harvester.services.workspace import Workspace
from harvester.store.batches import add_publication, decided_after, last_publication
from harvester.store.decisions import newest_decision
from harvester.store.engine import read, write
from harvester.store.locks import lock


def publish(ws: Workspace, by: str) -> dict[str, Any]:
    """Read the files first, because they win; render the list; commit as ``[catalog] git`` says.

    Returns:
        ``{"entries", "files", "commit", "problems"}``; the commit is "" if git is off or nothing has changed.

    Raises:
        CatalogError: an entry cannot be read or written, or git fails; what was rendered by then stays.
    """
    problems = sync_catalog(ws).problems
    return {**build_and_commit(ws, by), "problems": problems}


def build_and_commit(ws: Workspace, by: str) -> dict[str, Any]:
    """What `catalog build` does: render the list from the entries, and commit as ``[catalog] git`` says.

    Raises:
        CatalogError: an entry cannot be read or written, or git fails; what was rendered by then stays.
    """
    if ws.settings.catalog.needs_branch and (problem := git.astray(ws.catalog)):
        raise CatalogError(problem)
    with read(ws.store) as db:
        last, newest = last_publication(db), newest_decision(db)
        authors = decided_after(db, last.decision if last else 0)
    built = build(ws)
    files = {Path(file).relative_to(ws.catalog).as_posix() for file in built["files"]} | FORM_FILES
    made = _commit(ws, by, authors, files)
    with write(ws.store) as db:
        add_publication(db, by, newest, made, ws.clock())
    return {**built, "commit": made}


def _commit(ws: Workspace, by: str, authors: dict[str, int], made: set[str]) -> str:
    if ws.settings.catalog.git in ("off", "propose"):
        return ""
    decided = sum(authors.values())
    subject = f"Review: {decided} decision{'' if decided == 1 else 's'}" if decided else "Render the catalog"
    message = git.Message(subject, tuple(authors) or (by,), parseaddr(ws.settings.digest.sender)[1])
    with lock(ws.store, CATALOG_LOCK, wait=True):  # the commit must not contain half of somebody's batch
        if ws.settings.catalog.git == "commit":
            return git.commit(ws.catalog, message, made)
        return git.commit_to_branch(ws.catalog, message, made=made)
