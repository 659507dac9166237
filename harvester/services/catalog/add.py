"""Add one paper to the catalog by its name, its address, or the README of its repository."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harvester.base.errors import HarvesterError, UsageError
from harvester.base.escape import is_web_url
from harvester.catalog.entry import Entry, entry_path
from harvester.catalog.folder import load_catalog, load_entry, write_entry
from harvester.catalog.importing.joining import find_entry, joined
from harvester.catalog.importing.records.choosing import Choice, Source, about, choose
from harvester.catalog.importing.records.citation import Citation
from harvester.domain.identity import address_of, link_identifier, parse_identifier
from harvester.domain.labels import Labels, completed, parse_labels, relabelled, require_one, split_labels
from harvester.domain.notices import NOTICE_KINDS, Notice
from harvester.domain.papers import Paper
from harvester.services.catalog.enrich import enriched
from harvester.services.catalog.notices import mark_locked
from harvester.services.catalog.repository import fetch_sources, file_sources, repository_at
from harvester.services.catalog.sync import sync_locked
from harvester.services.learning.classify import load_classifier, predict
from harvester.services.learning.models import version_in_use
from harvester.services.lookup import bring
from harvester.services.review.decisions import CATALOG_LOCK, entry_of
from harvester.services.workspace import Workspace
from harvester.store.engine import read
from harvester.store.locks import lock
from harvester.store.papers import find
from harvester.store.predictions import current

log = logging.getLogger(__name__)
_READ = 3000  # characters of a README that the classifier is shown
Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry without labels, and the text that describes its subject."""

    entry: Entry
    about: str


def _log(warning: str) -> None:
    log.warning("%s", warning)


def add(
    ws: Workspace, what: str, given: Mapping[str, str], code: str = "", warn: Warn = _log, *, dry_run: bool = False
) -> Entry:
    """Add the paper that `what` names, or merge it into the paper's entry; returns the entry.

    Args:
        what: a README, .bib file or CITATION.cff, the address of a repository, or a paper's name or address.
        given: labels by facet, in place of predicted ones.
        code: the address of the paper's code.
        warn: is told what its reader should know about the choice of a record, and what was repaired in it.
        dry_run: leave the catalog as it is, and return the entry that it would get.

    Raises:
        UsageError: a label is unknown, or the address is neither of a paper nor of a repository.
        CatalogError: the file or repository names no paper, or its record cannot be read; nothing is written.
        HarvesterError: the paper is unknown, or an upstream does not answer.
    """
    chosen = parse_labels(ws.taxonomy, {facet: split_labels(text) for facet, text in given.items()})
    require_one(ws.taxonomy, chosen)
    if code and not is_web_url(code):
        raise UsageError(f"--code {code!r} is not a valid web address; write one that begins with https://.")
    found = _find(ws, what, warn)
    if code:
        found = replace(found, entry=replace(found.entry, links={**found.entry.links, "code": code}))
    (entry,) = enriched(ws, [found.entry], online=False)
    with lock(ws.store, CATALOG_LOCK, wait=True):
        old = find_entry(load_catalog(ws.catalog, ws.taxonomy).entries, entry)
        if old:
            entry = _together(ws, old, entry)
        elif set(chosen) < set(ws.taxonomy.facet_ids):  # labels that were not given are predicted
            entry = replace(entry, labels=_labels(ws, entry, found.about))
        entry = replace(entry, labels=relabelled(ws.taxonomy, entry.labels, chosen))
        if dry_run:
            return replace(entry, path=entry.path or entry_path(entry))
        path = write_entry(ws.catalog, entry, ws.taxonomy)
        for problem in sync_locked(ws).problems:
            log.warning("%s", problem)
        mark_locked(ws)
        return load_entry(ws.catalog, path, ws.taxonomy)


def _find(ws: Workspace, what: str, warn: Warn) -> _Found:
    if _is_file(what):
        return _from_sources(ws, file_sources(Path(what)), warn)
    if repository := repository_at(ws.settings.catalog, what):
        found = _from_sources(ws, fetch_sources(ws, repository), warn)
        return replace(found, entry=replace(found.entry, links=_with_code(found.entry.links, repository.home)))
    if "://" in what and not link_identifier(what):
        raise UsageError(
            f"{what} is not the address of an arXiv paper, a DOI or a GitHub or GitLab repository; give one of these."
        )
    return _by_name(ws, what)


def _with_code(links: Mapping[str, str], home: str) -> dict[str, str]:
    """The links with the repository as the code; another one that a record names, such as a Zenodo DOI, is kept."""
    other = links.get("code", home)
    same = other.lower().removesuffix(".git").rstrip("/") == home.lower()
    return {**links, "code": home} | ({} if same else {"code-2": other})


def _is_file(what: str) -> bool:
    try:
        return Path(what).is_file()
    except OSError:  # longer than any file's name
        return False


def _by_name(ws: Workspace, name: str) -> _Found:
    identifier = parse_identifier(name)
    if identifier is None:
        raise UsageError(f"{name!r} is not a file, arXiv id, DOI or address; give one of these.")
    with read(ws.store) as db:
        stored = find(db, identifier)
    paper = stored.paper if stored else _fetched(ws, name, identifier)
    return _Found(entry_of(paper, completed(None, ws.taxonomy)), paper.abstract)


def _fetched(ws: Workspace, name: str, identifier: str) -> Paper:
    found = None if identifier.startswith("title:") else bring(ws, identifier)
    if found is None:
        raise HarvesterError(
            f"Nothing is known about {name}; check it, or give a file with its BibTeX record, or its arXiv id."
        )
    if found.paper is None:
        raise HarvesterError(_no_paper(name, found.notices))
    return found.paper


def _no_paper(name: str, notices: Sequence[Notice]) -> str:
    if notices:
        about = ", ".join(dict.fromkeys(other for notice in notices for other in notice.of or (notice.title,)))
        return f"{name} is a notice ({notices[0].kind}) about {about}, not a paper; add the paper that it is about."
    return f"{name} is not a paper: a part of an issue, a whole book, or a review of a paper."


def _from_sources(ws: Workspace, sources: Sequence[Source], warn: Warn) -> _Found:
    choice = choose(sources)
    for warning in choice.warnings:
        warn(warning)
    words = about(sources[0])[:_READ]
    return _by_link(ws, choice, words, warn) if choice.by_link else _Found(_cited(ws, choice.citation), words)


def _by_link(ws: Workspace, choice: Choice, words: str, warn: Warn) -> _Found:
    """A paper that the text only links to, as the store or its upstream knows it, with the text's other links."""
    cited = choice.citation
    try:
        found = _by_name(ws, cited.id)
    except HarvesterError as error:
        if not cited.title:
            raise HarvesterError(f"Only a link names the paper {cited.id}, without its title. {error}") from error
        warn(f"{cited.id} has no authors and date yet: {error}")
        return _Found(_cited(ws, cited), words)
    return _Found(replace(found.entry, links={**cited.links, **found.entry.links}), found.about or words)


def _cited(ws: Workspace, cited: Citation) -> Entry:
    own = address_of(cited.id)
    return Entry(
        id=cited.id,
        title=cited.title,
        labels=completed(None, ws.taxonomy),
        authors=cited.authors,
        published=cited.published,
        venue=cited.venue,
        links=({"paper": own} if own else {}) | dict(cited.links),
    )


def _together(ws: Workspace, old: Entry, new: Entry) -> Entry:
    """The existing entry with what it lacks filled in; of notices, `mark_entries` knows which the file has shown."""
    links = {role: address for role, address in new.links.items() if role not in NOTICE_KINDS}
    both = joined(old, replace(new, links=links), ws.taxonomy)
    return replace(both, published=old.published or new.published, venue=old.venue or new.venue)


def _labels(ws: Workspace, entry: Entry, about: str) -> Labels:
    """The labels of the paper's current prediction if the store has one, otherwise predicted from title and text."""
    model = version_in_use(ws)
    with read(ws.store) as db:
        stored = find(db, entry.id)
        made = current(db, [stored.number], model).get(stored.number) if stored else None
    if made:
        return made.labels
    paper = Paper((entry.id,), entry.title, (stored.paper.abstract if stored else "") or about)
    try:
        ((_, _, made),) = predict(load_classifier(ws), [(0, paper)])
    except HarvesterError as error:
        log.warning("%s gets no labels from the classifier: %s", entry.id, error)
        return completed(None, ws.taxonomy)
    return made.labels
