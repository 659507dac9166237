"""Which works of a list the enabled sources have brought or would have: the store is asked first, then upstream."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from harvester.base.errors import CatalogError, FetchError
from harvester.base.escape import is_web_url
from harvester.catalog.entry import Entry
from harvester.catalog.folder import load_catalog
from harvester.catalog.importing.awesome import parse_list, read_list
from harvester.domain.coverage import FOUND, MISSED, STORED, UNKNOWN, Coverage, Measurement, Work
from harvester.domain.folding import whole_title
from harvester.domain.identity import address_of, link_identifier, title_identifier
from harvester.services.harvest.collect import source_state, transport_to
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.sources.errors import Unavailable
from harvester.sources.http import Transport
from harvester.sources.registry import KINDS
from harvester.sources.source import Source
from harvester.store.coverages import keep_coverage, newest_coverages
from harvester.store.engine import read, write
from harvester.store.papers import find_all
from harvester.store.sightings import sources_of

log = logging.getLogger(__name__)
Covers = Callable[[Transport, Work], bool]


def coverage(ws: Workspace, file: Path | None, watch: Watch = unwatched) -> Coverage:
    """The coverage of a list, or of the catalog, which is kept for the page of runs.

    A source that fails, and an entry that cannot be read, is named in the result, never raised.

    Raises:
        CatalogError: the list or the catalog cannot be read or contains no paper.
        StoreError: the store fails.
    """
    works, problems = _read_list(ws, file) if file else _read_catalog(ws)
    shown = _shown(ws, works)
    answers: dict[str, Sequence[str]] = {}
    for source, covers in _sources(ws):
        held = [source.name in by for by in shown]
        answers[source.name] = _ask(ws, source, covers, list(zip(works, held, strict=True)), problems, watch)
    found = Coverage(works, answers, problems)
    with write(ws.store) as db:
        keep_coverage(db, str(file or ""), found.to_json(), ws.clock())
    return found


def measured(ws: Workspace, limit: int) -> list[Measurement]:
    """What was last measured of the catalog and of other lists."""
    with read(ws.store) as db:
        return newest_coverages(db, limit)


def _read_list(ws: Workspace, file: Path) -> tuple[list[Work], list[str]]:
    works = works_of(parse_list(read_list(file), ws.taxonomy).papers)
    if not works:
        raise CatalogError(f"{file} contains no papers; give a list with titles in bold or as links below headings.")
    return works, []


def _read_catalog(ws: Workspace) -> tuple[list[Work], list[str]]:
    catalog = load_catalog(ws.catalog, ws.taxonomy)
    if not catalog.entries:
        raise CatalogError(f"{ws.catalog} contains no entries yet; name a list: harvester coverage LIST.md.")
    return works_of(catalog.entries), list(map(str, catalog.problems))


def works_of(entries: Iterable[Entry]) -> list[Work]:
    """The works of a list, with the identifiers in their links.

    Lists copy links from one work to the next; an identifier that several works have is evidence for none of them.
    """
    named = [(entry.title, _identifiers(entry), _link(entry)) for entry in entries]
    count = Counter(name for _, names, _ in named for name in names)
    return [
        Work(title, tuple(name for name in names if count[name] == 1) or names[-1:], link)
        for title, names, link in named
    ]


def _identifiers(entry: Entry) -> tuple[str, ...]:
    found = (entry.id, *map(link_identifier, entry.links.values()), title_identifier(entry.title))
    return tuple(dict.fromkeys(filter(None, found)))


def _link(entry: Entry) -> str:
    """Where the list leads for the work: the paper, else whatever it links to first."""
    links = filter(is_web_url, (entry.links.get("paper", ""), *entry.links.values(), address_of(entry.id)))
    return next(links, "")


def _sources(ws: Workspace) -> Iterable[tuple[Source, Covers | None]]:
    """The enabled sources, each with how to ask whether it would have brought a work, if it can tell."""
    harvest, state = ws.settings.harvest, source_state(ws.store)
    for kind in KINDS:
        if kind.source:
            for section in kind.enabled(harvest):
                covers = partial(kind.covers, section) if kind.covers else None
                yield kind.source(section, harvest, state), covers


def _shown(ws: Workspace, works: Sequence[Work]) -> list[set[str]]:
    """The sources that have shown each work. A title's first letters only propose: the whole title must agree."""
    with read(ws.store) as db:
        held = find_all(db, {name for work in works for name in work.identifiers})
        sources = sources_of(db, {stored.number for stored in held.values()})
    return [
        {
            source
            for name in work.identifiers
            if (stored := held.get(name))
            and (not name.startswith("title:") or whole_title(stored.paper.title) == whole_title(work.title))
            for source in sources.get(stored.number, ())
        }
        for work in works
    ]


def _ask(
    ws: Workspace,
    source: Source,
    covers: Covers | None,
    works: Sequence[tuple[Work, bool]],
    errors: list[str],
    watch: Watch,
) -> list[str]:
    """What a source answers for each work; after it has become unavailable, it is not asked again."""
    transport, answers, gone = transport_to(ws, source), [], False
    for done, (work, held) in enumerate(works):
        answer = STORED if held else UNKNOWN
        if not held and covers and not gone:
            try:
                answer = FOUND if covers(transport, work) else MISSED
            except FetchError as error:
                log.info("%s: %s", source.name, error)
                errors.append(f"{source.name}, {work.id}: {error}")
                gone = isinstance(error, Unavailable)
        answers.append(answer)
        watch(source.name, done + 1, len(works))
    return answers
