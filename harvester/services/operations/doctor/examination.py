"""Examine everything and say what to do: each check is a separate function that returns findings."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from harvester.base.clock import clock_from_environment
from harvester.base.errors import UsageError
from harvester.config.settings import load_settings
from harvester.services.operations.doctor import disks, external, history, local
from harvester.services.operations.doctor.finding import DoctorFinding, fail
from harvester.services.operations.status import status
from harvester.services.workspace import Workspace, taxonomy_of
from harvester.store.engine import open_store


def examine(config: Path) -> Iterator[DoctorFinding]:
    """All findings, as they are made. A broken part is reported, and the checks that depend on it are left out.

    No mail is sent, and nothing changes except the time of the next request to arXiv; a missing SQLite store is
    created.
    """
    try:
        settings, clock = load_settings(config), clock_from_environment()
    except UsageError as error:
        yield fail("config", str(error), "Correct it: `harvester config check` names everything that is wrong.")
        return
    yield from local.check_config(settings)
    for purpose, folder in disks.places(settings).items():
        yield disks.check_folder(purpose, folder)
    yield from disks.check_disks(disks.places(settings))
    yield local.check_git(settings)
    yield local.check_privacy(settings)
    yield local.check_clients(settings)
    yield from local.check_model(settings)
    store = local.check_store(settings)
    yield store
    taxonomy = local.check_taxonomy(settings)
    yield taxonomy
    if store.state == taxonomy.state == "ok":
        yield from _with_store(Workspace(settings, open_store(settings.store_url), taxonomy_of(settings), clock))
    else:
        yield external.check_mail(settings, needed=bool(settings.alert.mail))
    if not local.is_placeholder(urlsplit(settings.digest.base_url).hostname or ""):
        yield external.check_web(settings)
    yield from external.check_sender(settings.digest.sender, external.dns_texts)


def _with_store(ws: Workspace) -> Iterator[DoctorFinding]:
    now = status(ws)
    yield from history.check_runs(now)
    yield from history.check_sources(now, timedelta(days=ws.settings.harvest.overlap_days))
    yield from history.check_schedule(now, ws.settings.schedule)
    yield history.check_queue(now, ws.settings.alert.queue)
    yield from history.check_proposals(now)
    yield from external.check_remote(ws.settings)
    yield from external.check_upstreams(ws)
    yield external.check_mail(ws.settings, bool(ws.settings.alert.mail or now.figures.subscribers.get("active")))
