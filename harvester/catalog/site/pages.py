"""The site's HTML pages, from templates: the list, page by page, and one page for every paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.site import metadata
from harvester.catalog.site.addresses import LONGEST_SEARCH, PAGE, list_path, pages, paper_path
from harvester.catalog.site.known import UNKNOWN, AllKnown, Known
from harvester.catalog.site.links import notices, shown_links
from harvester.catalog.site.navigation import PAPERS, VIEWS, Links

if TYPE_CHECKING:
    from jinja2 import Environment

_LATER = (
    "app.js",
    "paper.js",
    "searcher.js",
    "extract.js",
    "search.js",
)  # scripts that the home page does not begin with
SHARED = "shared"  # the folder of what the server's own pages show as well
_AUTHORS = 6  # named on a card
_FEW = 3  # named beside a similar paper


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pages share: `papers`, newest first, the names of their pages by entry id, and `home`, the site's
    address without a slash at its end; `others` are addresses and names of other pages on the server."""

    taxonomy: Taxonomy
    papers: Sequence[Entry]
    slugs: Mapping[str, str]
    home: str = ""
    others: Links = ()

    def address(self, path: str) -> str:
        """The full address of a page, given its path below the root."""
        return f"{self.home}/{path}"

    def path_of(self, entry: Entry) -> str:
        """The path of a paper's page."""
        return paper_path(self.slugs[entry.id])


def list_page(frame: Frame, number: int, known: AllKnown) -> bytes:
    """A page of the list, newest papers first; the first one is the home page, which scripts make searchable."""
    start = (number - 1) * PAGE
    values = {
        "root": "./" if number == 1 else "../../",
        "here": PAPERS if number == 1 else "",
        "number": number,
        "last": pages(frame.papers),
        "rows": [_card(frame, entry, known.get(entry.id, UNKNOWN)) for entry in frame.papers[start : start + PAGE]],
        "modules": _modules() if number == 1 else (),
        "canonical": frame.address(list_path(number)),
        "older": list_path(number + 1) if number < pages(frame.papers) else "",
        "newer": number > 1,
        "newer_path": list_path(max(1, number - 1)),
    }
    return _render("list.html", frame, values)


def paper_page(frame: Frame, entry: Entry, known: Known, similar: Sequence[Entry], bibtex: str) -> bytes:
    """The page of a paper."""
    page = frame.address(frame.path_of(entry))
    values = {
        "root": "../../",
        "here": "",
        "canonical": page,
        "entry": entry,
        "known": known,
        "place": _place(entry),
        "notices": notices(entry),
        "retracted": "retraction" in entry.links,
        "links": shown_links(entry),
        "labels": _labels(frame.taxonomy, entry),
        "versions": metadata.versions(entry, known),
        "similar": [_card(frame, other, UNKNOWN, _FEW) for other in similar],
        "bibtex": bibtex,
        "description": metadata.description(entry, known),
        "day": metadata.day_of(entry.published),
        "tags": metadata.citation_tags(entry, known, page, frame.taxonomy),
        "linked": metadata.linked_data(entry, known, page, frame.taxonomy),
    }
    return _render("paper.html", frame, values)


@cache
def assets() -> dict[str, bytes]:
    """Scripts, styles and images, which are the same for every catalog."""
    room = resources("harvester.catalog.site")
    files = [file for folder in ("static", SHARED) for file in (room / folder).iterdir() if file.is_file()]
    return {file.name: file.read_bytes() for file in sorted(files, key=lambda file: file.name)}


def _render(template: str, frame: Frame, values: Mapping[str, Any]) -> bytes:
    shared = {
        "taxonomy": frame.taxonomy,
        "count": len(frame.papers),
        "longest_search": LONGEST_SEARCH,
        "views": VIEWS,
        "others": frame.others,
    }
    return _templates().get_template(template).render(shared | dict(values)).encode()


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("harvester.catalog.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _modules() -> list[str]:
    return [name for name in assets() if name.endswith(".js") and name not in _LATER]


def _card(frame: Frame, entry: Entry, known: Known, most: int = _AUTHORS) -> dict[str, object]:
    """A paper in a list, as it is shown before any script has run."""
    more = " et al." if len(entry.authors) > most else ""
    return {
        "title": entry.title,
        "retracted": "retraction" in entry.links,
        "path": frame.path_of(entry),
        "about": " · ".join(filter(None, (", ".join(entry.authors[:most]) + more, _place(entry)))),
        "labels": metadata.label_names(entry, frame.taxonomy),
        "links": shown_links(entry),
        "votes": known.upvotes or 0,
    }


def _place(entry: Entry) -> str:
    return ", ".join(filter(None, (entry.venue, entry.published.month_and_year)))


def _labels(taxonomy: Taxonomy, entry: Entry) -> list[dict[str, object]]:
    return [
        {"facet": facet.id, "facet_name": facet.name, "place": place, "id": label.id, "name": label.name}
        for place, facet in enumerate(taxonomy.facets)
        for label in facet.labels
        if entry.labels.has(facet.id, label.id)
    ]
