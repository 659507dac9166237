"""Write the new addresses of links that moved permanently into the entries' files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import HarvesterError
from harvester.catalog.check import CheckFinding
from harvester.catalog.entry import Entry
from harvester.catalog.folder import Catalog, load_entry, write_entry
from harvester.catalog.link_findings import Answers, moved_links, unwritten_link, written_link


def fix_links(catalog: Catalog, taxonomy: Taxonomy, answers: Answers) -> Iterator[CheckFinding]:
    """Correct the entries one by one and tell of each link; what cannot be written is an error that stops no other."""
    for entry in catalog.entries:
        if entry.path and moved_links(entry, answers):
            try:
                yield from _fixed(catalog, entry.path, taxonomy, answers)
            except HarvesterError as error:
                yield unwritten_link(entry, str(error))


def _fixed(catalog: Catalog, path: Path, taxonomy: Taxonomy, answers: Answers) -> list[CheckFinding]:
    """The file is read again, since somebody may have edited it while the links were asked."""
    entry: Entry = load_entry(catalog.folder, path, taxonomy)
    if moved := moved_links(entry, answers):
        write_entry(catalog.folder, replace(entry, links={**entry.links, **moved}), taxonomy)
    return [
        written_link(entry, catalog.line(entry, f"links.{role}"), role, entry.links[role], new)
        for role, new in moved.items()
    ]
