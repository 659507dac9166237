"""The catalog in a server's memory, because parsing all of it takes seconds; `watched` says when it is read again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Lock

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry, parse_entry
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
from harvester.web.watched import Watched


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

    @property
    def searched(self) -> bool:
        """Whether the text search was ever needed."""
        return "finder" in vars(self)

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
        self._parsed: dict[Path, tuple[str, Entry]] = {}
        self._watched = Watched[Contents](ws.catalog / "entries", ".toml", self._read)

    def contents(self) -> Contents:
        """All valid entries; `catalog check` reports what is wrong with the others."""
        return self._watched.now()

    def _read(self, last: Contents | None) -> Contents:
        entries = load_catalog(self._ws.catalog, self._ws.taxonomy, self._parse).entries
        home = self._ws.settings.digest.base_url
        context = partial(export_context, self._ws, entries)
        known = once(partial(known_papers, self._ws, entries))
        makers = site(entries, self._ws.taxonomy, known, SERVED, context, home, small=True)
        contents = Contents(shown(entries), self._ws.taxonomy, makers, slugs(entries), known)
        if last and last.searched:
            contents.finder  # noqa: B018 - made here, beside the requests, which would have to wait for it
        return contents

    def _parse(self, text: str, path: Path, taxonomy: Taxonomy) -> Entry:
        """An entry; parsed only if its file has another text than before."""
        known = self._parsed.get(path)
        if known is None or known[0] != text:
            known = self._parsed[path] = (text, parse_entry(text, path, taxonomy))
        return known[1]
