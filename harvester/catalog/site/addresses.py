"""The addresses of the site's pages. A paper's page is named after its entry's file, which keeps its name for good."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from harvester.catalog.entry import Entry, entry_path

PAGE = 50  # papers on a page of the list that needs no script
LONGEST_SEARCH = 300  # characters


def slugs(entries: Iterable[Entry]) -> dict[str, str]:
    """The names of the papers' pages by entry id; case is ignored, as file systems do.

    Of two files with one name, in folders of two years, the earlier path keeps it.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for path, entry in sorted(((entry.path or entry_path(entry)).as_posix(), entry.id) for entry in entries):
        name = path.rpartition("/")[2].removesuffix(".toml")
        while name.casefold() in taken:
            name = f"{name}-{hashlib.sha256(entry.encode()).hexdigest()[:8]}"
        taken.add(name.casefold())
        found[entry] = name
    return found


def paper_path(slug: str) -> str:
    """The address of a paper's page below the site's root."""
    return f"paper/{quote(slug, safe='')}/"


def page_path(identifier: str, entry: str | None) -> str:
    """The address of a paper's page on the server: ``/paper/<slug>/``.

    Args:
        entry: the entry's file within the catalog, named by the slug; without one, the list shows the paper.
    """
    return f"/{paper_path(PurePosixPath(entry).stem)}" if entry else f"/?paper={quote(identifier, safe=':/')}"


def pages(papers: Sequence[Entry]) -> int:
    """How many pages the list has, at least one."""
    return max(1, -(-len(papers) // PAGE))


def list_path(page: int) -> str:
    """The address of a page of the list below the site's root, "" for the first."""
    return "" if page == 1 else f"page/{page}/"
