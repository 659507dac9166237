"""Transports to services that ask for a pause between requests: all processes on a store pass through one gate."""

from contextlib import AbstractContextManager

from harvester.services.workspace import Workspace
from harvester.sources.http import HttpSettings, Transport
from harvester.store.locks import close_gate, gate

SHORT_CLOSING = 60.0  # seconds of a cool-down that are waited out however short `max_wait` is


def gated_transport(
    ws: Workspace,
    name: str,
    interval: float,
    settings: HttpSettings | None = None,
    patience: float | None = None,
    *,
    allow_private: bool = True,
) -> Transport:
    """A transport through the gate `name`, with `interval` seconds between requests.

    If the service has asked for more than a short pause, it is not queried at all: sleeping for an hour would hold the
    run's lock, and the next run asks for the same window again.

    Args:
        settings: timeouts and attempts, if not those of config.toml.
        patience: seconds to wait for the gate, if not as long as runs wait.
        allow_private: whether hosts on private networks may be asked.
    """
    chosen = settings or ws.settings.harvest
    # A cool-down is not a wait between attempts: a minute of it is waited out even if those waits are set short.
    longest = max(chosen.max_wait, SHORT_CLOSING) + interval if patience is None else patience

    def passage() -> AbstractContextManager[None]:
        return gate(ws.store, name, interval, longest)

    return Transport(chosen, passage, lambda seconds: close_gate(ws.store, name, seconds), allow_private=allow_private)
