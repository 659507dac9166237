"""Pages about one paper, as records name them."""

import re

from harvester.domain.identity import link_identifier

_NATURE_PAGE = re.compile(
    r"https?://(?:www\.)?nature\.com/articles/(?P<id>s\d{5}-\d{3}-\d{4,5}-[\da-z])", re.IGNORECASE
)


def paper_at(address: str) -> str | None:
    """The identifier in the address of a page; Nature's have the end of their DOI. None if there is none."""
    found = _NATURE_PAGE.match(address)
    return f"doi:10.1038/{found['id']}" if found else link_identifier(address)
