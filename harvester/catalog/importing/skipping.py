"""Which parts of a list are no papers, and why: badges, navigation, contact, licence."""

import re
from collections.abc import Mapping, Sequence

from harvester.catalog.importing.dates import is_place_or_date
from harvester.catalog.importing.inline import Link
from harvester.catalog.importing.item import Item
from harvester.catalog.importing.no_papers import reason_of
from harvester.catalog.importing.outline import Place
from harvester.catalog.importing.roles import host_of, is_badge, leads_to_people, names_part
from harvester.domain.identity import link_identifier

LEFT_OUT = "left out with --map"
_SHORT = 3  # words of a title
_COUNTED = re.compile(r".{1,80}[(（\[]\s*\d{1,5}\s*[)）\]]\s*\Z")
_DEADLINE = re.compile(
    r"\bdeadlines?\b|\bcall for papers\b|\bcfp\b|\bsubmissions? (?:due|opens?|closes?)\b|截止|締切", re.IGNORECASE
)
_HOSTS: Mapping[str, str] = {
    "creativecommons.org": "licence",
    "opensource.org": "licence", "star-history.com": "badge", "contrib.rocks": "badge",
}  # fmt: skip


def why_no_paper(item: Item, links: Sequence[Link], place: Place, headings: Sequence[str]) -> str:
    """Why an item with these web links is no paper; "" if it may be one.

    Args:
        headings: those above it, from the top down.
    """
    identified = any(link_identifier(link.target) for link in links)
    if place.skipped:
        return LEFT_OUT
    if not identified and links and not item.title and all(link.picture for link in links):
        return "badge" if any(link.image and is_badge(link.target) for link in item.links) else "image"
    if not identified and _is_navigation(item, links):
        return "navigation"
    if not identified and links and _is_below(item):
        return next(filter(None, map(_by_host, item.links)), "text")
    if place.known or place.derived or identified:
        return ""
    by_section = next(filter(None, map(reason_of, reversed(headings))), "")
    by_host = _by_host(links[0]) if links and not item.bullet else ""
    if by_section or by_host:
        return by_section or by_host
    return "" if item.title or item.opens or place.inside else "text"


def _by_host(link: Link) -> str:
    return "contact" if leads_to_people(link) else _HOSTS.get(host_of(link.target), "")


def _is_below(item: Item) -> bool:
    """Whether it is a line of links to the list's makers: ``[Our lab](...) · [Twitter](...)``."""
    if item.bullet or len(item.title.split()) > _SHORT:
        return False
    return item.footer or (any(map(leads_to_people, item.links)) and not any(map(names_part, item.links)))


def _is_navigation(item: Item, links: Sequence[Link]) -> bool:
    """Lines of an index with counts (``[benchmark (186)](...)``), and deadlines of conferences."""
    if links and all(_COUNTED.fullmatch(link.label) for link in links):
        return not item.title or any(item.title in link.label for link in links)
    short = len(item.title.split()) <= _SHORT and bool(_DEADLINE.search(item.title))
    return bool(_DEADLINE.search(item.text[:500])) and (not item.title or is_place_or_date(item.title) or short)
