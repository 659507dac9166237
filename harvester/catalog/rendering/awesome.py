"""The public list: ``README.md``, in the format of the list this project grew from.

The format is defined in ``templates/``; another list may replace any template with its own. All values that a template
prints are escaped unless they are already `Markdown`, so no template can forget to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError
from harvester.base.escape import is_web_url, markdown, markdown_url
from harvester.base.files import write_atomic
from harvester.catalog.entry import Entry, tell
from harvester.catalog.folder import load_catalog
from harvester.catalog.form.item import ItemForm, link_name, render_item
from harvester.catalog.form.learned import ListForm
from harvester.catalog.form.storage import load_form
from harvester.catalog.rendering.anchors import Slugger, heading_text
from harvester.catalog.rendering.framed import render_framed
from harvester.catalog.rendering.pages import MARKER, PAGE_LIMIT, PAGES, in_parts, is_ours
from harvester.catalog.rendering.trends import IMAGES, LABELS, YEARS, badges, pictures
from harvester.catalog.sections import Section, arrange
from harvester.domain.text import clean

if TYPE_CHECKING:
    from jinja2 import Environment, Template

README = "README.md"
CONTENTS = "Contents"


class Markdown(str):
    """Text that is already Markdown and is printed unchanged."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """A file with part of a section that is too long for the README."""

    file: str
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class _View:
    """A section in the form that templates receive."""

    key: str
    name: str
    emoji: str
    heading: str
    anchor: Markdown
    count: int
    papers: tuple[Markdown, ...]
    sections: tuple["_View", ...]
    pages: tuple[_Page, ...] = ()


def render_list(
    entries: Iterable[Entry],
    taxonomy: Taxonomy,
    templates: Path | None = None,
    form: ListForm | None = None,
    papers: ItemForm | None = None,
) -> dict[str, str]:
    """The list's files by name: ``README.md``, and if that would be too long, the pages it links to.

    The same entries always give the same bytes.

    Args:
        templates: a folder whose templates take precedence over the built-in ones of the same name.
        form: the form learned from another list, which takes precedence over all templates.
        papers: the form of a paper, which takes precedence over the template ``paper.md.j2``.

    Raises:
        CatalogError: a template in that folder is broken, or the form and the taxonomy disagree.
    """
    from jinja2 import TemplateError

    if form:
        return render_framed(form, entries, taxonomy, README)
    try:
        return _render(list(entries), taxonomy, _environment(templates), papers)
    except TemplateError as error:
        place = ", ".join(str(part) for part in (getattr(error, "name", ""), getattr(error, "lineno", "")) if part)
        raise CatalogError(
            f"A template in {templates} is broken ({place or type(error).__name__}): {error}."
        ) from error


def _render(
    entries: list[Entry], taxonomy: Taxonomy, templates: "Environment", form: ItemForm | None
) -> dict[str, str]:
    slugger = Slugger()
    slugger.name(clean(taxonomy.title))
    contents = Markdown(slugger.name(CONTENTS))
    texts: dict[str, Markdown] = {}
    paper = form or templates.get_template("paper.md.j2")
    chapters = [_view(section, slugger, texts, paper) for section in arrange(entries, taxonomy)]
    head = {"marker": Markdown(MARKER), "title": taxonomy.title, "scope": taxonomy.scope.definition} | {
        "contents": CONTENTS, "badges": badges(entries), "charts": (YEARS, LABELS) if entries else ()
    } | _layout(form)  # fmt: skip
    whole = templates.get_template("list.md.j2")
    readme = whole.render(head, chapters=chapters)
    if len(readme.encode()) <= PAGE_LIMIT:
        return {README: readme}
    files: dict[str, str] = {}
    page = templates.get_template("page.md.j2")
    shared = {"contents_anchor": contents} | _layout(form)
    split = [_split(chapter, chapter, shared, page, files) for chapter in chapters]
    return {README: whole.render(head, chapters=split)} | files


def build(
    folder: Path, taxonomy: Taxonomy, templates: Path | None = None, papers: ItemForm | None = None
) -> tuple[int, list[str]]:
    """Render the list of the catalog in a folder.

    Returns:
        The number of entries, and the list's files, changed or not.

    Raises:
        CatalogError: an entry or a template cannot be read. Nothing is written, since a typo in a file must not
            remove a paper from the public list.
    """
    catalog = load_catalog(folder, taxonomy)
    if catalog.problems:
        raise CatalogError(f"The list is not built: {tell(catalog.problems)}")
    return len(catalog.entries), write_list(folder, catalog.entries, taxonomy, templates, papers)


def write_list(
    folder: Path,
    entries: Iterable[Entry],
    taxonomy: Taxonomy,
    templates: Path | None = None,
    papers: ItemForm | None = None,
) -> list[str]:
    """Render the list of these entries into the folder and return the names of its files, changed or not.

    Pages of an earlier build that are no longer needed are removed; files that a build did not write are kept.
    """
    listed, form = list(entries), load_form(folder)
    files = render_list(listed, taxonomy, templates, form, papers)
    if not form or f"{IMAGES}/" in files[README]:
        files |= pictures(listed, taxonomy)
    for name, text in reversed(files.items()):  # the README last, because it links to the others
        write_atomic(folder / name, text)
    for path in sorted((folder / PAGES).glob("*.md")):
        if f"{PAGES}/{path.name}" not in files and is_ours(path):
            path.unlink(missing_ok=True)
    return list(files)


def _layout(form: ItemForm | None) -> dict[str, object]:
    """What stands above the papers of a section, and whether there is an empty line between two of them."""
    return {"head": Markdown(form.head if form else ""), "spaced": not form or form.blank_lines > 0}


def _view(section: Section, slugger: Slugger, texts: dict[str, Markdown], form: "Template | ItemForm") -> _View:
    heading = heading_text(clean(section.name), clean(section.emoji))
    return _View(
        key=section.key,
        name=section.name,
        emoji=section.emoji,
        heading=heading,
        anchor=Markdown(slugger.name(heading)),  # before those of its sections, in page order
        count=len(section.entries),
        papers=tuple(_paper(entry, texts, form) for entry in section.entries),
        sections=tuple(_view(part, slugger, texts, form) for part in section.sections),
    )


def _paper(entry: Entry, texts: dict[str, Markdown], form: "Template | ItemForm") -> Markdown:
    """The entry's lines; rendered once, although it may be in several sections."""
    if isinstance(form, ItemForm):
        return Markdown(render_item(form, entry))
    if entry.id not in texts:
        links = [
            {"label": link_name(role, address), "address": Markdown(markdown_url(address))}
            for role, address in entry.links.items()
            if is_web_url(address)
        ]
        text = form.render(
            title=entry.title, published=entry.published.label, venue=clean(entry.venue), links=links, entry=entry
        )
        texts[entry.id] = Markdown(text.rstrip("\n"))
    return texts[entry.id]


def _split(
    section: _View, chapter: _View, shared: Mapping[str, object], template: "Template", files: dict[str, str]
) -> _View:
    """The section with its papers moved to separate pages, which are added to `files`."""
    if section.sections:
        return replace(
            section, sections=tuple(_split(part, chapter, shared, template, files) for part in section.sections)
        )
    parts = in_parts(section.papers)
    names = [f"{PAGES}/{section.key}{f'-{number}' if number > 1 else ''}.md" for number in range(1, len(parts) + 1)]
    pages = tuple(_Page(name, number, len(part)) for number, name, part in zip(count(1), names, parts))
    section = replace(section, papers=(), pages=pages)
    shared = {**shared, "marker": Markdown(MARKER), "chapter": chapter, "section": section}
    for page, part in zip(pages, parts, strict=True):
        files[page.file] = template.render(shared, number=page.number, papers=part)
    return section


@cache
def _environment(own: Path | None) -> "Environment":
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

    ours = PackageLoader("harvester.catalog.rendering")
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(own), ours]) if own else ours,
        finalize=_escape,
        autoescape=False,  # noqa: S701 - this is Markdown; _escape does what autoescape does for HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _escape(value: object) -> Markdown:
    """Foreign text, escaped; an ampersand before a space starts no entity, so it is left as it is."""
    if isinstance(value, Markdown):
        return value
    return Markdown(markdown(clean(str(value))).replace("&amp; ", "& "))
