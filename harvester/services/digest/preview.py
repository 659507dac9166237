"""Previews of what would be mailed; the ledger is unchanged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from harvester.base.clock import utc_date
from harvester.base.errors import HarvesterError
from harvester.base.files import write_atomic
from harvester.digest.composer import Composer, DigestOutline, MailBody, Plan
from harvester.digest.rules import Item
from harvester.domain.address import parse_address
from harvester.mail.link_tokens import open_tokens
from harvester.services.digest.delivery import Counts
from harvester.services.digest.due import due, items, news, people_due
from harvester.services.workspace import Workspace
from harvester.store.acceptances import in_catalog, unmailed_acceptances
from harvester.store.engine import read
from harvester.store.ledger import last_digests
from harvester.store.subscribers import all_subscribers, subscriber

SAMPLE_SPAN = timedelta(days=7)
LONGEST_WAIT = 31  # days between two digests


@dataclass(frozen=True, slots=True)
class NextDigest:
    """How many papers wait to be mailed, how many people subscribe, and on which day how many of them are due next."""

    papers: int
    subscribers: int
    day: date | None
    due: int


def plan_digests(ws: Workspace, eml: Path | None = None) -> tuple[Counts, list[DigestOutline]]:
    """What `send_digests` would send now.

    Args:
        eml: a folder to write the messages to, for reading.

    Raises:
        UsageError: the configured sender or base_url cannot be used.
        HarvesterError: the store fails, or a message cannot be written.
    """
    with read(ws.store) as db:
        plans = due(db, ws.clock(), heartbeat=ws.settings.digest.heartbeat)
    composer = composer_of(ws)
    if eml:
        _write_dry(composer, plans, ws.clock(), eml)
    return Counts(due=len(plans), waiting=len(plans)), [composer.outline(plan) for plan in plans]


def composer_of(ws: Workspace) -> Composer:
    """The composer of the digests of this UTC day.

    Raises:
        UsageError: the configured sender or base_url cannot be used.
    """
    return Composer(ws.settings, ws.taxonomy, utc_date(ws.clock()))


def _write_dry(composer: Composer, plans: Sequence[Plan], now: datetime, folder: Path) -> None:
    for number, plan in enumerate(plans, 1):
        message = composer.message(plan, composer.message_id(plan.subscriber), now)
        write_atomic(folder / f"dry-run-{utc_date(now)}-{number}.eml", message, mode=0o600)


def plan_for(ws: Workspace, address: str) -> tuple[Counts, list[tuple[DigestOutline, MailBody]]]:
    """One subscriber's next digest, due today or not; empty if there is nothing new.

    Raises:
        UsageError: it is not a valid address.
        HarvesterError: nobody subscribes with it.
    """
    email = parse_address(address)
    with read(ws.store) as db:
        found = subscriber(db, open_tokens(ws.settings).key(email))
        if found is None:
            raise HarvesterError(f"{email} is not a subscriber; `harvester subscribers list` lists all.")
        plans = news(db, [found] if found.state == "active" else [])
        is_due = any(plan.subscriber.key == found.key for plan in due(db, ws.clock()))
    composer = composer_of(ws)
    return Counts(due=int(is_due), waiting=int(is_due)), [
        (composer.outline(plan), composer.preview(plan)) for plan in plans
    ]


def sample(ws: Workspace) -> MailBody | None:
    """A digest of everything accepted in the last seven days and not mailed yet; None if there is nothing.

    Raises:
        UsageError: the configured sender or base_url cannot be used.
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        found = next_items(db, ws.clock())
        added = first_added(db, found)
    return composer_of(ws).sample(found, added) if found else None


def next_digest(ws: Workspace) -> NextDigest:
    """What the next digest has so far, and when it is due.

    Raises:
        StoreError: the store fails.
    """
    now = ws.clock()
    today = utc_date(now)
    with read(ws.store) as db:
        papers = len(unmailed_acceptances(db, now - SAMPLE_SPAN))
        active, last = all_subscribers(db, "active"), last_digests(db, today)
    for day in (today + timedelta(days=ahead) for ahead in range(LONGEST_WAIT + 1)):
        if people := people_due(active, last, day):
            return NextDigest(papers, len(active), day, len(people))
    return NextDigest(papers, len(active), None, 0)


def first_added(db: Connection, found: Iterable[Item]) -> date | None:
    """The first day on which one of these papers joined the catalog."""
    since = in_catalog(db)
    return min((utc_date(since[item.number]) for item in found if item.number in since), default=None)


def next_items(db: Connection, now: datetime) -> tuple[Item, ...]:
    """Everything accepted in the last seven days and not mailed to anybody yet."""
    return items(db, unmailed_acceptances(db, now - SAMPLE_SPAN))
