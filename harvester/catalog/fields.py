"""Reads an entry's keys; every fault is recorded with its line, and none stops the reading."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from classifiers.taxonomy import Facet
from harvester.catalog.published import Published
from harvester.domain.identity import arxiv_version, parse_identifier, title_key
from harvester.domain.labels import KIND, usual

_KEY = re.compile(r"""\s*["']?(?P<key>[\w-]+)["']?(?:\s*\.\s*["']?(?P<below>[\w-]+)["']?)?\s*=""")
_TABLE = re.compile(r"""\s*\[\s*["']?(?P<name>[\w-]+)["']?\s*\]""")
_DOI = re.compile(r"10\.\d{4,9}/\S+")


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """A problem in a file of the catalog, and what to do about it."""

    rule: str
    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.message}."


def key_lines(text: str) -> dict[str, int]:
    """The line of each key, a table's as ``links.paper``; matched by form alone, since it serves faulty files."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if found := _TABLE.match(line):
            table = f"{found['name']}."
            lines.setdefault(found["name"], number)
        elif found := _KEY.match(line):
            key = ".".join(filter(None, (found["key"], found["below"])))
            lines.setdefault(f"{table}{key}", number)
    return lines


class Fields:
    """The keys of a file, and the problems found in them."""

    def __init__(self, file: str, text: str, table: dict[str, Any]) -> None:
        self.file, self._text, self._table = file, text, table
        self.problems: list[EntryProblem] = []

    def fault(self, rule: str, key: str, message: str, within: str = "") -> None:
        """Record a problem with `key`; in a list that spans several lines, at the line of the word `within`."""
        line = key_lines(self._text).get(key)
        if line and within:
            rest = self._text.split("\n")[line - 1 :]
            line += next((n for n, text in enumerate(rest) if f'"{within}"' in text or f"'{within}'" in text), 0)
        self.problems.append(EntryProblem(rule, self.file, line, message))

    def text(self, key: str, *, required: bool = False) -> str:
        """A string; "" if it is missing or not a string."""
        value = self._table.get(key)
        if value is None and not required:
            return ""
        if value is None or (required and isinstance(value, str) and not value.strip()):
            self.fault("missing-field", key, f'no {key}; add {key} = "..."')
        elif not isinstance(value, str):
            self.fault("wrong-type", key, f"{key} must be text in quotes, not {_kind(value)}")
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty if it is missing or not such a list."""
        value = self._table.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.fault("wrong-type", key, f'{key} must be a list of texts in quotes, such as {key} = ["..."]')
        return ()

    def identifier(self, key: str) -> str:
        """An identifier, which must be in its canonical spelling, so that equal papers have equal ids."""
        value = self.text(key, required=True)
        if value and not _is_identifier(value):
            remedy = "write arxiv:<id without version>, doi:<doi in lower case> or title:<key>"
            self.fault("bad-id", key, f"{key} {value!r} is not a valid identifier; {remedy}")
        return value

    def published(self, key: str) -> Published:
        """A TOML date, or a month or year as text; unknown if it is missing or impossible."""
        value = self._table.get(key)
        if value is None:
            return Published()
        if isinstance(value, date) and not isinstance(value, datetime):
            return Published.of(value)
        try:
            found = Published.parse(value) if isinstance(value, str) and value[:1].isdigit() else None
        except ValueError:
            found = None
        if not found:
            self.fault("bad-date", key, f'{key} is not a date; write 2024-11-20, "2024-11" or "2024"')
        return found or Published()

    def labels(self, facet: Facet) -> tuple[str, ...]:
        """The labels of a facet, in the taxonomy's order, without repeats."""
        given = (self._label(facet),) if facet.exclusive else self.texts(facet.id)
        for label in given:
            self._known(facet, label)
        return tuple(label for label in facet.label_ids if label in given)

    def _label(self, facet: Facet) -> str:
        """The label of an exclusive facet; the default if the facet was added after the file was written."""
        required = facet.id == KIND
        return self.text(facet.id, required=required) or usual(facet)

    def links(self, key: str) -> dict[str, str]:
        """Addresses by role; whether they are valid web addresses is left to the check."""
        value = self._table.get(key, {})
        if not isinstance(value, dict):
            self.fault("wrong-type", key, f'{key} must be a table: [{key}], followed by paper = "https://..."')
            return {}
        for role, address in value.items():
            if not isinstance(address, str):
                message = f"{key}.{role} must be an address in quotes, not {_kind(address)}"
                self.fault("wrong-type", f"{key}.{role}", message)
        return {role: address for role, address in value.items() if isinstance(address, str)}

    def only(self, known: Iterable[str]) -> None:
        """Refuse keys that are not read: a misspelled ``modalty`` would otherwise silently lose its labels."""
        names = sorted(known)
        for key in self._table:
            if key not in names:
                self.fault("unknown-key", key, f"key {key!r} is not known; the known keys are: {', '.join(names)}")

    def _known(self, facet: Facet, label: str) -> None:
        if label not in facet.label_ids:
            message = f"{facet.id} {label!r} is not in the taxonomy; the known labels are: {', '.join(facet.label_ids)}"
            self.fault("unknown-label", facet.id, message, label)


def _is_identifier(text: str) -> bool:
    scheme, _, name = text.partition(":")
    if scheme == "arxiv":
        return arxiv_version(name) == (name, 0)
    if scheme == "doi":
        return bool(_DOI.fullmatch(name)) and name == name.lower()
    if scheme in ("pmid", "pmcid"):
        return parse_identifier(text) == text
    key, mark, number = name.partition("~")
    return scheme == "title" and bool(key) and title_key(key) == key and bool(mark) == number.isdecimal()


def _kind(value: object) -> str:
    """The type of a TOML value, in words for maintainers."""
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), "a date")
