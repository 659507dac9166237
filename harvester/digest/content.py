"""The content of a mail, as plain values for the templates. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.taxonomy import Taxonomy
from harvester.base import escape
from harvester.base.clock import utc_date
from harvester.digest.extracts import LONGEST_READ, extract, shorten
from harvester.digest.rules import Group, Item
from harvester.domain.identity import address_of
from harvester.domain.papers import Paper, venue_of
from harvester.domain.text import clean

# All that comes from outside is limited in length: no record can make a mail too large for its reader's mailbox.
LONGEST_SUBJECT_TITLE = 60  # mail programs on phones show little more
LONGEST_TITLE = 300
LONGEST_NAME = 80  # of an author, of a venue
LONGEST_ADDRESS = 500
AUTHORS = 3


@dataclass(frozen=True, slots=True)
class DigestPaper:
    """One paper as a mail shows it; `page` is the address of our page, `links` are pairs of name and safe address."""

    title: str
    authors: str
    source: str
    labels: str
    extract: str
    links: tuple[tuple[str, str], ...]
    page: str = ""


def show(item: Item, taxonomy: Taxonomy, base_url: str) -> DigestPaper:
    """One paper, ready for the templates."""
    paper = item.paper
    return DigestPaper(
        title=_title(paper),
        authors=short_authors([author.name for author in paper.authors]),
        source=", ".join(
            filter(None, (_venue(paper), utc_date(paper.published).isoformat() if paper.published else ""))
        ),
        labels=", ".join(label_names(item, taxonomy)),
        extract=extract(plain(paper.abstract[:LONGEST_READ])),
        links=_links(paper),
        page=f"{base_url}{item.page}" if item.page else "",
    )


def plain(text: str) -> str:
    """Foreign text on one line, without control characters, including those that change the direction of text."""
    return clean(text)


def count(number: int, shown: int | None = None) -> str:
    """``1 new paper``, ``3 new papers``; ``87 new papers, here the best 20`` if not all of them are shown."""
    rest = f", here the best {shown}" if shown is not None and 0 < shown < number else ""
    return f"{number or 'No'} new paper{'' if number == 1 else 's'}{rest}"


def isolated(text: str) -> str:
    """Text that, if any of it is written from right to left, is kept from reordering what stands around it.

    With the isolates of UAX #9, for where no markup can say it, such as a subject.
    """
    turns = any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)
    return f"\u2068{text}\u2069" if turns else text


def overview(groups: Sequence[Group]) -> str:
    """How many papers are under each heading: ``ECG 3 · CMRI 2``; "" if a single heading would add nothing."""
    return " · ".join(f"{group.heading} {len(group.items)}" for group in groups) if len(groups) > 1 else ""


def subject(groups: Sequence[Group], list_title: str, span: str = "week") -> str:
    """What is in the digest: ``3 new papers: <title of the first> and 2 more``; without papers, the list's name."""
    items = [item for group in groups for item in group.items]
    if not items:
        return f"No new papers this {span}: {plain(list_title)}"
    title = isolated(shorten(_title(items[0].paper), LONGEST_SUBJECT_TITLE))
    more = f" and {len(items) - 1} more" if len(items) > 1 else ""
    return f"{count(len(items))}: {title}{more}"


def short_authors(names: Sequence[str]) -> str:
    """The first three, and whether there are more."""
    shown = [shorten(plain(name), LONGEST_NAME) for name in names[:AUTHORS]]
    return ", ".join(shown) + (" et al." if len(names) > AUTHORS else "")


def label_names(item: Item, taxonomy: Taxonomy) -> list[str]:
    """The names of a paper's labels in the taxonomy's order; its kind only if it is not the default first one."""
    names = []
    for facet in taxonomy.facets:
        usual = facet.labels[0].id if facet.exclusive else None
        names += [label.name for label in facet.labels if item.labels.has(facet.id, label.id) and label.id != usual]
    return names


def _title(paper: Paper) -> str:
    return shorten(plain(paper.title) or paper.id, LONGEST_TITLE)


def _venue(paper: Paper) -> str:
    return shorten(venue_of(plain(paper.venue), paper.id), LONGEST_NAME)


def _links(paper: Paper) -> tuple[tuple[str, str], ...]:
    """The paper's own address first, from its identifier if no source gave one; then code and project."""
    named = {
        "Paper": paper.links.get("paper") or address_of(paper.id),
        "Code": paper.links.get("code"),
        "Project": paper.links.get("project"),
    }
    safe = ((role, escape.url(clean(address or ""))) for role, address in named.items())
    return tuple((role, address) for role, address in safe if 0 < len(address) <= LONGEST_ADDRESS)
