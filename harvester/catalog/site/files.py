"""The site's files by name, each generated on request: a folder needs all of them, a web server one at a time."""

from collections.abc import Callable, Sequence
from functools import partial

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.export import EXTENSIONS, WRITERS, shown
from harvester.catalog.export.bibtex import to_record
from harvester.catalog.export.records import Context
from harvester.catalog.site import nearby, pack
from harvester.catalog.site.addresses import list_path, pages, slugs
from harvester.catalog.site.arrangement import Arrangement, computed, once
from harvester.catalog.site.clusters import clusters
from harvester.catalog.site.crawlers import robots, sitemap
from harvester.catalog.site.known import UNKNOWN, AllKnown
from harvester.catalog.site.navigation import Links
from harvester.catalog.site.pages import Frame, assets, list_page, paper_page

TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "ico": "image/vnd.microsoft.icon",
    "txt": "text/plain; charset=utf-8",
    "xml": "application/xml",
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

ICON = "favicon.ico"
Maker = Callable[[], bytes]


def site(
    frame: Frame,
    known: Callable[[], AllKnown],
    context: Callable[[], Context] | None = None,
    arrange: Callable[[Sequence[str]], Arrangement] = computed,
) -> dict[str, Maker]:
    """A function that generates each file of the site, by its path below the site's root.

    Args:
        known: returns the details of the papers; called when a page, similar papers or the map are first requested.
        context: returns what exports say besides the entries; called when the first of them is requested.
        arrange: returns how the papers lie to each other, given their texts; called when that is first needed.
    """
    papers, taxonomy = frame.papers, frame.taxonomy
    about = once(context or partial(Context, taxonomy))
    details = once(known)
    texts = once(lambda: nearby.texts_of(papers, taxonomy, {name: one.text for name, one in details().items()}))
    near = once(lambda: arrange(texts()))
    return {
        **_lists(frame, details),
        **_papers(frame, details, lambda: near().similar(), about),
        **_for_crawlers(frame, details),
        "data/index.json": lambda: pack.index(papers, taxonomy, frame.slugs, details()),
        "data/abstracts.json": lambda: pack.abstracts(papers, details()),
        "data/map.json": lambda: pack.dumps(near().places()),
        "data/clusters.json": lambda: pack.dumps(clusters(near().places(), near().groups(), papers, taxonomy)),
        **_citations(papers, about),
        **{f"data/catalogue.{end}": partial(_exported, papers, about, name) for name, end in EXTENSIONS.items()},
        **{f"assets/{name}": partial(bytes, body) for name, body in assets().items() if name != ICON},
    }


def framed(
    entries: Sequence[Entry], taxonomy: Taxonomy, home: str = "http://localhost:8000", others: Links = ()
) -> Frame:
    """What the pages of a site share, from entries as they are in their files.

    Args:
        home: the address of the site, without a slash at its end.
        others: addresses and names of the other pages on the site's server.
    """
    return Frame(taxonomy, shown(entries), slugs(entries), home, others)


def media_type(name: str) -> str:
    """The media type of one of the site's files."""
    endings = name.rpartition("/")[2].partition(".")[2]
    return TYPES.get(endings) or TYPES[endings.rpartition(".")[2]]


def paper_file(slug: str) -> str:
    """The file of a paper's page."""
    return f"paper/{slug}/index.html"


def _lists(frame: Frame, details: Callable[[], AllKnown]) -> dict[str, Maker]:
    def page(number: int) -> bytes:
        return list_page(frame, number, details())

    return {f"{list_path(number)}index.html": partial(page, number) for number in range(1, pages(frame.papers) + 1)}


def _papers(
    frame: Frame,
    details: Callable[[], AllKnown],
    similar: Callable[[], Sequence[Sequence[int]]],
    context: Callable[[], Context],
) -> dict[str, Maker]:
    def page(number: int) -> bytes:
        entry = frame.papers[number]
        others = [frame.papers[other] for other in similar()[number]]
        bibtex = to_record(entry, context().primary_class(entry.id))
        return paper_page(frame, entry, details().get(entry.id, UNKNOWN), others, bibtex)

    return {paper_file(frame.slugs[entry.id]): partial(page, number) for number, entry in enumerate(frame.papers)}


def _for_crawlers(frame: Frame, details: Callable[[], AllKnown]) -> dict[str, Maker]:
    def map_of_site() -> bytes:
        found = details()
        listed = [(list_path(number), None) for number in range(1, pages(frame.papers) + 1)]
        known = ((entry, found.get(entry.id, UNKNOWN)) for entry in frame.papers)
        return sitemap(frame.home, [*listed, *((frame.path_of(entry), one.added) for entry, one in known)])

    return {"sitemap.xml": map_of_site, "robots.txt": lambda: robots(frame.home), ICON: lambda: assets()[ICON]}


def _citations(papers: Sequence[Entry], context: Callable[[], Context]) -> dict[str, Maker]:
    chunks = once(lambda: list(pack.bibtex_chunks(papers, context())))
    numbers = range(-(-len(papers) // pack.BIB_CHUNK))
    return {f"data/bib/{number}.json": partial(lambda number: chunks()[number], number) for number in numbers}


def _exported(papers: Sequence[Entry], context: Callable[[], Context], name: str) -> bytes:
    return WRITERS[name](list(papers), context()).encode()
