"""Access to Crossref as configured, for single DOIs."""

from harvester.base.clock import utc_date
from harvester.services.gated import gated_transport
from harvester.services.workspace import Workspace
from harvester.sources.crossref import api, lookup
from harvester.sources.http import Transport
from harvester.sources.records import Reading


def crossref_settings(ws: Workspace) -> api.CrossrefSettings | None:
    """Its section of config.toml; None if it is missing or turned off, for then nothing may be asked."""
    return next(iter(api.KIND.enabled(ws.settings.harvest)), None)


def crossref_transport(ws: Workspace, settings: api.CrossrefSettings) -> Transport:
    """A transport through the gate that runs pass, too."""
    return gated_transport(ws, api.PROVENANCE.name, api.spacing(settings))


def find_doi(ws: Workspace, name: str) -> Reading | None:
    """What Crossref knows about ``doi:...``; None if it does not know it, or nothing may be asked.

    Raises:
        FetchError: Crossref gives no answer.
    """
    settings = crossref_settings(ws)
    if settings is None or not name.startswith("doi:"):
        return None
    transport, contact = crossref_transport(ws, settings), ws.settings.harvest.contact
    return lookup.look_up(settings, contact, transport, name.removeprefix("doi:"), utc_date(ws.clock()))
