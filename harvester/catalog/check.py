"""Finds problems in a catalog and grades them: errors must be corrected, warnings should be reviewed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError
from harvester.base.escape import is_web_url
from harvester.catalog.entry import Entry
from harvester.catalog.folder import Catalog
from harvester.catalog.form.item import ItemForm
from harvester.catalog.form.learned import ListForm
from harvester.catalog.importing.roles import paper_link
from harvester.catalog.rendering.anchors import dead_anchors
from harvester.catalog.rendering.awesome import README, render_list
from harvester.catalog.sections import OTHER, arrange
from harvester.domain.folding import whole_title
from harvester.domain.identity import link_identifier
from harvester.domain.same_work import names_conflict

Grade = Literal["error", "warning", "note"]
_ORDER = ("error", "warning", "note")
FIRST_YEAR = 1900  # earlier than any paper on computing
AHEAD = 366  # days by which a journal may date an issue ahead


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """A problem, its location, and what to do about it; a note asks for nothing.

    A finding about a link that was asked has its `address` and, if it has moved, its new one.
    """

    grade: Grade
    rule: str
    file: str
    line: int | None
    message: str
    address: str = ""
    moved_to: str = ""

    def to_json(self) -> dict[str, str | int | None]:
        """``{"grade", "rule", "file", "line", "message"}``, and of links ``{"address", "moved_to"}``."""
        of_link = {"address": self.address, "moved_to": self.moved_to or None} if self.address else {}
        plain = {"grade": self.grade, "rule": self.rule, "file": self.file, "line": self.line, "message": self.message}
        return {**plain, **of_link}


def check(
    catalog: Catalog,
    taxonomy: Taxonomy,
    readme: str | None,
    today: date,
    *,
    withdrawn: Iterable[str] = (),
    templates: Path | None = None,
    form: Callable[[], ListForm | None] = lambda: None,
    papers: ItemForm | None = None,
) -> list[CheckFinding]:
    """All findings, errors first, then by file and line.

    Args:
        readme: the rendered list, None if there is none.
        withdrawn: the ids of papers that their authors withdrew.
        templates: the folder of templates that the list is rendered with, None for the built-in ones.
        form: reads the form learned from another list that it is rendered in, if there is one.
        papers: the form of a paper without such a list, None for that of the templates.
    """
    findings = [
        CheckFinding("error", problem.rule, problem.file, problem.line, _sentence(problem.message))
        for problem in catalog.problems
    ]
    findings += _links(catalog)
    findings += _same_titles(catalog)
    findings += _shared_links(catalog)
    findings += _dates(catalog, today)
    findings += _withdrawn(catalog, frozenset(withdrawn))
    findings += _without_section(catalog, taxonomy)
    findings += _list(
        catalog, readme, lambda: render_list(catalog.entries, taxonomy, templates, form(), papers)[README]
    )
    return ordered(findings)


def ordered(findings: Iterable[CheckFinding]) -> list[CheckFinding]:
    """Errors first and notes last, then by file and line."""

    def place(finding: CheckFinding) -> tuple[int, str, int, str, str]:
        return _ORDER.index(finding.grade), finding.file, finding.line or 0, finding.rule, finding.message

    return sorted(findings, key=place)


def _finding(catalog: Catalog, grade: Grade, rule: str, entry: Entry, key: str, message: str) -> CheckFinding:
    return CheckFinding(grade, rule, _file(entry), catalog.line(entry, key), message)


def _file(entry: Entry) -> str:
    return entry.path.as_posix() if entry.path else entry.id


def _links(catalog: Catalog) -> Iterator[CheckFinding]:
    for entry in catalog.entries:
        if not entry.links:
            message = f'{entry.title!r} has no link; add paper = "https://..." below [links].'
            yield _finding(catalog, "error", "no-link", entry, "links", message)
        for role, address in entry.links.items():
            if not is_web_url(address):
                message = (
                    f"The {role} link {address!r} is not a valid web address; write one that begins with https://."
                )
                yield _finding(catalog, "error", "bad-link", entry, f"links.{role}", message)


def _same_titles(catalog: Catalog) -> Iterator[CheckFinding]:
    first: dict[str, Entry] = {}
    for entry in catalog.entries:
        other = first.setdefault(whole_title(entry.title), entry)
        if other is entry:
            continue
        if names_conflict([entry.id], [other.id]):
            message = f"{entry.title!r} is also the title of {_file(other)}, which is another paper: {other.id}."
            yield _finding(catalog, "note", "same-title", entry, "title", message)
        else:
            message = f"{entry.title!r} is also the title of {_file(other)}; remove one of the two files."
            yield _finding(catalog, "error", "duplicate-title", entry, "title", message)


def _shared_links(catalog: Catalog) -> Iterator[CheckFinding]:
    """A finding for each address that several papers give as their own page; they may share a link to code."""
    sharing: dict[str, dict[str, tuple[Entry, str]]] = defaultdict(dict)
    for entry in catalog.entries:
        for role, address in entry.links.items():
            if paper_link(role):
                sharing[link_identifier(address) or address.rstrip("/")].setdefault(entry.id, (entry, role))
    for name, users in sharing.items():
        if len(users) > 1:
            entry, role = next(iter(users.values()))
            files = ", ".join(_file(other) for other, _ in users.values())
            message = f"{len(users)} papers link to {name}: {files}; correct the links that are wrong."
            yield _finding(catalog, "warning", "shared-link", entry, f"links.{role}", message)


def _dates(catalog: Catalog, today: date) -> Iterator[CheckFinding]:
    """Dates that exist in the calendar but cannot be a paper's."""
    for entry in catalog.entries:
        when = entry.published
        if not when:
            continue
        days = (date(when.year, when.month or 1, when.day or 1) - today).days
        if when.year < FIRST_YEAR or days > AHEAD:
            message = f"{entry.title!r} is dated {when}, which is impossible; correct its published date."
            yield _finding(catalog, "error", "impossible-date", entry, "published", message)
        elif days > 0:
            message = f"{entry.title!r} is dated {when}, which is in the future; check its published date."
            yield _finding(catalog, "warning", "future-date", entry, "published", message)


def _withdrawn(catalog: Catalog, withdrawn: frozenset[str]) -> Iterator[CheckFinding]:
    for entry in catalog.entries:
        if "retraction" in entry.links:
            message = f"{entry.id} was retracted; the list shows it struck through. Remove the file if it shall not."
            yield _finding(catalog, "warning", "retracted", entry, "id", message)
        elif entry.id in withdrawn:
            message = f"{entry.id} was withdrawn by its authors; remove the file, or undo its acceptance."
            yield _finding(catalog, "warning", "withdrawn", entry, "id", message)


def _without_section(catalog: Catalog, taxonomy: Taxonomy) -> Iterator[CheckFinding]:
    for chapter in arrange(catalog.entries, taxonomy):
        if chapter.name == OTHER:
            for entry in chapter.entries:
                message = f"{entry.title!r} belongs to no section and is listed under {OTHER}; give it a label."
                yield _finding(catalog, "warning", "no-section", entry, "kind", message)


def _list(catalog: Catalog, readme: str | None, render: Callable[[], str]) -> Iterator[CheckFinding]:
    for line, anchor in dead_anchors(readme or ""):
        yield CheckFinding(
            "error", "dead-anchor", README, line, f"The link to #{anchor} leads to no heading in the list."
        )
    if not catalog.entries and readme is None:
        return
    try:
        fresh = render().replace("\r\n", "\n")  # as `readme` was read
    except CatalogError as error:
        yield CheckFinding("error", "broken-form", README, None, str(error))
        return
    if readme != fresh:
        message = "The list does not match the entries; run `harvester catalog build`."
        yield CheckFinding("warning", "stale-list", README, None, message)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}."
