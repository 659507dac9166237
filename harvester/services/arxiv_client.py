"""Access to arXiv as configured, through the one gate that all its services share."""

from contextlib import AbstractContextManager

from harvester.services.workspace import Workspace
from harvester.sources.arxiv import api
from harvester.sources.http import HttpSettings, Transport
from harvester.store.locks import close_gate, gate

SHORT_CLOSING = 60.0  # seconds of a cool-down that are waited out however short `max_wait` is
ARXIV_GATE = "arxiv"  # one gate for all of arXiv's services: its terms count them together


def arxiv_settings(ws: Workspace) -> api.ArxivSettings:
    """The settings of arXiv's API: its section of config.toml or, without one, the defaults."""
    return api.KIND.section_or_defaults(ws.settings.harvest)


def arxiv_transport(ws: Workspace, settings: HttpSettings | None = None, patience: float | None = None) -> Transport:
    """A transport to arXiv: through the gate that all its services share, with `min_interval` between requests.

    If arXiv has asked for more than a short pause, it is not queried at all: sleeping for an hour would hold the run's
    lock, and the next run asks for the same window again.

    Args:
        settings: timeouts and attempts, if not those of config.toml.
        patience: seconds to wait for the gate, if not as long as runs wait.
    """
    chosen, interval = settings or ws.settings.harvest, arxiv_settings(ws).min_interval
    # A cool-down is not a wait between attempts: a minute of it is waited out even if those waits are set short.
    longest = max(chosen.max_wait, SHORT_CLOSING) + interval if patience is None else patience

    def passage() -> AbstractContextManager[None]:
        return gate(ws.store, ARXIV_GATE, interval, longest)

    return Transport(chosen, passage, lambda seconds: close_gate(ws.store, ARXIV_GATE, seconds))
