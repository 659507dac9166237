"""Accepted papers as Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from classifiers.taxonomy import Taxonomy
from harvester.base.atom import NEVER, AtomEntry, AtomFeed, Link, to_bytes
from harvester.base.clock import rfc3339
from harvester.digest.content import DigestPaper
from harvester.domain.papers import Paper


@dataclass(frozen=True, slots=True)
class Posted:
    """A paper in a feed: as mails show it, when it was accepted, and its labels as ``facet:label``."""

    paper: Paper
    shown: DigestPaper
    at: datetime
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its title, its address without the extension, its papers, newest first, and the query of its address."""

    title: str
    base_url: str
    path: str
    posted: Sequence[Posted]
    query: str = ""

    def address(self, form: str) -> str:
        """Its own address in one of its forms."""
        return f"{self.base_url}{self.path}.{form}{f'?{self.query}' if self.query else ''}"

    def name(self, thing: str) -> str:
        """A permanent name (RFC 4151): a change of address makes no entry new to feed readers."""
        return f"tag:{urlsplit(self.base_url).hostname},2026:{quote(thing, safe=':/')}"


def feed_title(taxonomy: Taxonomy, facet: str, label: str) -> str | None:
    """The title of a label's feed, or of the feed of everything if both names are empty; None if unknown."""
    if not facet and not label:
        return taxonomy.title
    names = {(owner.id, each.id): each.name for owner in taxonomy.facets for each in owner.labels}
    return f"{taxonomy.title}: {names[facet, label]}" if (facet, label) in names else None


def feed_path(facet: str = "", label: str = "") -> str:
    """The path of a label's feed, or of the feed of everything, without the extension."""
    return f"/feeds/{facet}/{label}" if facet else "/feeds/all"


def to_atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    itself = Link("self", feed.address("atom"), type="application/atom+xml")
    links = [itself, Link("alternate", f"{feed.base_url}/", type="text/html")]
    entries = [_entry(feed, posted) for posted in feed.posted]
    updated = rfc3339(max(posted.at for posted in feed.posted)) if feed.posted else NEVER
    return to_bytes(
        AtomFeed(feed.name(feed.path + (f"?{feed.query}" if feed.query else "")), feed.title, updated, entries, links)
    )


def to_json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.base_url}/",
        "feed_url": feed.address("json"),
        "language": "en",
        "items": [_item(feed, posted) for posted in feed.posted],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _entry(feed: Feed, posted: Posted) -> AtomEntry:
    paper, shown = posted.paper, posted.shown
    own = shown.links[0][0] if shown.links else ""
    return AtomEntry(
        id=feed.name(paper.id),
        title=shown.title,
        updated=rfc3339(posted.at),
        published=rfc3339(paper.published) if paper.published else "",
        authors=[author.name for author in paper.authors],
        links=[Link("alternate" if name == own else "related", address, name) for name, address in shown.links],
        categories=[(label, "") for label in posted.labels],
        summary=shown.extract or shown.title,
    )


def _item(feed: Feed, posted: Posted) -> dict[str, object]:
    item: dict[str, object] = {
        "id": feed.name(posted.paper.id),
        "title": posted.shown.title,
        "content_text": posted.shown.extract or posted.shown.title,
        "date_published": rfc3339(posted.at),
        "authors": [{"name": author.name} for author in posted.paper.authors],
        "tags": list(posted.labels),
    }
    return item | ({"url": posted.shown.links[0][1]} if posted.shown.links else {})
