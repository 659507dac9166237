"""Venues to harvest, proposed from the catalog's own entries."""

from harvester.catalog.folder import load_catalog
from harvester.catalog.venues import Venue, venues_of
from harvester.domain.papers import PREPRINT_SERVER
from harvester.services.crossref_client import crossref_settings
from harvester.services.workspace import Workspace
from harvester.sources import journals
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.crossref import api as crossref_api
from harvester.sources.crossref.venues import titles


def venues(ws: Workspace) -> tuple[list[Venue], list[str]]:
    """The venues of the catalog's entries, most frequent first, with the enabled source that reads each of them;
    and what is wrong with entries that cannot be read.

    Raises:
        CatalogError: the catalog's folder cannot be listed.
    """
    catalog = load_catalog(ws.catalog, ws.taxonomy)
    return venues_of(catalog.entries, _covered(ws)), list(map(str, catalog.problems))


def _covered(ws: Workspace) -> dict[str, str]:
    """The source by venue. A feed is known by its name alone: npj-digital-medicine is that of npj Digital Medicine."""
    harvest, settings = ws.settings.harvest, crossref_settings(ws)
    found = {feed.name.replace("-", " "): feed.name for feed in journals.KIND.enabled(harvest)}
    found |= dict.fromkeys(titles(settings.venues if settings else ()), crossref_api.PROVENANCE.name)
    if arxiv_api.KIND.enabled(harvest):
        found[PREPRINT_SERVER] = arxiv_api.PROVENANCE.name
    return found
