"""The catalog in a server's memory: read again when a file has changed, because parsing all of it takes seconds."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Lock

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.export import shown
from harvester.catalog.folder import load_catalog
from harvester.catalog.search import Finder
from harvester.catalog.site.addresses import slugs
from harvester.catalog.site.files import Maker, once, site
from harvester.catalog.site.known import AllKnown
from harvester.catalog.site.navigation import SERVED
from harvester.services.catalog.export import export_context
from harvester.services.catalog.site import known_papers
from harvester.services.workspace import Workspace


@dataclass
class Contents:
    """The entries at one moment, newest first, and what is made from them on first use."""

    entries: list[Entry]
    taxonomy: Taxonomy
    makers: dict[str, Maker]
    slugs: dict[str, str]
    known: Callable[[], AllKnown]

    def __post_init__(self) -> None:
        self._made: dict[str, bytes] = {}
        self._lock = Lock()

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """Entries by their id."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def place(self) -> dict[str, int]:
        """The position of each entry, by its id."""
        return {entry.id: number for number, entry in enumerate(self.entries)}

    @cached_property
    def finder(self) -> Finder:
        """The text search."""
        return Finder(self.entries, self.taxonomy, {name: one.abstract for name, one in self.known().items()})

    def file(self, name: str) -> bytes | None:
        """A file of the site; None if there is no such file. Pages of papers are many, and made anew each time."""
        if name not in self.makers:
            return None
        if name.startswith("paper/"):
            return self.makers[name]()
        with self._lock:  # the map of a large catalog takes half a minute: once is enough
            if name not in self._made:
                self._made[name] = self.makers[name]()
            return self._made[name]


class CatalogCache:
    """The catalog's present contents."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._lock = Lock()
        self._stamps: object = None
        self._contents: Contents | None = None

    def contents(self) -> Contents:
        """All valid entries; `catalog check` reports what is wrong with the others."""
        with self._lock:
            stamps = frozenset(_stamps(self._ws.catalog / "entries"))
            if self._contents is None or stamps != self._stamps:
                self._contents, self._stamps = self._read(), stamps
            return self._contents

    def _read(self) -> Contents:
        entries = load_catalog(self._ws.catalog, self._ws.taxonomy).entries
        home = self._ws.settings.digest.base_url
        context = partial(export_context, self._ws, entries)
        known = once(partial(known_papers, self._ws, entries))
        makers = site(entries, self._ws.taxonomy, known, SERVED, context, home)
        return Contents(shown(entries), self._ws.taxonomy, makers, slugs(entries), known)


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Name, time and size of every entry below a folder."""
    try:
        with os.scandir(folder) as found:
            for item in found:
                if item.is_dir():
                    yield from _stamps(Path(item.path))
                elif item.name.endswith(".toml"):
                    state = item.stat()
                    yield item.path, state.st_mtime_ns, state.st_size
    except FileNotFoundError:  # removed a moment ago, by an undo or by git
        return
