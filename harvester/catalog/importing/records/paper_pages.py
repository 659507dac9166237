"""Identifiers in the addresses of pages about a paper: those that contain them as they are, and Nature's."""

import re

from harvester.domain.identity import link_identifier

_NATURE_PAGE = re.compile(
    r"https?://(?:www\.)?nature\.com/articles/(?P<id>s\d{5}-\d{3}-\d{4,5}-[\da-z])", re.IGNORECASE
)


def paper_at(address: str) -> str:
    """The identifier of the paper that a page is about; "" if its address has none."""
    if found := _NATURE_PAGE.match(address):
        return f"doi:10.1038/{found['id'].lower()}"
    return link_identifier(address) or ""
