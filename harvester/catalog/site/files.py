"""The site's files by name, each generated on request: a folder needs all of them, a web server one at a time."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files as resources

from classifiers.taxonomy import Taxonomy
from harvester.base.escape import url
from harvester.catalog.entry import Entry
from harvester.catalog.export import EXTENSIONS, WRITERS, shown
from harvester.catalog.export.records import Context
from harvester.catalog.site import nearby, pack
from harvester.domain.identity import address_of

TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "schema.json": "application/schema+json",
    "csv": "text/csv; charset=utf-8",
    "bib": "text/plain; charset=utf-8",
    "ris": "text/plain; charset=utf-8",
    "atom": "application/atom+xml",
    "cff": "application/yaml",
}
"""Media types by what stands behind a file's first dot, else its last."""

_AT_ONCE = 30  # papers in the HTML page itself
_AUTHORS = 6
Maker = Callable[[], bytes]


def site(
    entries: list[Entry],
    taxonomy: Taxonomy,
    abstracts: Callable[[], Mapping[str, str]],
    others: Sequence[tuple[str, str]] = (),
    context: Callable[[], Context] | None = None,
) -> dict[str, Maker]:
    """A function that generates each file of the site, by its path below the site's root.

    Args:
        abstracts: returns the abstracts by entry id; called when similar papers or the map are first requested.
        others: addresses and names of the other pages on the site's server.
        context: returns what exports say besides the entries; called when the first of them is requested.
    """
    papers = shown(entries)
    about = cache(context or partial(Context, taxonomy))

    @cache
    def placed() -> "nearby.Floats":
        return nearby.vectors(papers, taxonomy, abstracts())

    makers: dict[str, Maker] = {
        "index.html": lambda: _page(taxonomy, papers, others),
        "data/index.json": lambda: pack.index(papers, taxonomy),
        "data/similar.json": lambda: pack.dumps(nearby.similar(placed())),
        "data/map.json": lambda: pack.dumps(nearby.layout(placed())),
    }
    chunks = cache(lambda: list(pack.bibtex_chunks(papers, about())))
    for number in range(-(-len(papers) // pack.BIB_CHUNK)):
        makers[f"data/bib/{number}.json"] = partial(lambda number: chunks()[number], number)
    for name, ending in EXTENSIONS.items():
        makers[f"data/catalogue.{ending}"] = partial(_exported, papers, about, name)
    return makers | {f"assets/{name}": partial(bytes, body) for name, body in _assets().items()}


def media_type(name: str) -> str:
    """The media type of one of the site's files."""
    endings = name.rpartition("/")[2].partition(".")[2]
    return TYPES.get(endings) or TYPES[endings.rpartition(".")[2]]


def _exported(papers: list[Entry], context: Callable[[], Context], name: str) -> bytes:
    return WRITERS[name](papers, context()).encode()


@cache
def _assets() -> dict[str, bytes]:
    """Scripts, styles and images, which are the same for every catalog."""
    folder = resources("harvester.catalog.site") / "static"
    files = [file for file in folder.iterdir() if file.is_file()]
    return {file.name: file.read_bytes() for file in sorted(files, key=lambda file: file.name)}


def _page(taxonomy: Taxonomy, papers: list[Entry], others: Sequence[tuple[str, str]]) -> bytes:
    """The page with the newest papers in its HTML, visible before any script has run, or without scripts."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("harvester.catalog.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    modules = [name for name in _assets() if name.endswith(".js") and name != "app.js"]
    rows = [_row(entry, taxonomy) for entry in papers[:_AT_ONCE]]
    page = templates.get_template("index.html")
    return page.render(taxonomy=taxonomy, count=len(papers), rows=rows, modules=modules, others=others).encode()


def _row(entry: Entry, taxonomy: Taxonomy) -> dict[str, object]:
    """An entry as the page shows it before the script has run."""
    more = " et al." if len(entry.authors) > _AUTHORS else ""
    place = ", ".join(filter(None, (entry.venue, entry.published.label)))
    return {
        "title": entry.title,
        "retracted": "retraction" in entry.links,
        "link": url(entry.links.get("paper", "")) or address_of(entry.id),
        "about": " · ".join(filter(None, (", ".join(entry.authors[:_AUTHORS]) + more, place))),
        "labels": [
            label.name for facet in taxonomy.facets for label in facet.labels if entry.labels.has(facet.id, label.id)
        ],
    }
