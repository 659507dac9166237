"""The content of a mail, as plain values for the templates. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.sentences import sentences
from classifiers.taxonomy import Taxonomy
from harvester.base import escape
from harvester.base.clock import utc_date
from harvester.digest.rules import Group, Item
from harvester.domain.identity import address_of
from harvester.domain.papers import Paper, venue_of
from harvester.domain.text import clean

LONGEST_TITLE = 60  # in a subject; mail programs on phones show little more
LONGEST_EXTRACT = 500
AUTHORS = 3
SENTENCES = 2  # of an abstract in a mail
_TURNING = re.compile(
    "[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)  # bidirectional controls: they would reverse our own text


@dataclass(frozen=True, slots=True)
class DigestPaper:
    """One paper as a mail shows it; `links` are pairs of name and safe address."""

    title: str
    authors: str
    source: str
    labels: str
    extract: str
    links: tuple[tuple[str, str], ...]


def show(item: Item, taxonomy: Taxonomy, extract: str = "") -> DigestPaper:
    """One paper, ready for the templates; without an extract it gets the first sentences of its abstract."""
    paper = item.paper
    return DigestPaper(
        title=_title(paper),
        authors=short_authors([author.name for author in paper.authors]),
        source=", ".join(
            filter(None, (_venue(paper), utc_date(paper.published).isoformat() if paper.published else ""))
        ),
        labels=", ".join(label_names(item, taxonomy)),
        extract=shorten(plain(extract), LONGEST_EXTRACT) or first_sentences(paper.abstract, SENTENCES),
        links=_links(paper),
    )


def plain(text: str) -> str:
    """Foreign text on one line, without control characters, including those that change the direction of text."""
    return clean(_TURNING.sub("", text))


def count(number: int) -> str:
    """``1 new paper``, ``3 new papers``."""
    return f"{number or 'No'} new paper{'' if number == 1 else 's'}"


def overview(groups: Sequence[Group]) -> str:
    """How many papers are under each heading: ``ECG 3 · CMRI 2``; "" if a single heading would add nothing."""
    return " · ".join(f"{group.heading} {len(group.items)}" for group in groups) if len(groups) > 1 else ""


def subject(groups: Sequence[Group], list_title: str) -> str:
    """What is in the digest: ``3 new papers: <title of the first> and 2 more``; without papers, the list's name."""
    items = [item for group in groups for item in group.items]
    if not items:
        return f"No new papers this week: {plain(list_title)}"
    title = shorten(_title(items[0].paper), LONGEST_TITLE)
    more = f" and {len(items) - 1} more" if len(items) > 1 else ""
    return f"{count(len(items))}: {title}{more}"


def shorten(text: str, longest: int) -> str:
    """Text cut at the end of a word, with an ellipsis, if it is too long."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    head = cut.rpartition(" ")[0]
    return (head if len(head) > longest // 2 else cut).rstrip(" ,;:-") + "…"


def short_authors(names: Sequence[str]) -> str:
    """The first three, and whether there are more."""
    shown = [plain(name) for name in names[:AUTHORS]]
    return ", ".join(shown) + (" et al." if len(names) > AUTHORS else "")


def first_sentences(text: str, number: int) -> str:
    """The beginning of an abstract: a few sentences, limited in length."""
    return shorten(" ".join(sentences(plain(text))[:number]), LONGEST_EXTRACT)


def label_names(item: Item, taxonomy: Taxonomy) -> list[str]:
    """The names of a paper's labels in the taxonomy's order; its kind only if it is not the default first one."""
    names = []
    for facet in taxonomy.facets:
        usual = facet.labels[0].id if facet.exclusive else None
        names += [label.name for label in facet.labels if item.labels.has(facet.id, label.id) and label.id != usual]
    return names


def _title(paper: Paper) -> str:
    return plain(paper.title) or paper.id


def _venue(paper: Paper) -> str:
    return venue_of(plain(paper.venue), paper.id)


def _links(paper: Paper) -> tuple[tuple[str, str], ...]:
    """The paper's own address first, from its identifier if no source gave one; then code and project."""
    named = {
        "Paper": paper.links.get("paper") or address_of(paper.id),
        "Code": paper.links.get("code"),
        "Project": paper.links.get("project"),
    }
    safe = ((role, escape.url(clean(address or ""))) for role, address in named.items())
    return tuple((role, address) for role, address in safe if address)
