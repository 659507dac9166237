"""Previews of what would be mailed; the ledger is unchanged."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from harvester.base.clock import utc_date
from harvester.base.errors import HarvesterError
from harvester.base.files import write_atomic
from harvester.digest.composer import Composer, DigestOutline, MailBody, Plan
from harvester.domain.address import parse_address
from harvester.mail.link_tokens import open_tokens
from harvester.services.digest.delivery import Counts
from harvester.services.digest.due import due, items, news
from harvester.services.learning.key_sentences import extracts_of
from harvester.services.workspace import Workspace
from harvester.store.acceptances import unmailed_acceptances
from harvester.store.engine import read
from harvester.store.key_sentences import stored_extracts
from harvester.store.subscribers import subscriber

SAMPLE_SPAN = timedelta(days=7)


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
    composer = Composer(ws.settings, ws.taxonomy)
    if eml:
        _write_dry(ws, plans, eml)
    return Counts(due=len(plans)), [composer.outline(plan) for plan in plans]


def _write_dry(ws: Workspace, plans: Sequence[Plan], folder: Path) -> None:
    composer = Composer(ws.settings, ws.taxonomy, extracts_of(ws, (item for plan in plans for item in plan.items)))
    now = ws.clock()
    for number, plan in enumerate(plans, 1):
        message = composer.message(plan, composer.message_id(utc_date(now), plan.subscriber), now)
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
    composer = Composer(ws.settings, ws.taxonomy, extracts_of(ws, (item for plan in plans for item in plan.items)))
    return Counts(due=int(is_due)), [(composer.outline(plan), composer.preview(plan)) for plan in plans]


def sample(ws: Workspace, *, stored: bool = False) -> MailBody | None:
    """A digest of everything accepted in the last seven days and not mailed yet; None if there is nothing.

    Args:
        stored: do not run the classifier; show only stored extracts.

    Raises:
        UsageError: the configured sender or base_url cannot be used.
        StoreError: the store fails.
    """
    with read(ws.store) as db:
        found = items(db, unmailed_acceptances(db, ws.clock() - SAMPLE_SPAN))
        words = stored_extracts(db, {item.number: item.paper.text_hash for item in found})
    extracts = words if stored else extracts_of(ws, found)
    return Composer(ws.settings, ws.taxonomy, extracts).sample(found) if found else None
