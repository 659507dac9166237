"""The catalog in a server's memory, because parsing all of it takes seconds; `watched` says when it is read again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry, parse_entry
from harvester.catalog.export.records import plain
from harvester.catalog.folder import load_catalog
from harvester.catalog.search import Finder
from harvester.catalog.sections import newest_first
from harvester.catalog.site.addresses import slugs
from harvester.catalog.site.arrangement import Arrangement, arranged, computed_apart, once
from harvester.catalog.site.files import Maker, site
from harvester.catalog.site.known import AllKnown
from harvester.catalog.site.navigation import SERVED
from harvester.catalog.site.pages import Frame
from harvester.domain.layouts import fitted
from harvester.services.catalog.export import export_context
from harvester.services.catalog.site import known_papers
from harvester.services.workspace import Workspace
from harvester.store.engine import read
from harvester.store.layouts import newest_layout
from harvester.web.watched import Watched

_Parsed = tuple[bytes, Entry]  # the hash of a file's text, and its entry as the pages show it


@dataclass
class Contents:
    """The entries at one moment, newest first, and what is made from them on first use.

    `last` is the search in the entries that were there before, from which most of the present one can be taken over.
    """

    frame: Frame
    makers: dict[str, Maker]
    known: Callable[[], AllKnown]
    last: Finder | None = None

    def __post_init__(self) -> None:
        self._made: dict[str, Maker] = {}
        self._lock = Lock()

    @property
    def entries(self) -> Sequence[Entry]:
        """All entries."""
        return self.frame.papers

    @property
    def slugs(self) -> Mapping[str, str]:
        """The names of the papers' pages, by the entries' ids."""
        return self.frame.slugs

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
        abstracts = {name: one.abstract for name, one in self.known().items()}
        last, self.last = self.last, None
        return Finder(self.entries, self.frame.taxonomy, abstracts, last)

    def file(self, name: str) -> bytes | None:
        """A file of the site; None if there is no such file. Pages of papers are many, and made anew each time."""
        if name not in self.makers:
            return None
        if name.startswith("paper/"):
            return self.makers[name]()
        with self._lock:  # never held while something is made, for which only those wait who want it
            made = self._made.setdefault(name, once(self.makers[name]))
        return made()


class CatalogCache:
    """The catalog's present contents."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._parsed: dict[Path, _Parsed] = {}
        self._watched = Watched[Contents](ws.catalog / "entries", ".toml", self._read)

    def contents(self) -> Contents:
        """All valid entries; `catalog check` reports what is wrong with the others."""
        return self._watched.now()

    def _read(self, last: Contents | None) -> Contents:
        frame = self._frame()
        known = once(partial(known_papers, self._ws, frame.papers))
        makers = site(frame, known, partial(export_context, self._ws, frame.papers), partial(self._arranged, frame))
        finder = vars(last).get("finder") if last else None
        contents = Contents(frame, makers, known, finder)
        if finder:
            contents.finder  # noqa: B018 - made here, beside the requests, which would have to wait for it
        return contents

    def _arranged(self, frame: Frame, texts: Sequence[str]) -> Arrangement:
        """How the papers lie to each other, as the last night found; what it knew too little of is computed."""
        with read(self._ws.store) as db:
            layout = newest_layout(db)
        known = fitted(layout, {entry.id: entry.labels for entry in frame.papers}) if layout else None
        return arranged(known) if known else computed_apart(texts)

    def _frame(self) -> Frame:
        """What the pages share; an entry is parsed only if its file has another text than before."""
        before, parsed = self._parsed, dict[Path, _Parsed]()

        def parse(text: str, path: Path, taxonomy: Taxonomy) -> Entry:
            mark, known = sha256(text.encode()).digest(), before.get(path)
            parsed[path] = known if known and known[0] == mark else (mark, plain(parse_entry(text, path, taxonomy)))
            return parsed[path][1]

        entries = load_catalog(self._ws.catalog, self._ws.taxonomy, parse).entries
        self._parsed = parsed  # of files that are gone, nothing is kept
        papers, home = newest_first(entries), self._ws.settings.digest.base_url
        return Frame(self._ws.taxonomy, papers, slugs(papers), home, SERVED)
