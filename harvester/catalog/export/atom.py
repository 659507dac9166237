"""The whole catalog as Atom (RFC 4287)."""

from urllib.parse import quote

from harvester.base.atom import NEVER, AtomEntry, AtomFeed, Link, to_bytes
from harvester.base.escape import url
from harvester.catalog.entry import Entry
from harvester.catalog.export.records import Context, paper_address
from harvester.catalog.published import Published
from harvester.domain.identity import address_of

FILE = "catalogue.atom"


def to_atom(entries: list[Entry], context: Context) -> str:
    """A feed with the papers' own dates, so that the same entries always give the same bytes."""
    title = context.taxonomy.title
    name = f"tag:cardio-harvester,2024:{quote(title, safe='')}"
    updated = max((_moment(entry.published) for entry in entries), default=NEVER)
    links = [
        Link("self", context.address(FILE), type="application/atom+xml"),
        Link("alternate", f"{context.base_url}/" if context.base_url else "../", type="text/html"),
    ]
    return to_bytes(AtomFeed(name, title, updated, [_entry(entry) for entry in entries], links)).decode()


def _entry(entry: Entry) -> AtomEntry:
    return AtomEntry(
        id=address_of(entry.id) or f"tag:cardio-harvester,2024:{quote(entry.id, safe=':')}",
        title=entry.title,
        updated=_moment(entry.published),
        authors=entry.authors,
        links=_links(entry),
        summary=entry.note,
        categories=[(label, facet) for facet, label in entry.labels.pairs],
        dublin_core={"identifier": entry.id, "source": entry.venue, "date": str(entry.published)},
    )


def _links(entry: Entry) -> list[Link]:
    paper = paper_address(entry)
    safe = ((role, url(address)) for role, address in {"paper": paper, **entry.links}.items())
    return [Link("alternate" if role == "paper" else "related", address, role) for role, address in safe if address]


def _moment(when: Published) -> str:
    """The first moment of a date, of which only the year may be known."""
    return f"{when.year:04}-{when.month or 1:02}-{when.day or 1:02}T00:00:00Z" if when else NEVER
