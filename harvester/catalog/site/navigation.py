"""Where one can go from every page: the views of the list, and what a server has besides."""

from collections.abc import Sequence

Links = Sequence[tuple[str, str]]
"""Addresses and names."""

PAPERS = "Papers"
VIEWS = (("", PAPERS, "cards"), ("?view=map", "Map", "map"), ("?view=trends", "Trends", "trends"))
"""The views of the home page: address below the site's root, name, and what ``state.js`` calls it."""

SERVED = (
    ("/archive", "Digests"),
    ("/feeds", "Feeds"),
    ("/subscribe", "Subscribe"),
    ("/suggest", "Suggest a paper"),
    ("/review", "Review"),
)
"""The pages that only a server has."""
