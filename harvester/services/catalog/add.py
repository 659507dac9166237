"""Add one paper to the catalog by its name, its address, or the README of its repository."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from harvester.base.errors import CatalogError, HarvesterError, UsageError
from harvester.base.escape import is_web_url
from harvester.catalog.entry import Entry
from harvester.catalog.folder import load_catalog, load_entry, write_entry
from harvester.catalog.importing.awesome import read_list
from harvester.catalog.importing.citation import Citation, citations
from harvester.domain.folding import whole_title
from harvester.domain.identity import address_of, link_identifier, parse_identifier
from harvester.domain.labels import Labels, completed, parse_labels, relabelled, require_one, split_labels
from harvester.domain.notices import NOTICE_KINDS, Notice
from harvester.domain.papers import Paper
from harvester.services.catalog.enrich import enriched
from harvester.services.catalog.lists import by_name, joined
from harvester.services.catalog.notices import mark_locked
from harvester.services.catalog.sync import sync_locked
from harvester.services.learning.classify import load_classifier, predict, version_in_use
from harvester.services.lookup import bring
from harvester.services.review.decisions import CATALOG_LOCK, entry_of
from harvester.services.workspace import Workspace
from harvester.sources.http import Transport
from harvester.store.engine import read
from harvester.store.locks import lock
from harvester.store.papers import find
from harvester.store.predictions import current

log = logging.getLogger(__name__)
_REPOSITORY = re.compile(r"/(?P<owner>[\w-]+)/(?P<name>(?!\.\.?(?:/|$))[\w.-]+?)(?:\.git)?(?:/.*)?")
_ABSTRACT = re.compile(r"^[#* ]*abstract\W*$(?P<text>.*?)^#", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_RECORD = re.compile(r"^@\w+\s*\{.*?^\}", re.MULTILINE | re.DOTALL)
_READ = 3000  # characters of a README that the classifier is shown


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry without labels, and the text that describes its subject."""

    entry: Entry
    about: str


def add(ws: Workspace, what: str, given: Mapping[str, str], code: str = "") -> Entry:
    """Add the paper that `what` names, or merge it into the paper's entry; returns the entry.

    Args:
        what: a file with a BibTeX record (a README), the address of a GitHub repository, or a paper's name or address.
        given: labels by facet, in place of predicted ones.
        code: the address of the paper's code.

    Raises:
        UsageError: a label is unknown, or the address is neither of a paper nor of a repository.
        CatalogError: the file has no BibTeX record.
        HarvesterError: the paper is unknown, or an upstream does not answer.
    """
    chosen = parse_labels(ws.taxonomy, {facet: split_labels(text) for facet, text in given.items()})
    require_one(ws.taxonomy, chosen)
    if code and not is_web_url(code):
        raise UsageError(f"--code {code!r} is not a valid web address; write one that begins with https://.")
    found = _find(ws, what)
    if code:
        found = replace(found, entry=replace(found.entry, links={**found.entry.links, "code": code}))
    (entry,) = enriched(ws, [found.entry], online=False)
    with lock(ws.store, CATALOG_LOCK, wait=True):
        known = by_name(load_catalog(ws.catalog, ws.taxonomy).entries)
        old = known.get(entry.id) or known.get(whole_title(entry.title))
        if old:
            entry = _together(ws, old, entry)
        elif set(chosen) < set(ws.taxonomy.facet_ids):  # labels that were not given are predicted
            entry = replace(entry, labels=_labels(ws, entry, found.about))
        entry = replace(entry, labels=relabelled(ws.taxonomy, entry.labels, chosen))
        path = write_entry(ws.catalog, entry, ws.taxonomy)
        for problem in sync_locked(ws).problems:
            log.warning("%s", problem)
        mark_locked(ws)
        return load_entry(ws.catalog, path, ws.taxonomy)


def readme_address(raw_url: str, repository: str) -> str | None:
    """The address of the README of a GitHub repository; None for other addresses."""
    parts = urlsplit(repository)
    found = _REPOSITORY.fullmatch(parts.path)
    if parts.hostname not in ("github.com", "www.github.com") or not found:
        return None
    return f"{raw_url}/{found['owner']}/{found['name']}/HEAD/README.md"


def _find(ws: Workspace, what: str) -> _Found:
    if _is_file(what):
        return _from_readme(ws, read_list(Path(what)), what)
    if "://" in what and not link_identifier(what):
        raw_url = ws.settings.catalog.raw_url
        address = readme_address(raw_url, what)
        if address is None:
            raise UsageError(
                f"{what} is not the address of an arXiv paper, a DOI or a GitHub repository; give one of these."
            )
        body = Transport(ws.settings.harvest).get(address, {}, "text/plain, */*").body
        found = _from_readme(ws, body.decode("utf-8", errors="replace"), what)
        home = "https://github.com" + "/".join(urlsplit(what).path.removesuffix(".git").split("/")[:3])
        return replace(found, entry=replace(found.entry, links={**found.entry.links, "code": home}))
    return _by_name(ws, what)


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


def _from_readme(ws: Workspace, text: str, name: str) -> _Found:
    found = citations(text)
    if not found:
        raise CatalogError(
            f"{name} contains no BibTeX record with a title; give a README that says how to cite its paper."
        )
    if len(found) > 1:
        log.warning("%s contains %d BibTeX records; the first one, %r, is used.", name, len(found), found[0].title)
    abstract = _ABSTRACT.search(text)
    about = abstract["text"] if abstract else _RECORD.sub("", text)
    return _Found(_cited(ws, found[0]), about.strip()[:_READ])


def _cited(ws: Workspace, cited: Citation) -> Entry:
    own = address_of(cited.id)
    return Entry(
        id=cited.id,
        title=cited.title,
        labels=completed(None, ws.taxonomy),
        authors=cited.authors,
        published=cited.published,
        venue=cited.venue,
        links=dict(cited.links) or ({"paper": own} if own else {}),
    )


def _together(ws: Workspace, old: Entry, new: Entry) -> Entry:
    """The existing entry with what it lacks filled in; of notices, `mark_entries` knows which the file has shown."""
    links = {role: address for role, address in new.links.items() if role not in NOTICE_KINDS}
    both = joined(old, replace(new, links=links), ws.taxonomy)
    return replace(both, authors=old.authors or new.authors, published=old.published or new.published)


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
