"""Access to Crossref as configured, for single DOIs: what it says is recorded, like what a run brings."""

from harvester.base.clock import utc_date
from harvester.domain.papers import Paper, Sighting
from harvester.services.gated import gated_transport
from harvester.services.workspace import Workspace
from harvester.sources.crossref import api, lookup
from harvester.sources.http import Transport
from harvester.store.engine import write
from harvester.store.recording import record


def crossref_settings(ws: Workspace) -> api.CrossrefSettings | None:
    """Its section of config.toml; None if it is missing or turned off, for then nothing may be asked."""
    return next(iter(api.KIND.enabled(ws.settings.harvest)), None)


def crossref_transport(ws: Workspace, settings: api.CrossrefSettings) -> Transport:
    """A transport through the gate that runs pass, too."""
    return gated_transport(ws, api.PROVENANCE.name, api.spacing(settings))


def find_doi(ws: Workspace, name: str) -> Sighting | None:
    """What Crossref knows about ``doi:...``; None if it does not know it, it is no paper's, or nothing may be asked.

    Raises:
        FetchError: Crossref gives no answer.
    """
    settings = crossref_settings(ws)
    if settings is None or not name.startswith("doi:"):
        return None
    transport, contact = crossref_transport(ws, settings), ws.settings.harvest.contact
    found = lookup.look_up(settings, contact, transport, name.removeprefix("doi:"), utc_date(ws.clock()))
    return found.sighting if found else None


def fetch_doi(ws: Workspace, name: str) -> Paper | None:
    """The same, recorded.

    Raises:
        FetchError: Crossref gives no answer.
    """
    found = find_doi(ws, name)
    if found is None:
        return None
    with write(ws.store) as db:
        record(db, [found], ws.clock())
    return found.paper
