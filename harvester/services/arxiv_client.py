"""Access to arXiv as configured, through the one gate that all its services share."""

from harvester.services.gated import gated_transport
from harvester.services.workspace import Workspace
from harvester.sources.arxiv import api
from harvester.sources.http import HttpSettings, Transport

ARXIV_GATE = "arxiv"  # one gate for all of arXiv's services: its terms count them together


def arxiv_settings(ws: Workspace) -> api.ArxivSettings:
    """The settings of arXiv's API: its section of config.toml or, without one, the defaults."""
    return api.KIND.section_or_defaults(ws.settings.harvest)


def arxiv_transport(ws: Workspace, settings: HttpSettings | None = None, patience: float | None = None) -> Transport:
    """A transport to arXiv: through the gate that all its services share, with `min_interval` between requests.

    Args:
        settings: timeouts and attempts, if not those of config.toml.
        patience: seconds to wait for the gate, if not as long as runs wait.
    """
    return gated_transport(ws, ARXIV_GATE, arxiv_settings(ws).min_interval, settings, patience)
