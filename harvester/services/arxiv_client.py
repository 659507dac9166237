"""arXiv asked through the one gate that all its services share."""

from contextlib import AbstractContextManager

from harvester.services.workspace import Workspace
from harvester.sources.http import Gate, Transport
from harvester.store.locks import close_gate, gate

SHORT_CLOSING = 60.0  # seconds of a cool-down that are sat out however short `max_wait` is
ARXIV_GATE = "arxiv"  # one gate for all of arXiv's services: its terms count them together


def arxiv_transport(ws: Workspace, interval: float) -> Transport:
    """A transport to arXiv: through the gate that all its services share, `interval` seconds between requests.

    Where arXiv has asked for more than a short pause, it is not asked at all: to sleep an hour would hold the run's
    lock, and the next run asks for the same time again.
    """

    # A cool-down is no wait between two attempts: a minute of it is sat out even where those are set to be short.
    patience = max(ws.settings.harvest.max_wait, SHORT_CLOSING) + interval

    def spaced() -> AbstractContextManager[None]:
        return gate(ws.store, ARXIV_GATE, interval, patience)

    passage: Gate = spaced
    return Transport(ws.settings.harvest, passage, lambda seconds: close_gate(ws.store, ARXIV_GATE, seconds))
