"""The form of one paper's lines in a list, and a paper rendered in it. Pure.

A form is a row of parts. Each part is a text with the names of fields in braces, such as ``*{venue}*``, and is left out
where the paper lacks a field; what stands before it goes with it. A table has such a row for each of its columns.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harvester.base.escape import is_web_url, markdown, markdown_url, sparing_markdown
from harvester.catalog.entry import Entry
from harvester.catalog.form.styles import Names, show_date
from harvester.domain.text import clean

FIELD = re.compile(r"\{(?P<name>[a-z][a-z0-9-]*)\}")
LINKS = "links"
PLAIN_FIELDS = ("title", "authors", "date", "venue", "note")
_STOPS = (".", "。", "!", ";")
_LINK_NAMES = {"paper": "Paper", "pdf": "PDF", "project": "Project", "code": "Code"}


@dataclass(frozen=True, slots=True)
class Part:
    """Alternatives, of which the first is shown whose fields the paper has, and what stands before it."""

    texts: tuple[str, ...]
    before: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """The parts of a table's column (another form has one column), and what an empty cell holds.

    `width` is the number of characters that cells are padded to.
    """

    parts: tuple[Part, ...]
    empty: str = ""
    width: int = 0


@dataclass(frozen=True, slots=True)
class ItemForm:
    """How a list writes a paper.

    `start` may contain ``{number}``, the paper's number in its section. `blank_lines` stand between two papers. `head`
    are the lines above the papers of a table that the list does not have yet. `escape` says which of Markdown's signs
    are escaped in a paper's own words: ``all``, or ``read`` for those that would be read as markup.
    """

    name: str
    columns: tuple[Column, ...]
    start: str = ""
    between: str = " | "
    end: str = ""
    blank_lines: int = 0
    head: str = ""
    dates: tuple[str, ...] = ("%b., %Y", "%Y")
    names: Names = Names()  # noqa: RUF009 - frozen, so it can be shared
    link: str = "[[{label}]({address})]"
    between_links: str = " "
    labels: Mapping[str, str] = field(default_factory=dict)
    escape: str = "read"


def render_item(form: ItemForm, entry: Entry, number: int = 1) -> str:
    """The lines of a paper, without a line end after the last."""
    values = _values(form, entry)
    shown = {name for part in _parts(form) for name in FIELD.findall(_chosen(part, values))}
    links = (
        _link(form, role, address) for role, address in entry.links.items() if role not in shown and is_web_url(address)
    )
    values[LINKS] = form.between_links.join(links)
    cells = (_cell(column, values) for column in form.columns)
    start = form.start.replace("{number}", str(number))
    return closed(f"{start}{form.between.join(cells)}", form.end)


def closed(text: str, end: str) -> str:
    """The text with what a paper's lines end with; a full stop that is there already is not set again."""
    return text if end.strip() in _STOPS and text.endswith(end) else text + end


def _link(form: ItemForm, role: str, address: str) -> str:
    """A link with the list's own word for its role, else ours."""
    label = form.labels.get(role) or _text(form, link_name(role, address))
    return _fill(form.link, {"label": label, "address": markdown_url(address)})


def _values(form: ItemForm, entry: Entry) -> dict[str, str]:
    title = _text(form, entry.title)
    plain = {
        "title": f"~~{title}~~" if "retraction" in entry.links else title,
        "authors": _text(form, form.names.show([name for name in map(clean, entry.authors) if name])),
        "date": show_date(entry.published, form.dates),
        "venue": _text(form, entry.venue),
        "note": _text(form, entry.note),
    }
    addresses = {role: markdown_url(address) for role, address in entry.links.items() if is_web_url(address)}
    return {name: value for name, value in (addresses | plain).items() if value}


def _text(form: ItemForm, text: str) -> str:
    return markdown(clean(text)).replace("&amp; ", "& ") if form.escape == "all" else sparing_markdown(clean(text))


def _parts(form: ItemForm) -> Iterator[Part]:
    for column in form.columns:
        yield from column.parts


def _cell(column: Column, values: Mapping[str, str]) -> str:
    return (_row(column.parts, values) or column.empty).ljust(column.width)


def _row(parts: Sequence[Part], values: Mapping[str, str]) -> str:
    """The parts in a row; where some are left out, the strongest of what stands before them and the next one."""
    row, skipped = "", list[str]()
    for number, part in enumerate(parts):
        text = _chosen(part, values)
        if text:
            before = max([part.before, *skipped], key=_strength) if row else ""
            row += before + _fill(text, values)
            skipped = []
        elif number:
            skipped.append(part.before)
    return row


def _strength(separator: str) -> tuple[bool, bool, bool]:
    """A line end separates more than punctuation, which separates more than a comma or a space."""
    return "\n" in separator, any(mark in separator for mark in ".;:|–—-·•"), "," in separator


def _chosen(part: Part, values: Mapping[str, str]) -> str:
    known = (text for text in part.texts if all(values.get(name) for name in FIELD.findall(text)))
    return next(known, "")


def _fill(text: str, values: Mapping[str, str]) -> str:
    return FIELD.sub(lambda found: values[found["name"]], text)


def link_name(role: str, address: str) -> str:
    """The text of a link: ``Paper``, ``GitHub``, otherwise its role (``paper-2`` becomes ``Paper 2``)."""
    if role == "code" and re.match(r"https?://(www\.)?github\.com/", address):
        return "GitHub"
    return _LINK_NAMES.get(role, role.replace("-", " ").capitalize())
