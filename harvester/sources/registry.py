"""Which sources a configuration turns on, and how each of them is asked."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from harvester.base.errors import UsageError
from harvester.config.harvest import HarvestSettings
from harvester.config.sources import ArxivSettings
from harvester.sources import huggingface, journals
from harvester.sources.arxiv import api as arxiv_api
from harvester.sources.arxiv import rss as arxiv_rss
from harvester.sources.http import Transport
from harvester.sources.window import Batch, Window

Fetch = Callable[[Transport, Window], Iterator[Batch]]


@dataclass(frozen=True, slots=True)
class SourceState:
    """What sources may ask of the store, and tell it, without knowing it.

    `known` keeps of (base id, version) pairs those whose text came from arXiv's API in that version or a newer one;
    `unhydrated` lists the base ids that so far have only a feed's text; `validators` and `remember` keep a feed's
    ETag and Last-Modified by the name of its source.
    """

    known: arxiv_rss.Known
    unhydrated: Callable[[], Sequence[str]]
    validators: Callable[[str], journals.Validators]
    remember: Callable[[str, journals.Validators], None]


@dataclass(frozen=True, slots=True)
class Source:
    """One upstream.

    `question` names what it is asked, for a window that is resumed; `interval` is the spacing in seconds that arXiv
    asks of those who read any of its services, which share a gate (0 spaces nothing out, None is another host);
    `calendar` says whether new papers come by arXiv's calendar, so that their absence can be judged; `windowed`
    whether it can be asked for a span of time; `journal` whether it shows published versions; `allow_private`
    whether its host may lie in a private network.
    """

    name: str
    fetch: Fetch
    question: str = ""
    interval: float | None = None
    calendar: bool = False
    windowed: bool = False
    journal: bool = False
    allow_private: bool = True


def enabled(settings: HarvestSettings, state: SourceState) -> list[Source]:
    """The sources whose sections stand in the configuration and are not turned off, in the order they run."""
    api, found = settings.arxiv or ArxivSettings(), list[Source]()
    if settings.arxiv and api.enabled:
        asked = hashlib.sha256(api.query.encode()).hexdigest()
        fetch = partial(arxiv_api.fetch, api)
        found.append(Source(arxiv_api.NAME, fetch, asked, api.min_interval, calendar=True, windowed=True))
    if (rss := settings.arxiv_rss) and rss.enabled:
        announced = partial(arxiv_rss.fetch, rss, api, state.known, state.unhydrated)
        found.append(Source(arxiv_rss.NAME, announced, interval=api.min_interval, calendar=True))
    for feed in settings.feeds:
        if feed.enabled:
            read = partial(journals.fetch, feed, state.validators(feed.name), partial(state.remember, feed.name))
            found.append(Source(feed.name, read, journal=True, allow_private=feed.allow_private))
    # Last: what its search shows from before the window joins only papers that the others have brought.
    if (hub := settings.huggingface) and hub.enabled:
        found.append(Source(huggingface.NAME, partial(huggingface.fetch, hub), windowed=True))
    return found


def chosen(settings: HarvestSettings, state: SourceState, names: Sequence[str]) -> list[Source]:
    """The enabled sources, or those of them that are named.

    Raises:
        UsageError: nothing is enabled, or a name is not among the enabled.
    """
    available = {source.name: source for source in enabled(settings, state)}
    if not available:
        raise UsageError("No source is enabled", remedy="config.toml needs a section such as [harvest.arxiv]")
    if unknown := [name for name in names if name not in available]:
        raise UsageError(f"There is no enabled source {unknown[0]!r}", remedy=f"there are: {', '.join(available)}")
    return [available[name] for name in names] if names else list(available.values())
