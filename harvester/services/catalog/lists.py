"""Import a list, render the list."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harvester.base.errors import CatalogError, UsageError
from harvester.catalog.entry import Entry
from harvester.catalog.folder import load_catalog, write_entry
from harvester.catalog.form.builtin import builtin_form
from harvester.catalog.form.learned import Learned, learn
from harvester.catalog.form.regions import regions
from harvester.catalog.form.storage import save_form
from harvester.catalog.importing.account import Balance, Skipped
from harvester.catalog.importing.awesome import ImportedList, Source, parse_lists, read_list
from harvester.catalog.importing.choices import Choices
from harvester.catalog.importing.joining import join_list
from harvester.catalog.importing.skipping import LEFT_OUT
from harvester.catalog.rendering.awesome import build as render
from harvester.services.catalog.enrich import enriched
from harvester.services.catalog.headings import Headings, explained, given_choices
from harvester.services.catalog.sync import paper_numbers, sync_locked
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
            **_balance_json(self.read.balance),
            "skipped": [_record(one.line, one.text, one.file, reason=one.reason) for one in self.read.skipped],
            "unplaced": [_record(one.line, one.text, one.file, why=one.why) for one in self.read.unplaced],
            **self.headings.to_json(),
            "conflicts": list(self.read.conflicts),
            "problems": list(self.problems),
            **({"form": self.learned.to_json()} if self.learned else {}),
        }


def _balance_json(balance: Balance) -> dict[str, int]:
    """How many links the list has, and where they are."""
    return {
        "links": balance.links,
        "in_entries": balance.in_entries,
        "entries": balance.entries,
        "left_out": balance.left_out,
        "without_place": balance.unplaced,
    }


def _record(line: int, text: str, file: str, **why: str) -> dict[str, Any]:
    return {"line": line, "text": text, **why, **({"file": file} if file else {})}


def import_list(
    ws: Workspace,
    files: Sequence[Path],
    *,
    choices: Sequence[str] = (),
    dry_run: bool = False,
    online: bool = False,
    template: str = "",
) -> Import:
    """Import Awesome-style lists into the catalog; a paper that is already there gains its labels and links.

    What the lists do not say about a paper (authors, date, venue) is taken from the store.

    Args:
        files: the lists; of a folder, all Markdown files below it.
        choices: what headings mean, see `headings.given_choices`.
        online: whether arXiv is asked for what the store does not know either.
        template: "auto" if the catalog's list shall be built in the form of this one from now on.

    Raises:
        UsageError: a choice or the template is not valid, or a template is to be learned from several files.
        CatalogError: a list cannot be read, they contain no paper or no heading; nothing is written.
        HarvesterError: an entry cannot be written.
    """
    lists = list_files(files)
    _check_template(template, lists)
    named = _named(lists)
    chosen = given_choices(choices, ws.taxonomy)
    sources = [Source(read_list(file), str(file) if len(lists) > 1 else "") for file in lists]
    read = parse_lists(sources, ws.taxonomy, chosen)
    _check_read(read, named)
    as_listed, papers = read.papers, enriched(ws, read.papers, online=online)
    read = replace(read, papers=tuple(papers))
    with lock(ws.store, CATALOG_LOCK, wait=True):
        catalog = load_catalog(ws.catalog, ws.taxonomy).entries
        done = join_list(catalog, read.papers, ws.taxonomy, lambda entries: paper_numbers(ws, entries))
        better = _improved(catalog, as_listed, papers, done.entries)
        read = replace(read, conflicts=(*read.conflicts, *done.told))
        learned = _learned(ws, sources[0].text, as_listed, done.entries, chosen) if template else None
        if not dry_run:
            for entry in {entry.id: entry for entry in done.entries}.values():
                write_entry(ws.catalog, entry, ws.taxonomy)
            if learned:
                save_form(ws.catalog, learned.form)
        problems = () if dry_run else tuple(sync_locked(ws).problems)
    headings = explained(ws, read.unknown, lists, choices, chosen, dry_run=dry_run)
    return Import(read, len(read.papers) - done.merged, done.merged, better, headings, problems, learned)


def _check_template(template: str, lists: Sequence[Path]) -> None:
    if template not in ("", AUTO):
        raise UsageError(f"--template {template!r} is not known; the only one is: {AUTO}.")
    if template and len(lists) > 1:
        raise UsageError(
            f"--template {AUTO} learns the form of one list, and {len(lists)} files were given",
            remedy="import the others without it",
        )


def _check_read(read: ImportedList, named: str) -> None:
    if not read.papers and not read.unplaced and not read.left_out and not any(map(_by_choice, read.skipped)):
        raise CatalogError(
            f"{named} contains no papers" + (f" ({read.balance})" if read.balance.links else ""),
            remedy="give a list with titles in bold or as links below headings",
        )
    if not read.headings:
        raise CatalogError(
            f"{named} has no headings, from which its papers get their labels",
            remedy='write one above each group of papers, such as "## Segmentation"',
        )


def _improved(catalog: Sequence[Entry], listed: Sequence[Entry], papers: Sequence[Entry], made: Sequence[Entry]) -> int:
    """How many entries change and have something that their list does not say."""
    before = {entry.id: entry for entry in catalog}
    found = zip(listed, papers, made, strict=True)
    return len({entry.id for old, new, entry in found if old != new and before.get(entry.id) != entry})


def list_files(given: Sequence[Path]) -> list[Path]:
    """The files of lists, each once; a folder stands for all Markdown files below it.

    Raises:
        CatalogError: there is no Markdown file below a folder.
    """
    found: dict[str, Path] = {}
    for path in given:
        inside = sorted(_markdown_below(path)) if path.is_dir() else [path]
        if not inside:
            raise CatalogError(f"{path} has no Markdown files", remedy="give the README.md of a list, or its folder")
        for file in inside:
            found.setdefault(os.path.realpath(file), file)  # unlike resolve, not stopped by links in circles
    return list(found.values())


def _markdown_below(folder: Path) -> Iterator[Path]:
    """The .md files below a folder, except in hidden ones such as ``.github``."""
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.suffix.lower() == ".md" and not hidden and file.is_file():
            yield file


def _named(lists: Sequence[Path]) -> str:
    return str(lists[0]) if len(lists) == 1 else f"None of the {len(lists)} files"


def _by_choice(record: Skipped) -> bool:
    return record.reason == LEFT_OUT


def _learned(
    ws: Workspace, text: str, read: Sequence[Entry], entries: Sequence[Entry], choices: Choices
) -> Learned | None:
    return learn(text, read, entries, regions(text, ws.taxonomy, choices), ws.taxonomy)


def build(ws: Workspace) -> dict[str, Any]:
    """Render the list from the entries; ``{"entries", "files"}``.

    Raises:
        CatalogError: an entry cannot be read or written; the list is unchanged.
    """
    with lock(ws.store, CATALOG_LOCK, wait=True):
        if problems := settle(ws):
            raise CatalogError(problems[0])
        form = builtin_form(ws.settings.catalog.form, ws.settings.catalog.show)
        entries, files = render(ws.catalog, ws.taxonomy, ws.templates, form)
        return {"entries": entries, "files": [str(ws.catalog / name) for name in files]}
