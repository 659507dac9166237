"""Every source, one line each; all else that concerns a source stands in its module."""

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.provenance import CATALOG, Provenance
from harvester.sources.source import FEED_NAME, HarvestSettings, Probe, Source, SourceKind, SourceState

MODULES = (
    "arxiv.api",
    "arxiv.rss",
    "arxiv.oai",
    "arxiv.snapshot",
    "journals",
    "huggingface",  # last: what its search shows from before the window joins only papers that the others have brought
)
"""The modules of this folder that declare a `KIND`, in the order in which runs ask their sources."""

KINDS: tuple[SourceKind[Any], ...] = tuple(import_module(f"harvester.sources.{name}").KIND for name in MODULES)


def enabled(settings: HarvestSettings, state: SourceState) -> list[Source]:
    """The sources whose sections stand in the configuration and are not turned off, in the order they run."""
    return [
        kind.source(section, settings, state) for kind in KINDS if kind.source for section in kind.enabled(settings)
    ]


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


def probes(settings: HarvestSettings) -> Iterator[Probe]:
    """A question to each upstream that the configuration turns on."""
    for kind in KINDS:
        if kind.probe:
            yield from map(kind.probe, kind.enabled(settings))


def names(settings: HarvestSettings) -> list[str]:
    """The names of all sources, whether they are turned on or not."""
    return [name for kind in KINDS for name in kind.names(settings)]


def declared() -> dict[str, Provenance]:
    """The provenances whose names no section of config.toml may take, by name."""
    return {source.name: source for source in (*(kind.provenance for kind in KINDS if not kind.repeated), CATALOG)}


def provenance_of(name: str) -> Provenance:
    """What a source is whose name the store kept.

    Only modules and feeds have names, so one that no module declares is a journal's feed: the store goes on knowing it
    when it is taken out of config.toml.

    Raises:
        HarvesterError: the name is not one that a feed can have.
    """
    if known := declared().get(name):
        return known
    if re.fullmatch(FEED_NAME, name):
        return next(kind.provenance for kind in KINDS if kind.repeated).named(name)
    raise HarvesterError(
        f"The store holds papers from a source {name!r}, which this program does not know; put its module back into "
        "harvester/sources/registry.py."
    )
