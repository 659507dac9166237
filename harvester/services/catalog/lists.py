"""Import a list, render the list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError, UsageError
from harvester.catalog.entry import Entry
from harvester.catalog.folder import load_catalog, write_entry
from harvester.catalog.form.learned import Learned, learn
from harvester.catalog.form.regions import regions
from harvester.catalog.form.storage import save_form
from harvester.catalog.importing.awesome import ImportedList, parse_list, read_list
from harvester.catalog.importing.choices import Choices
from harvester.catalog.rendering.awesome import build as render
from harvester.domain.folding import whole_title
from harvester.domain.labels import Labels
from harvester.services.catalog.enrich import enriched
from harvester.services.catalog.headings import Headings, explained, given_choices
from harvester.services.catalog.sync import sync_locked
from harvester.services.review.decisions import CATALOG_LOCK, settle
from harvester.services.workspace import Workspace
from harvester.store.locks import lock

AUTO = "auto"  # the template that is learned from the list


@dataclass(frozen=True, slots=True)
class Import:
    """The result of importing a list; `merged` papers were already in the catalog.

    `headings` are those without a meaning, with proposals; `problems` are files that could not be read or written when
    files and store were synchronized.
    """

    read: ImportedList
    new: int
    merged: int
    enriched: int = 0
    headings: Headings = Headings()  # noqa: RUF009 - frozen, so it can be shared
    problems: tuple[str, ...] = ()
    learned: Learned | None = None

    def to_json(self) -> dict[str, Any]:
        """What ``catalog import`` prints."""
        return {
            "papers": len(self.read.papers),
            "placements": self.read.placements,
            "new": self.new,
            "merged": self.merged,
            "enriched": self.enriched,
            "skipped": self.read.skipped,
            "unplaced": [{"line": item.line, "text": item.text} for item in self.read.unplaced],
            **self.headings.to_json(),
            "problems": list(self.problems),
            **({"form": self.learned.to_json()} if self.learned else {}),
        }


def import_list(
    ws: Workspace,
    file: Path,
    *,
    choices: Sequence[str] = (),
    dry_run: bool = False,
    online: bool = False,
    template: str = "",
) -> Import:
    """Import an Awesome-style list into the catalog; a paper that is already there gains its labels and links.

    What the list does not say about a paper (authors, date, venue) is taken from the store.

    Args:
        choices: what headings mean, see `headings.given_choices`.
        online: whether arXiv is asked for what the store does not know either.
        template: "auto" if the catalog's list shall be built in the form of this one from now on.

    Raises:
        UsageError: a choice or the template is not valid.
        CatalogError: the list cannot be read, or contains no paper or no heading; nothing is written.
        HarvesterError: an entry cannot be written.
    """
    if template not in ("", AUTO):
        raise UsageError(f"--template {template!r} is not known; the only one is: {AUTO}.")
    text, chosen = read_list(file), given_choices(choices, ws.taxonomy)
    read = parse_list(text, ws.taxonomy, chosen)
    if not read.papers and not read.unplaced and not read.skipped:
        raise CatalogError(f"{file} contains no papers; give a list with titles in bold or as links below headings.")
    if not read.headings:
        raise CatalogError(
            f"{file} has no headings, from which its papers get their labels",
            remedy='write one above each group of papers, such as "## Segmentation"',
        )
    as_listed, papers = read.papers, enriched(ws, read.papers, online=online)
    better = sum(old != new for old, new in zip(read.papers, papers, strict=True))
    read = replace(read, papers=tuple(papers))
    with lock(ws.store, CATALOG_LOCK, wait=True):
        changed, merged = _merged(ws, read)
        learned = _learned(ws, text, as_listed, changed, chosen) if template else None
        if not dry_run:
            for entry in changed:
                write_entry(ws.catalog, entry, ws.taxonomy)
            if learned:
                save_form(ws.catalog, learned.form)
        problems = () if dry_run else tuple(sync_locked(ws).problems)
    headings = explained(ws, read.unknown, file, choices, chosen, dry_run=dry_run)
    return Import(read, len(read.papers) - merged, merged, better, headings, problems, learned)


def _learned(
    ws: Workspace, text: str, read: Sequence[Entry], entries: Sequence[Entry], choices: Choices
) -> Learned | None:
    return learn(text, read, entries, regions(text, ws.taxonomy, choices), ws.taxonomy)


def _merged(ws: Workspace, read: ImportedList) -> tuple[list[Entry], int]:
    """The entries that a list brings, and how many of them already existed."""
    known = by_name(load_catalog(ws.catalog, ws.taxonomy).entries)
    changed: list[Entry] = []
    merged = 0
    for found in read.papers:
        old = known.get(found.id) or known.get(whole_title(found.title))
        merged += old is not None
        changed.append(joined(old, found, ws.taxonomy) if old else found)
    return changed, merged


def by_name(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries by id and by title."""
    listed = list(entries)
    return {entry.id: entry for entry in listed} | {whole_title(entry.title): entry for entry in listed}


def joined(old: Entry, found: Entry, taxonomy: Taxonomy) -> Entry:
    """An entry merged with what a list says: labels and links are joined, missing authors or a missing note added."""
    facets = {
        facet.id: old.labels.of(facet.id)
        if facet.exclusive
        else tuple(
            label for label in facet.label_ids if old.labels.has(facet.id, label) or found.labels.has(facet.id, label)
        )
        for facet in taxonomy.facets
    }
    new = {role: address for role, address in found.links.items() if role not in old.links}
    return replace(
        old,
        labels=Labels(facets),
        links={**old.links, **new},
        authors=old.authors or found.authors,
        note=old.note or found.note,
    )


def build(ws: Workspace) -> dict[str, Any]:
    """Render the list from the entries; ``{"entries", "files"}``.

    Raises:
        CatalogError: an entry cannot be read or written; the list is unchanged.
    """
    with lock(ws.store, CATALOG_LOCK, wait=True):
        if problems := settle(ws):
            raise CatalogError(problems[0])
        entries, files = render(ws.catalog, ws.taxonomy, ws.templates, ws.list_form)
        return {"entries": entries, "files": [str(ws.catalog / name) for name in files]}
