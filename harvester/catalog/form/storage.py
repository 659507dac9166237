"""The learned form on disk: the file ``list.toml`` with the form of papers, beside the frame ``list.md``."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harvester.base.errors import CatalogError
from harvester.base.files import write_atomic
from harvester.catalog.form.frame import FRAME, format_frame, parse_frame
from harvester.catalog.form.item import FIELD, Column, ItemForm, Part
from harvester.catalog.form.learned import ORDERS, ListForm
from harvester.catalog.form.styles import Names

FORMS = "list.toml"
FORM_FILES = frozenset({FORMS, FRAME})
_HEAD = """\
# How this list writes a paper; learned by `harvester catalog import --template auto`, yours to edit. list.md has the
# list's own text and the places of its papers. Without these two files, [catalog] in config.toml says how it is built.
"""


def load_form(folder: Path) -> ListForm | None:
    """The form in a catalog's folder; None if it has none.

    Raises:
        CatalogError: one of the two files is missing, cannot be read or is not understood.
    """
    if not (folder / FORMS).exists() and not (folder / FRAME).exists():
        return None
    return parse_form(_read(folder / FORMS), _read(folder / FRAME))


def save_form(folder: Path, form: ListForm) -> list[str]:
    """Write the form and return the names of its files.

    Raises:
        HarvesterError: a file cannot be written.
    """
    write_atomic(folder / FRAME, format_frame(form.frame))
    write_atomic(folder / FORMS, format_forms(form))
    return [FORMS, FRAME]


def parse_form(forms: str, frame: str) -> ListForm:
    """The form in the texts of its two files.

    Raises:
        CatalogError: they are not understood.
    """
    try:
        table = tomllib.loads(forms)
        order, read = table.get("order", "newest"), [_form(item) for item in table["form"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CatalogError(
            f"{FORMS} is not understood ({type(error).__name__}: {error}); see docs/catalog.md."
        ) from error
    if order not in ORDERS:
        raise CatalogError(f"{FORMS}: order {order!r} is not known; write one of: {', '.join(ORDERS)}.")
    ends = "\r\n" if table.get("windows_line_ends") is True else "\n"
    return ListForm(parse_frame(frame), {form.name: form for form in read}, order, ends)


def format_forms(form: ListForm) -> str:
    """The text of ``list.toml``."""
    import tomlkit

    document = tomlkit.parse(_HEAD)
    document.add(tomlkit.nl())
    document["order"] = form.order
    if form.line_end != "\n":
        document["windows_line_ends"] = True
    document["form"] = tables = tomlkit.aot()
    for item in form.forms.values():
        tables.append(tomlkit.item(_plain(item)))
    return document.as_string()


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CatalogError(
            f"Cannot read {path}: {reason}. It is half of the list's form; restore it, or remove both."
        ) from error


def _plain(form: ItemForm) -> dict[str, Any]:
    """The form as a TOML table, without what is as usual."""
    usual = asdict(ItemForm("", ()))
    values = {
        key: value for key, value in asdict(form).items() if value != usual[key] and key not in ("columns", "names")
    }
    names = {key: value for key, value in asdict(form.names).items() if value != usual["names"][key]}
    columns = [_plain_column(column) for column in form.columns]
    return values | ({"names": names} if names else {}) | {"column": columns}


def _plain_column(column: Column) -> dict[str, Any]:
    parts = [{"text": list(part.texts)} | ({"before": part.before} if part.before else {}) for part in column.parts]
    rest = {key: value for key, value in (("empty", column.empty), ("width", column.width)) if value}
    return rest | {"parts": parts}


def _form(table: Mapping[str, Any]) -> ItemForm:
    """A form from its table; any other key or type is refused."""
    values = {key: value for key, value in table.items() if key not in ("column", "names", "dates")}
    for key, value in values.items():
        wanted: type = {"blank_lines": int, "labels": dict}.get(key, str)
        if not isinstance(value, wanted):
            raise TypeError(f"{key} = {value!r}")
    for name, written in {**table.get("labels", {}), **table.get("names", {})}.items():
        if not isinstance(written, int if name == "most" else str):
            raise TypeError(f"{name} = {written!r}")
    if others := set(FIELD.findall(values.get("link", ""))) - {"label", "address"}:
        raise ValueError(f"a link has no {min(others)}, only label and address")
    if values.get("escape", "read") not in ("all", "read"):
        raise ValueError(f"escape = {values['escape']!r}; write all or read")
    if values.get("blank_lines", 0) < 0:
        raise ValueError(f"blank_lines = {values['blank_lines']}")
    return ItemForm(
        columns=tuple(_column(column) for column in table["column"]),
        dates=_texts(table.get("dates", ["%b., %Y", "%Y"])),
        names=Names(**table.get("names", {})),
        **values,
    )


def _column(table: Mapping[str, Any]) -> Column:
    parts = tuple(Part(_texts(part["text"]), _texts([part.get("before", "")])[0]) for part in table["parts"])
    return Column(parts, _texts([table.get("empty", "")])[0], int(table.get("width", 0)))


def _texts(value: object) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not given or not all(isinstance(text, str) for text in given):
        raise TypeError(f"{value!r} must be a text or a list of texts")
    return tuple(given)
