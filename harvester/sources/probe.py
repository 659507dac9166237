"""One small question to every upstream that is turned on: does it answer, and is the answer what it should be?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from harvester.config.harvest import HarvestSettings
from harvester.config.sources import ArxivSettings, FeedSettings, HuggingFaceSettings, OaiSettings, RssSettings
from harvester.sources import huggingface, journals
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv import oai
from harvester.sources.arxiv import rss as arxiv_rss
from harvester.sources.errors import Malformed
from harvester.sources.http import Transport
from harvester.sources.xml import parse_xml


@dataclass(frozen=True, slots=True)
class Probe:
    """A question to one upstream; `ask` says in words what was answered, or raises FetchError.

    `gated` marks arXiv's services, which are asked through its gate.
    """

    name: str
    ask: Callable[[Transport], str]
    gated: bool = False
    allow_private: bool = True


def probes(settings: HarvestSettings) -> Iterator[Probe]:
    """The questions, one for each upstream that the configuration turns on."""
    if (api := settings.arxiv) and api.enabled:
        yield Probe(arxiv_api.NAME, partial(_arxiv, api), gated=True)
    if (rss := settings.arxiv_rss) and rss.enabled and rss.categories:
        yield Probe(arxiv_rss.NAME, partial(_rss, rss), gated=True)
    if settings.oai and settings.oai.enabled:
        yield Probe(oai.NAME, partial(_oai, settings.oai), gated=True)
    if settings.huggingface and settings.huggingface.enabled:
        yield Probe(huggingface.NAME, partial(_huggingface, settings.huggingface))
    for feed in settings.feeds:
        if feed.enabled:
            yield Probe(feed.name, partial(_journal, feed), allow_private=feed.allow_private)


def _arxiv(settings: ArxivSettings, transport: Transport) -> str:
    params: dict[str, str | int] = {"search_query": settings.query, "start": 0, "max_results": 1}
    total, papers = arxiv_api.read_page(transport.get(settings.url, params, arxiv_api.ACCEPT).body, settings.query)
    if not papers:
        raise Malformed("arXiv finds nothing for harvest.arxiv.query.")
    return f"The query matches {total:,} papers."


def _rss(settings: RssSettings, transport: Transport) -> str:
    category = settings.categories[0]
    body = transport.get(f"{settings.url}/{category}", {}, arxiv_rss.ACCEPT).body
    return f"{category} announces {len(arxiv_rss.read_feed(body, category)):,} papers."


def _oai(settings: OaiSettings, transport: Transport) -> str:
    root = parse_xml(transport.get(settings.url, {"verb": "Identify"}, oai.ACCEPT).body, oai.WHO)
    if root.find("oai:Identify", oai.NAMESPACES) is None:
        raise Malformed(f"{oai.WHO} does not say who it is; correct harvest.oai.url.")
    return "It says who it is."


def _huggingface(settings: HuggingFaceSettings, transport: Transport) -> str:
    body = transport.get(f"{settings.url}/api/daily_papers", {"limit": 1}, huggingface.ACCEPT).body
    return f"It lists {len(huggingface.read_listing(body)):,} daily paper."


def _journal(feed: FeedSettings, transport: Transport) -> str:
    return f"It holds {journals.read(feed, transport, {}).batch.received:,} papers."
