"""An entry in the form that all export formats share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from classifiers.taxonomy import Taxonomy
from harvester.base.escape import is_web_url
from harvester.catalog.entry import Entry
from harvester.domain.identity import address_of
from harvester.domain.labels import labels_json
from harvester.domain.text import clean


@dataclass(frozen=True, slots=True)
class Context:
    """What an export says besides the entries.

    `base_url` is the address of the web server that serves the exports, "" if there is none; `classes` are the primary
    arXiv categories by entry id, as far as they are known; `license` is the list's SPDX identifier, or "".
    """

    taxonomy: Taxonomy
    base_url: str = ""
    classes: Mapping[str, str] = field(default_factory=dict)
    license: str = ""

    @property
    def maintainers(self) -> str:
        """The list's author, for formats that need one: who its maintainers are is in no file."""
        return f"The maintainers of {self.taxonomy.title}"

    @property
    def home(self) -> str:
        """The list's page on the server, for readers elsewhere; "" if they cannot reach it."""
        local = (urlsplit(self.base_url).hostname or "localhost") in ("localhost", "127.0.0.1", "::1")
        return "" if local else f"{self.base_url}/"

    def address(self, file: str) -> str:
        """The address of a file beside the others; relative to them if no server is known."""
        return f"{self.base_url}/data/{file}" if self.base_url else file

    def primary_class(self, identifier: str) -> str:
        """The primary category of an arXiv paper; ids from before April 2007 name its archive."""
        archive, slash, _ = identifier.removeprefix("arxiv:").partition("/")
        return self.classes.get(identifier) or (archive if slash and identifier.startswith("arxiv:") else "")


def plain(entry: Entry) -> Entry:
    """The entry with its text on one line, and without links that are not web addresses."""
    return replace(
        entry,
        title=clean(entry.title),
        authors=tuple(name for name in map(clean, entry.authors) if name),
        venue=clean(entry.venue),
        note=clean(entry.note),
        links={clean(role): clean(address) for role, address in entry.links.items() if is_web_url(address.strip())},
    )


def paper_address(entry: Entry) -> str:
    """The address of the paper: the entry's link, else the one that follows from its id, else ""."""
    return entry.links.get("paper", "") or address_of(entry.id)


def other_links(entry: Entry) -> dict[str, str]:
    """The links besides the paper's own, by role."""
    return {role: address for role, address in entry.links.items() if role != "paper"}


def entry_json(entry: Entry, taxonomy: Taxonomy) -> dict[str, Any]:
    """``{"id", "title", "authors", "published", "venue", "note", <facets>, "links"}``; an unknown date is null."""
    return {
        "id": entry.id,
        "title": entry.title,
        "authors": list(entry.authors),
        "published": str(entry.published) or None,
        "venue": entry.venue,
        "note": entry.note,
        **labels_json(entry.labels, taxonomy),
        "links": dict(entry.links),
    }
