"""What every service works with: settings, store, taxonomy and clock, opened together and checked first."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from classifiers.errors import ClassifierError
from classifiers.taxonomy import Taxonomy, load_taxonomy
from harvester.base.clock import Clock, clock_from_environment
from harvester.base.errors import HarvesterError
from harvester.config.settings import Settings, load_settings
from harvester.store.engine import open_store

# Names already used by fields of entries and forms, by the addresses of pages and by command-line options.
TAKEN = {"authors", "links", "note", "published", "venue"}
TAKEN |= {"doi", "publication", "url"}  # columns of the dataset export
TAKEN |= {"act", "action", "csrf", "email", "every", "format", "next", "paper", "reason", "sure", "version", "view"}
TAKEN |= {"by", "config", "confirmed", "debug", "help", "json", "label"}
TAKEN |= {"interactive", "search", "since", "source", "state", "unsure", "until"}  # options of `queue`
TAKEN |= {"dry-run", "least", "match", "no-links", "offered", "words"}
TAKEN |= {"code", "colour", "limit", "offset", "q", "sort", "website", "weekday", "year"}
Watch = Callable[[str, int, int | None], None]
"""Receives the progress of a stage: its name, how many are done, and of how many if that is known."""


def unwatched(_stage: str, _done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The working folder that a config.toml describes."""

    settings: Settings
    store: Engine
    taxonomy: Taxonomy
    clock: Clock

    @property
    def catalog(self) -> Path:
        """The folder of entries and rendered list."""
        return self.settings.path(self.settings.catalog.dir)

    @property
    def catalog_key(self) -> str:
        """The name of this catalog's folder in the store, which hosts with folders of their own may share.

        A store in a file is on one host; there the name is relative to the file, so that both can be moved together.
        """
        if name := self.settings.catalog.folder_name:
            return name
        file = self.store.url.database if self.store.dialect.name == "sqlite" else None
        if file:
            return Path(os.path.relpath(self.catalog.resolve(), Path(file).resolve().parent)).as_posix()
        return f"{socket.gethostname()}:{self.catalog.resolve()}"

    @property
    def templates(self) -> Path | None:
        """The folder of the list's own templates, if it has one."""
        chosen = self.settings.catalog.templates
        return self.settings.path(chosen) if chosen else None


def open_workspace(config: Path) -> Workspace:
    """Open everything that `config` names.

    Raises:
        UsageError: the configuration, `$HARVESTER_NOW` or the store's URL is wrong.
        HarvesterError: the store or the taxonomy cannot be opened.
    """
    clock = clock_from_environment()
    settings = load_settings(config)
    return Workspace(settings, open_store(settings.store_url), taxonomy_of(settings), clock)


def taxonomy_of(settings: Settings) -> Taxonomy:
    """The taxonomy that the settings name, or the packaged one.

    Raises:
        HarvesterError: it cannot be read, or a facet has a reserved name.
    """
    chosen = settings.classifier.taxonomy
    return read_taxonomy(settings.path(chosen) if chosen else None)


def read_taxonomy(path: Path | None) -> Taxonomy:
    """A taxonomy that a list can be made with; None means the packaged one.

    Raises:
        HarvesterError: it cannot be read, or a facet has a reserved name.
    """
    try:
        taxonomy = load_taxonomy(path)
    except ClassifierError as error:
        raise HarvesterError(str(error)) from error
    if taken := [facet.id for facet in taxonomy.facets if facet.id in TAKEN]:
        raise HarvesterError(f"{taxonomy.path}: a facet cannot be called {taken[0]!r}", remedy="give it another id")
    return taxonomy
