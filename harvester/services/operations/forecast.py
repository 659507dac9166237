"""What the queries of a configuration bring in a week: asked once, shortly, when a working folder has been made."""

from collections.abc import Iterator
from datetime import datetime

from harvester.base.errors import FetchError
from harvester.config.harvest import HarvestSettings
from harvester.sources.http import Transport
from harvester.sources.registry import KINDS

PATIENCE = 5.0  # seconds: somebody waits, and `harvester doctor` can tell later


def papers_a_week(harvest: HarvestSettings, now: datetime) -> dict[str, int | None]:
    """About how many papers a week each query brings, by source; None where the service does not answer."""
    return dict(_weekly(harvest, now))


def _weekly(harvest: HarvestSettings, now: datetime) -> Iterator[tuple[str, int | None]]:
    brief = {"attempts": 1, "timeout": PATIENCE, "read_limit": PATIENCE}
    settings = harvest.model_copy(update=brief)
    for kind in KINDS:
        for section in kind.enabled(harvest) if kind.weekly else ():
            try:
                yield kind.provenance.name, kind.weekly(section, Transport(settings), now) if kind.weekly else None
            except FetchError:
                yield kind.provenance.name, None


def in_words(weekly: dict[str, int | None]) -> str:
    """``The queries bring about 31 papers a week at arxiv, 12 at europepmc.``"""
    told = [f"{count:,} at {name}" for name, count in weekly.items() if count is not None]
    if not told:
        return "What the queries bring could not be asked now; `harvester doctor` tells."
    return f"The queries bring about this many papers a week: {', '.join(told)}."
