"""What a subscription would have brought: asked by people who have not subscribed yet."""

from dataclasses import dataclass
from datetime import timedelta

from harvester.digest.content import DigestPaper, show
from harvester.digest.interest import wants
from harvester.digest.rules import best_first
from harvester.domain.subscribers import Preferences
from harvester.services.digest.due import items
from harvester.services.workspace import Workspace
from harvester.store.acceptances import acceptances_since
from harvester.store.engine import read

MONTH = timedelta(days=31)
SHOWN = 5


@dataclass(frozen=True, slots=True)
class LastMonth:
    """How many papers of the last month are wanted, of how many, and the best of them."""

    wanted: int
    of: int
    papers: tuple[DigestPaper, ...]


def last_month(ws: Workspace, preferences: Preferences) -> LastMonth:
    """Of the papers accepted in the last 31 days, those that these preferences would have brought.

    Raises:
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        found = items(db, acceptances_since(db, ws.clock() - MONTH))
    wanted = best_first(item for item in found if wants(preferences, item.labels, item.paper))
    base = ws.settings.digest.base_url
    return LastMonth(len(wanted), len(found), tuple(show(item, ws.taxonomy, base) for item in wanted[:SHOWN]))
