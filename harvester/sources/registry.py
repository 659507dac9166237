"""Every source, one line each; everything else about a source is in its module."""

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.provenance import CATALOG, Provenance
from harvester.sources.source import FEED_NAME, HarvestSettings, NamedWebSource, Probe, Source, SourceKind, SourceState

MODULES = (
    "arxiv.api",
    "arxiv.rss",
    "arxiv.oai",
    "arxiv.snapshot",
    "journals",
    "europepmc.api",
    "crossref.api",
    "huggingface",  # last: its search results from before the window only update papers that the others brought
)
"""The modules in this folder that declare a `KIND`, in the order in which a run asks their sources."""

KINDS: tuple[SourceKind[Any], ...] = tuple(import_module(f"harvester.sources.{name}").KIND for name in MODULES)


def enabled(settings: HarvestSettings, state: SourceState) -> list[Source]:
    """The sources that the configuration has a section for and does not turn off, in the order they run."""
    return [
        kind.source(section, settings, state) for kind in KINDS if kind.source for section in kind.enabled(settings)
    ]


def chosen(settings: HarvestSettings, state: SourceState, names: Sequence[str]) -> list[Source]:
    """The enabled sources, or the named ones among them.

    Raises:
        UsageError: no source is enabled, or a name is not that of an enabled source.
    """
    available = {source.name: source for source in enabled(settings, state)}
    if not available:
        raise UsageError("No source is enabled", remedy="config.toml needs a section such as [harvest.arxiv]")
    if unknown := [name for name in names if name not in available]:
        raise UsageError(
            f"There is no enabled source {unknown[0]!r}", remedy=f"the sources are: {', '.join(available)}"
        )
    return [available[name] for name in names] if names else list(available.values())


def probes(settings: HarvestSettings) -> Iterator[Probe]:
    """A probe of each upstream that the configuration turns on."""
    for kind in KINDS:
        if kind.probe:
            yield from map(kind.probe, kind.enabled(settings))


def names(settings: HarvestSettings) -> list[str]:
    """The names of all sources, turned on or not."""
    return [name for kind in KINDS for name in kind.names(settings)]


def names_on(settings: HarvestSettings) -> set[str]:
    """The names of the sources that are turned on."""
    on = set()
    for kind in KINDS:
        for section in kind.enabled(settings):
            on.add(section.name if isinstance(section, NamedWebSource) else kind.provenance.name)
    return on


def declared() -> dict[str, Provenance]:
    """The provenances, by name, whose names no section of config.toml may use."""
    return {source.name: source for source in (*(kind.provenance for kind in KINDS if not kind.repeated), CATALOG)}


def provenance_of(name: str) -> Provenance:
    """The provenance of a source by the name that the store has for it.

    Only modules and feeds have names, so a name that no module declares is a journal's feed: the store still knows it
    after it was removed from config.toml.

    Raises:
        HarvesterError: the name is not one that a feed can have.
    """
    if known := declared().get(name):
        return known
    if re.fullmatch(FEED_NAME, name):
        return next(kind.provenance for kind in KINDS if kind.repeated).named(name)
    raise HarvesterError(
        f"The store contains papers from a source {name!r}, which this program does not know; put its module back into "
        "harvester/sources/registry.py."
    )
