"""What is wrong with the catalog, in its files and, on request, behind its links."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from harvester.base.clock import Clock, utc_date
from harvester.base.errors import HarvesterError
from harvester.catalog.check import CheckFinding, check, ordered
from harvester.catalog.folder import Catalog, load_catalog
from harvester.catalog.form.builtin import builtin_form
from harvester.catalog.form.storage import load_form
from harvester.catalog.link_findings import asked_pages, link_findings, offline
from harvester.catalog.rendering.awesome import README
from harvester.config.settings import Settings
from harvester.domain.link_answers import LinkAnswer, unreached
from harvester.services.catalog.link_check import ask_links
from harvester.services.catalog.link_fix import fix_links
from harvester.services.review.decisions import CATALOG_LOCK
from harvester.services.workspace import Watch, taxonomy_of, unwatched
from harvester.store.engine import open_store, read
from harvester.store.locks import lock
from harvester.store.papers import find_all

log = logging.getLogger(__name__)


def findings(
    settings: Settings,
    clock: Clock,
    *,
    online: bool = False,
    recheck: bool = False,
    fix: bool = False,
    watch: Watch = unwatched,
) -> list[CheckFinding]:
    """All findings on the catalog that the settings name.

    No store is needed, so this can run before a commit; if there is one, it tells which papers were withdrawn.

    Args:
        online: whether the links are asked, `recheck` those too whose answers are remembered.
        fix: whether the new addresses of links that moved permanently are written into the entries.
    """
    taxonomy, folder = taxonomy_of(settings), settings.path(settings.catalog.dir)
    catalog, of_links = load_catalog(folder, taxonomy), list[CheckFinding]()
    if online:
        answers, of_links = _answers(settings, catalog, clock, watch, recheck=recheck)
        if fix:
            with _catalog_lock(settings):
                of_links.extend(fix_links(catalog, taxonomy, answers))
            catalog = load_catalog(folder, taxonomy)
        of_links.extend(link_findings(catalog, answers, utc_date(clock())))
    readme = folder / README
    text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else None
    own = settings.catalog.templates
    found = check(
        catalog,
        taxonomy,
        text,
        utc_date(clock()),
        withdrawn=_withdrawn(settings, catalog),
        templates=settings.path(own) if own else None,
        form=lambda: load_form(folder),
        papers=builtin_form(settings.catalog.form, settings.catalog.show),
    )
    return ordered([*found, *of_links])


def _answers(
    settings: Settings, catalog: Catalog, clock: Clock, watch: Watch, *, recheck: bool
) -> tuple[dict[str, LinkAnswer], list[CheckFinding]]:
    """What the links answer, by address without fragment; only what was known before, with a finding, if cut off."""
    answers, now = ask_links(settings, asked_pages(catalog), clock, watch, recheck=recheck)
    if hosts := unreached(now):
        return {address: answer for address, answer in answers.items() if address not in now}, [offline(hosts)]
    return answers, []


def _has_store(settings: Settings) -> bool:
    """Whether there is a store; opening an SQLite file that is not there would make one."""
    prefix = "sqlite:///"
    return not settings.store_url.startswith(prefix) or Path(settings.store_url.removeprefix(prefix)).is_file()


@contextmanager
def _catalog_lock(settings: Settings) -> Iterator[None]:
    """Keep out whoever writes entries; without a store nobody else does."""
    if not _has_store(settings):
        yield
        return
    store = open_store(settings.store_url)
    try:
        with lock(store, CATALOG_LOCK, wait=True):
            yield
    finally:
        store.dispose()


def _withdrawn(settings: Settings, catalog: Catalog) -> list[str]:
    """The entries whose papers the store knows to be withdrawn; empty, without a finding, if there is no store."""
    if not _has_store(settings):
        return []
    try:
        store = open_store(settings.store_url)
        try:
            with read(store) as db:
                return _taken_back(db, [entry.id for entry in catalog.entries])
        finally:
            store.dispose()
    except HarvesterError as error:
        log.warning("Whether papers were withdrawn is not checked: %s", error)
        return []


def _taken_back(db: Connection, ids: Iterable[str]) -> list[str]:
    return [name for name, stored in find_all(db, ids).items() if stored.paper.withdrawn]
