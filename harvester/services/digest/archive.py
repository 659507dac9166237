"""For readers without mail: accepted papers as feeds, and the contents of past digests."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import unquote_plus

from sqlalchemy import Connection

from harvester.digest.content import DigestPaper, show
from harvester.digest.feeds import Feed, Posted, feed_path, feed_title
from harvester.digest.rules import Item, grouped
from harvester.domain.text import clean
from harvester.services.digest.due import items
from harvester.services.workspace import Workspace
from harvester.store.acceptances import digest_days, digest_of, in_catalog
from harvester.store.engine import read
from harvester.store.papers import numbers_of

FEED_LENGTH = 100  # papers; readers ask far more often than that many are accepted


@dataclass(frozen=True, slots=True)
class ArchiveSection:
    """A heading of an archived digest and the papers under it."""

    heading: str
    papers: tuple[DigestPaper, ...]


def feed(ws: Workspace, facet: str = "", label: str = "") -> Feed | None:
    """The newest accepted papers, or those with one label; None if there is no such label.

    Raises:
        StoreError: the store fails.
    """
    title = feed_title(ws.taxonomy, facet, label)
    if title is None:
        return None
    with read(ws.store) as db:
        since = in_catalog(db)
        newest = list(since) if facet else list(since)[:FEED_LENGTH]
        wanted = [item for item in _in_order(db, newest) if not facet or item.labels.has(facet, label)][:FEED_LENGTH]
        posted = _posted(ws, wanted, since)
    return Feed(title, ws.settings.digest.base_url, feed_path(facet, label), posted)


def feed_of(ws: Workspace, names: Collection[str], query: str) -> Feed:
    """The newest accepted of the papers with these identifiers.

    Args:
        query: what found them, as the query of the feed's address.
    """
    with read(ws.store) as db:
        since, found = in_catalog(db), set(numbers_of(db, names).values())
        wanted = _in_order(db, [number for number in since if number in found][:FEED_LENGTH])
        posted = _posted(ws, wanted, since)
    title = f"{ws.taxonomy.title}: {unquote_plus(query)}" if query else ws.taxonomy.title
    return Feed(clean(title), ws.settings.digest.base_url, "/feeds/search", posted, query)


def past_digests(ws: Workspace) -> list[tuple[date, int]]:
    """The days of past digests, newest first, and how many papers each brought."""
    with read(ws.store) as db:
        return digest_days(db)


def past_digest(ws: Workspace, day: date, since: date | None = None) -> tuple[ArchiveSection, ...]:
    """All papers of a day's digest, as for a subscriber to everything; () if there was none.

    Args:
        since: with those of the digests from this day on.
    """
    with read(ws.store) as db:
        found = items(db, digest_of(db, day, since or day))
    base = ws.settings.digest.base_url
    return tuple(
        ArchiveSection(group.heading, tuple(show(item, ws.taxonomy, base) for item in group.items))
        for group in grouped(found, {}, ws.taxonomy)
    )


def _in_order(db: Connection, numbers: Iterable[int]) -> list[Item]:
    wanted = list(numbers)
    found = {item.number: item for item in items(db, wanted)}
    return [found[number] for number in wanted if number in found]


def _posted(ws: Workspace, found: list[Item], since: Mapping[int, datetime]) -> tuple[Posted, ...]:
    base = ws.settings.digest.base_url
    return tuple(
        Posted(item.paper, show(item, ws.taxonomy, base), since[item.number], item.labels.names) for item in found
    )
