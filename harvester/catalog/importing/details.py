"""What a block of a list says about its paper besides the title: date, venue and links by role."""

import re
from collections.abc import Iterable, Sequence

from harvester.catalog.importing.blocks import Block
from harvester.catalog.importing.inline import Link
from harvester.catalog.importing.titles import is_generic
from harvester.catalog.published import Published
from harvester.domain.identity import arxiv_version, link_identifier

# What lists call their links. Any other word becomes a role of its own.
_ROLES = {
    "github": "code",
    "gitlab": "code",
    "repo": "code",
    "repository": "code",
    "source-code": "code",
    "official-code": "code",
    "pytorch": "code",
    "tensorflow": "code",
    "implementation": "code",
    "link": "paper",
    "arxiv": "paper",
    "abs": "paper",
    "doi": "paper",
    "html": "paper",
    "here": "paper",
    "project-page": "project",
    "homepage": "project",
    "page": "project",
    "website": "project",
}
NOT_THE_PAPER = frozenset(
    {"code", "project", "data", "dataset", "video", "slides", "poster", "demo", "model", "weights", "blog", "colab"}
)
_CODE_HOSTS = re.compile(r"https?://(www\.)?(github|gitlab|bitbucket)\.(com|org)/", re.IGNORECASE)
_NO_VENUE = frozenset(
    {
        "code",
        "paper",
        "pdf",
        "link",
        "github",
        "project",
        "video",
        "dataset",
        "slides",
        "poster",
        "website",
        "demo",
        "x",
    }
)
_PLACE_AND_YEAR = re.compile(
    r"(?:in:? )?(?P<venue>[A-Z][\w&/.,’' :-]{0,70}?)[\s,.’'-]*"
    r"(?:(?P<year>(?:19|20)\d\d)|(?<=['’])(?P<short>\d\d))(?:\s*\(?[A-Za-z]{4,12}\)?)?",
    re.IGNORECASE,
)
_PERIODICAL = re.compile(
    r"\b(?:[A-Z]{3,}|Journal|Transactions|Conference|Proceedings|Letters|Reviews?|Medicine|Medical|Imaging|Science|"
    r"Nature|arXiv)\b"
)
_LOOSE_DATE = re.compile(r"(?<![\d/.])(?P<date>(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?)(?![\d/])")


def date_and_venue(block: Block) -> tuple[Published, str]:
    """Both from the notes in square brackets; if a list has none, from its other words."""
    notes = [note for note in block.notes if note.lower() not in _NO_VENUE]
    found = next(filter(None, map(parse_date, notes)), None)
    if found:
        rest = list(notes)
        rest.remove(next(note for note in notes if parse_date(note)))
        return found, ", ".join(rest)
    if len(notes) == 1 and (both := _place_and_year(notes[0])):
        return both
    if notes:
        return Published(), ", ".join(notes)
    return _from_words(block.soft)


def parse_date(note: str) -> Published | None:
    """A note as a date; None if it is not one."""
    try:
        return Published.parse(note)
    except ValueError:  # [2024-13] is not a date; shown as the venue, it will be noticed
        return None


def links_by_role(blocks: Iterable[Block]) -> dict[str, str]:
    """Addresses by role; a second one with the same role (``paper``) gets a number (``paper-2``)."""
    links: dict[str, str] = {}
    for link in (link for block in blocks for link in block.links):
        if link.target in links.values() or link.target.startswith("#"):
            continue
        role = wanted = role_of(link)
        number = 1
        while role in links:
            number += 1
            role = f"{wanted}-{number}"
        links[role] = link.target
    return links


def role_of(link: Link) -> str:
    """``paper``, ``code``, ... by the link's text, or by its address if the text says nothing."""
    if not link.label or arxiv_version(link.label) or "://" in link.label or link.label == "paper":
        return "code" if _CODE_HOSTS.match(link.target) and not link_identifier(link.target) else "paper"
    role = re.sub(r"[^a-z0-9]+", "-", link.label.lower()).strip("-") or "link"
    known = _ROLES.get(role, role)
    return "code" if known == "paper" and _CODE_HOSTS.match(link.target) else known


def paper_link(role: str) -> bool:
    """Whether a link with this role leads to the paper itself, so that no other paper should have it."""
    return role.rstrip("0123456789").rstrip("-") not in NOT_THE_PAPER


def _place_and_year(note: str) -> tuple[Published, str] | None:
    """``MICCAI 2023`` and ``CVPR'21`` split into year and venue."""
    found = _PLACE_AND_YEAR.fullmatch(note)
    if not found or len(note.split()) > 9 or parse_date(note):
        return None
    if "," in note and not _PERIODICAL.search(note):  # "A. Dee, 2022" is an author
        return None
    year = int(found["year"] or f"20{found['short']}")
    return Published(year), found["venue"].strip(" ,.'’-")


def _from_words(soft: Sequence[str]) -> tuple[Published, str]:
    """The first date, and the venue next to a year."""
    dates = [date for note in soft if (date := parse_date(note))]
    places = [both for note in soft if (both := _place_and_year(note)) and not is_generic(both[1])]
    if places:
        return (dates[0] if dates else places[0][0]), places[0][1]
    loose = (found["date"] for note in soft if (found := _LOOSE_DATE.search(note)))
    dates += [date for text in loose if (date := parse_date(text))]
    return (dates[0] if dates else Published()), ""
