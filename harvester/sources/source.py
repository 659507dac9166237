"""What a module in this folder declares about its upstream, and what it is given to work with.

A module is one source, or several of one kind. It contains the class of its section in config.toml, `PROVENANCE`, and
`KIND`, which ties these together; `harvester.sources.registry` lists the modules.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import Field

from harvester.base.settings_section import SettingsSection, WebAddress
from harvester.domain.coverage import Work
from harvester.domain.papers import Paper
from harvester.domain.provenance import Provenance
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.window import Batch, Window

Known = Callable[[Collection[tuple[str, int]]], set[tuple[str, int]]]
Validators = Mapping[str, str]
"""``ETag`` and ``Last-Modified`` of the last stored answer, if it had them, and ``url``, the sha256 of the address that
gave it: they are meaningless for another address, and an address may contain a key."""
FEED_NAME = r"^[a-z0-9][a-z0-9-]*$"
Fetch = Callable[[Transport, Window], Iterator[Batch]]


class WebSource(SettingsSection):
    """[harvest.<section>]: a source with a single address."""

    enabled: bool = True
    url: WebAddress


class NamedWebSource(WebSource):
    """[[harvest.<section>]]: one of several sources of a kind, each with its own name."""

    name: str = Field(pattern=FEED_NAME)


class HarvestSettings(HttpSettings):
    """[harvest]: the settings all sources share. `harvester.config.harvest` adds those of the registered sources."""

    overlap_days: int = Field(default=14, ge=0)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What sources may ask the store and tell it, without depending on it.

    `known` returns those (base id, version) pairs whose text came from arXiv's API in that version or a newer one;
    `unhydrated` lists the base ids that have only a feed's text so far; `validators` and `remember` keep a feed's
    ETag and Last-Modified under the name of its source.
    """

    known: Known
    unhydrated: Callable[[], Sequence[str]]
    validators: Callable[[str], Validators]
    remember: Callable[[str, Validators], None]


@dataclass(frozen=True, slots=True)
class Source:
    """One upstream, ready for a run.

    `question` identifies the query, for a window that is resumed; `gated` marks arXiv's services, which share one gate;
    `calendar` says whether new papers follow arXiv's calendar, so that their absence can be judged; `windowed` whether
    it can be asked for a span of time; `allow_private` whether its host may be on a private network; `spacing` is the
    number of seconds between two requests to it, for all processes on the store, if it is not gated. `may_match` says
    whether its query could find a paper, where that can be told: "no" is certain, "yes" is not. `reread` reads an odd
    record that was kept, as of a moment.
    """

    provenance: Provenance
    fetch: Fetch
    question: str = ""
    gated: bool = False
    calendar: bool = False
    windowed: bool = False
    allow_private: bool = True
    spacing: float = 0.0
    may_match: Callable[[Paper], bool] | None = None
    reread: Callable[[str, datetime], Batch] | None = None

    @property
    def name(self) -> str:
        """Its name in the store and in reports."""
        return self.provenance.name


@dataclass(frozen=True, slots=True)
class Probe:
    """One small request to an upstream: does it answer, and is the answer as expected?

    `ask` describes the answer in words or raises FetchError; `gated`, `allow_private` and `spacing` are as in Source.
    `attempts` is how often to ask a service of which single failures mean nothing.
    """

    name: str
    ask: Callable[[Transport], str]
    gated: bool = False
    allow_private: bool = True
    spacing: float = 0.0
    attempts: int = 1


S = TypeVar("S", bound=WebSource)


@dataclass(frozen=True, slots=True)
class SourceKind(Generic[S]):
    """Everything the program needs to know about a module.

    `section` is the name of its table in config.toml and `settings` the class of that table; a source without them is
    not asked over the network. `source` turns a section into what a run asks, `probe` into what `harvester doctor`
    asks; without `source`, no run asks it. `covers` says whether a run would have brought a work, whenever it appeared:
    with the section's query or venues, and without what lies only in the past of a feed. `weekly` says about how many
    papers a week a query brings, by those of the last four weeks before a moment.
    """

    provenance: Provenance
    section: str = ""
    settings: type[S] | None = None
    source: Callable[[S, HarvestSettings, SourceState], Source] | None = None
    probe: Callable[[S], Probe] | None = None
    covers: Callable[[S, Transport, Work], bool] | None = None
    weekly: Callable[[S, Transport, datetime], int] | None = None

    @property
    def repeated(self) -> bool:
        """Whether there may be several such sections, each naming a source."""
        return self.settings is not None and issubclass(self.settings, NamedWebSource)

    def sections(self, harvest: HarvestSettings) -> tuple[S, ...]:
        """Its sections of config.toml, including those turned off."""
        given = getattr(harvest, self.section) if self.section else None
        if self.repeated:
            return tuple(given or ())
        return () if given is None else (given,)

    def enabled(self, harvest: HarvestSettings) -> tuple[S, ...]:
        """Its sections that are not turned off."""
        return tuple(section for section in self.sections(harvest) if section.enabled)

    def section_or_defaults(self, harvest: HarvestSettings) -> S:
        """Its only section; all defaults if config.toml has none."""
        if self.settings is None or self.repeated:
            raise TypeError(f"{self.provenance.name} does not have exactly one section")
        given = self.sections(harvest)
        return given[0] if given else self.settings.model_validate({})

    def names(self, harvest: HarvestSettings) -> tuple[str, ...]:
        """The names of its sources, turned on or not."""
        if not self.repeated:
            return (self.provenance.name,)
        return tuple(section.name for section in self.sections(harvest) if isinstance(section, NamedWebSource))
