"""A test mail: what an address would get, sent at once. The ledger is unchanged, and no paper counts as mailed."""

from pathlib import Path

from sqlalchemy import Connection

from harvester.base.clock import utc_date
from harvester.base.errors import HarvesterError, MailError
from harvester.digest.composer import Plan
from harvester.digest.rules import Item
from harvester.domain.address import parse_address
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.mail.link_tokens import open_tokens
from harvester.mail.outbox import Outbox, PickupFolder, SendOutcome
from harvester.mail.smtp import mail_server
from harvester.services.digest.delivery import Counts
from harvester.services.digest.due import items, news
from harvester.services.digest.preview import composer_of, first_added, next_items
from harvester.services.workspace import Workspace
from harvester.store.acceptances import in_catalog
from harvester.store.engine import read
from harvester.store.subscribers import subscriber, suppressed


def send_test(ws: Workspace, address: str, *, eml: Path | None = None) -> Counts:
    """Send a subscriber's next digest, due or not, to their address, or to any other a digest of everything.

    If nothing is new, it has the newest papers of the catalog, so that there is something to look at.

    Args:
        eml: a folder to write it to, instead of sending it.

    Raises:
        UsageError: it is not a valid address, or the configured sender or base_url cannot be used.
        HarvesterError: the address must not be written to.
        StoreError: the store fails.
    """
    composer, plan = composer_of(ws), _plan(ws, parse_address(address))
    message = composer.message(plan, composer.trial_id(), ws.clock())
    counts = Counts(due=1)
    try:
        if eml is not None:
            outcome = _hand_over(ws, PickupFolder(eml), plan, message)
        else:
            with mail_server(ws.settings) as server:
                outcome = _hand_over(ws, server, plan, message)
    except MailError as error:
        outcome = SendOutcome("failed", str(error))
    counts.add(plan.subscriber.email, outcome)
    return counts


def _plan(ws: Workspace, email: str) -> Plan:
    key = open_tokens(ws.settings).key(email)
    with read(ws.store) as db:
        if reason := suppressed(db, [key]).get(key):
            raise HarvesterError(f"{email} must not be written to ({reason}); nothing was sent.")
        person = subscriber(db, key) or Subscriber(key, email, "pending", Preferences(), ws.clock())
        plans = news(db, [person]) if person.state == "active" else []
        found = plans[0].items if plans else next_items(db, ws.clock()) or _newest(ws, db)
        return Plan(person, found, added=first_added(db, found))


def _newest(ws: Workspace, db: Connection) -> tuple[Item, ...]:
    return items(db, list(in_catalog(db))[: ws.settings.digest.papers])


def _hand_over(ws: Workspace, outbox: Outbox, plan: Plan, message: bytes) -> SendOutcome:
    outbox.open()
    return outbox.send(plan.subscriber.email, message, f"test-{utc_date(ws.clock())}")
