"""What is wrong with the catalog, in its files and, on request, behind its links."""

import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from harvester.base.clock import Clock, utc_date
from harvester.base.errors import HarvesterError
from harvester.base.escape import is_web_url
from harvester.catalog.check import CheckFinding, check, ordered, silent_links
from harvester.catalog.folder import Catalog, load_catalog
from harvester.catalog.form.builtin import builtin_form
from harvester.catalog.form.storage import load_form
from harvester.catalog.rendering.awesome import README
from harvester.config.settings import Settings
from harvester.services.workspace import Watch, taxonomy_of, unwatched
from harvester.sources.arxiv import api
from harvester.sources.http import Transport
from harvester.store.engine import open_store, read
from harvester.store.papers import find_all

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds between two requests to one host; arXiv gets the interval it asks for
HOSTS = 8  # queried in parallel; the links of one host are queried one by one


def findings(settings: Settings, clock: Clock, *, online: bool = False, watch: Watch = unwatched) -> list[CheckFinding]:
    """All findings on the catalog that the settings name.

    No store is needed, so this can run before a commit; if there is one, it tells which papers were withdrawn.
    """
    taxonomy, folder = taxonomy_of(settings), settings.path(settings.catalog.dir)
    readme = folder / README
    text = readme.read_text(encoding="utf-8", errors="replace") if readme.is_file() else None
    catalog = load_catalog(folder, taxonomy)
    own = settings.catalog.templates
    found = check(
        catalog,
        taxonomy,
        text,
        utc_date(clock()),
        withdrawn=_withdrawn(settings, catalog),
        templates=settings.path(own) if own else None,
        form=load_form(folder),
        papers=builtin_form(settings.catalog.form, settings.catalog.show),
    )
    return ordered([*found, *silent_links(catalog, _silent(settings, catalog, watch))]) if online else found


def _withdrawn(settings: Settings, catalog: Catalog) -> list[str]:
    """The entries whose papers the store knows to be withdrawn; empty, without a finding, if there is no store."""
    if (
        settings.store_url.startswith("sqlite:///")
        and not Path(settings.store_url.removeprefix("sqlite:///")).is_file()
    ):
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


def _silent(settings: Settings, catalog: Catalog, watch: Watch) -> dict[str, str]:
    """The problem with each link that does not answer, by address."""
    by_host: dict[str, list[str]] = {}
    for address in sorted({address for entry in catalog.entries for address in entry.links.values()}):
        if is_web_url(address):
            by_host.setdefault(urlsplit(address).netloc, []).append(address)
    problems: dict[str, str] = {}
    with ThreadPoolExecutor(HOSTS) as pool:
        asked = pool.map(lambda addresses: _ask(settings, addresses), by_host.values())
        for number, answers in enumerate(asked, 1):
            problems |= answers
            watch("hosts", number, len(by_host))
    return problems


def _ask(settings: Settings, addresses: list[str]) -> dict[str, str]:
    transport, of_arxiv = Transport(settings.harvest), api.KIND.section_or_defaults(settings.harvest).min_interval
    pause = of_arxiv if (urlsplit(addresses[0]).hostname or "").endswith("arxiv.org") else PAUSE
    answers = {}
    for number, address in enumerate(addresses):
        if number:
            time.sleep(pause)
        answers[address] = transport.answers(address)
    return {address: problem for address, problem in answers.items() if problem}
