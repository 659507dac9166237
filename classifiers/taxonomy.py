"""The labels and what is known about them, read from `taxonomy.toml`: the only place that names labels.

Standard library only, so that a command line can list labels without loading numpy or torch.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from classifiers.errors import TaxonomyError
from classifiers.packaged import packaged

SCHEMA = 1
_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_LINK_TARGET = re.compile(r"\]\((?:[^()]|\([^()]*\))*+\)")  # no scan runs past the next open bracket: linear time
RESERVED = frozenset(
    {"id", "title", "abstract", "scope", "in_scope", "unsure", "probabilities", "model", "error", "explanation"}
)
"""A facet is a key of every prediction, so it cannot have the name of another key."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a facet: its name, its meaning, how texts and headings refer to it, and how only headings do.

    `abbreviations` are what people may type to find it; they say nothing about texts.
    """

    id: str
    name: str
    emoji: str
    definition: str
    synonyms: tuple[str, ...]
    headings: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """What names the label in running text."""
        only_headings = {normalise_heading(name) for name in self.headings}
        named = dict.fromkeys((self.name, *self.synonyms))
        return tuple(phrase for phrase in named if normalise_heading(phrase) not in only_headings)


@dataclass(frozen=True, slots=True)
class Facet:
    """One axis of labels; `exclusive` means that a paper has exactly one of them."""

    id: str
    name: str
    emoji: str
    exclusive: bool
    labels: tuple[Label, ...]

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The ids in section order."""
        return tuple(label.id for label in self.labels)

    def label(self, label_id: str) -> Label:
        """The label called `label_id`; if there is none, `TaxonomyError` lists the known ones."""
        return _named(self.labels, label_id, f"label of {self.id}")

    def find(self, heading: str) -> Label | None:
        """The label that a list's section heading means, or None; an exact name takes precedence over a starred one."""
        wanted = normalise_heading(heading)
        for exact in (True, False):
            for label in self.labels:
                if _means(label, wanted, exact):
                    return label
        return None


@dataclass(frozen=True, slots=True)
class Derived:
    """A section that is not assigned: papers with at least `at_least` labels of `facet` belong to it."""

    id: str
    facet: str
    at_least: int
    name: str
    emoji: str
    definition: str
    synonyms: tuple[str, ...]

    def matches(self, heading: str) -> bool:
        """Whether a section heading of a list means this section."""
        wanted = normalise_heading(heading)
        return _means(self, wanted, exact=True) or _means(self, wanted, exact=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the whole list is about, the words a keyword rule would look for, and phrases in which they mean nothing."""

    definition: str
    synonyms: tuple[str, ...]
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All facets with their labels; `sha256` is that of the file, `path` where it was read."""

    title: str
    scope: Scope
    facets: tuple[Facet, ...]
    derived: tuple[Derived, ...]
    sha256: str
    path: Path = field(compare=False)

    @property
    def facet_ids(self) -> tuple[str, ...]:
        """The facets' ids in file order."""
        return tuple(facet.id for facet in self.facets)

    def facet(self, facet_id: str) -> Facet:
        """The facet called `facet_id`; if there is none, `TaxonomyError` lists the known ones."""
        return _named(self.facets, facet_id, "facet")

    def label(self, facet_id: str, label_id: str) -> Label:
        """One label by facet and id; if there is none, `TaxonomyError` lists the known ones."""
        return self.facet(facet_id).label(label_id)

    @property
    def names(self) -> frozenset[str]:
        """All labels as ``facet:label``."""
        return frozenset(f"{facet.id}:{label}" for facet in self.facets for label in facet.label_ids)

    def derived_of(self, facet_id: str) -> tuple[Derived, ...]:
        """The derived sections of one facet."""
        return tuple(section for section in self.derived if section.facet == facet_id)


_Named = TypeVar("_Named", Facet, Label)


def load_taxonomy(path: Path | None = None) -> Taxonomy:
    """Read and check a taxonomy file (None: the packaged one); `TaxonomyError` names file and key."""
    path = packaged("taxonomy.toml") if path is None else Path(path)
    try:
        raw = path.read_bytes()
    except OSError as err:
        reason = err.strerror or "unreadable"
        raise TaxonomyError(f"{path}: cannot read the taxonomy ({reason}); give the path of a taxonomy.toml.") from err
    try:
        table = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise TaxonomyError(f"{path}: not valid TOML ({err}); correct the file.") from err
    return _taxonomy(_Reader(path, "", table), hashlib.sha256(raw).hexdigest())


def normalise_heading(text: str) -> str:
    """A heading without case, marks, link target, emoji and hyphens: `### **X-Ray** 🩻` and `x ray` are the same."""
    text = unicodedata.normalize("NFKC", _LINK_TARGET.sub("]", text)).casefold()
    return " ".join(re.findall(r"[\w&]+", re.sub(r"[\u200d\ufe0f_]", " ", text)))


_normalised = lru_cache(maxsize=4096)(normalise_heading)  # of names: every heading is compared with all of them


@lru_cache(maxsize=4096)
def _spellings(section: Label | Derived) -> tuple[frozenset[str], tuple[str, ...]]:
    """The normalised names of a section, and those that a heading may begin with."""
    names = (*section.synonyms, *(section.headings if isinstance(section, Label) else ()))
    starred = tuple(_normalised(word) for word in names if word.endswith("*"))
    return frozenset(_normalised(name) for name in (section.id, section.name, *names)) - set(starred), starred


def _means(section: Label | Derived, wanted: str, exact: bool) -> bool:
    """Whether a normalised heading is this section's id or one of its names, or begins with a starred one."""
    if not wanted:
        return False
    plain, starred = _spellings(section)
    if not exact:
        return bool(starred) and wanted.startswith(starred)
    # "Heart Failures" and "Review" are the same sections as "Heart Failure" and "Reviews".
    return wanted in plain or wanted.removesuffix("s") in plain or f"{wanted}s" in plain


def _named(items: tuple[_Named, ...], wanted: str, what: str) -> _Named:
    for item in items:
        if item.id == wanted:
            return item
    known = ", ".join(item.id for item in items)
    raise TaxonomyError(f"unknown {what} {wanted!r}; the known ones are: {known}.")


class _Reader:
    """One TOML table with its position in the file, so that every error names file and key."""

    def __init__(self, path: Path, place: str, table: dict[str, Any]) -> None:
        self.path, self.place, self.table = path, place, table

    def fail(self, key: str, why: str) -> TaxonomyError:
        return TaxonomyError(f"{self.path}: {self.place}{key} {why}.")

    def get(self, key: str, kind: type, default: Any = None) -> Any:
        value = self.table.get(key, default)
        if value is None:
            raise self.fail(key, "is missing; add it")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fail(key, f"must be of type {kind.__name__}, not {type(value).__name__}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value: str = self.get(key, str, default)
        if not value.strip() and default is None:
            raise self.fail(key, "is empty; fill it in")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        value = self.get(key, list, [])
        for word in value:
            if not isinstance(word, str) or not normalise_heading(word):
                raise self.fail(key, f"must contain words only, not {word!r}")
        return tuple(value)

    def ident(self) -> str:
        value = self.text("id")
        if not _ID.match(value):
            raise self.fail("id", f"is {value!r}; use lower-case letters, digits and _ only")
        return value

    def tables(self, key: str, default: list[Any] | None = None) -> list[_Reader]:
        rows = self.get(key, list, default)
        if not all(isinstance(row, dict) for row in rows):
            raise self.fail(key, f"must be written as [[{key}]] tables")
        return [_Reader(self.path, f"{self.place}{key}[{n}].", row) for n, row in enumerate(rows)]

    def only(self, *keys: str) -> None:
        """Refuse unknown keys: a misspelled `synonym` would otherwise be ignored silently."""
        for key in self.table:
            if key not in keys:
                raise self.fail(key, f"is not a known key; the known ones are: {', '.join(keys)}")


def _taxonomy(top: _Reader, sha256: str) -> Taxonomy:
    top.only("schema", "title", "scope", "facets", "derived")
    if top.get("schema", int) != SCHEMA:
        raise top.fail("schema", f"is {top.table['schema']}; this program reads schema {SCHEMA}")
    scope = _Reader(top.path, "scope.", top.get("scope", dict))
    scope.only("definition", "synonyms", "exceptions")
    facets = tuple(_facet(row) for row in top.tables("facets"))
    if not facets:
        raise top.fail("facets", "is empty; name at least one facet")
    _unique(top, "facets", facets)
    derived = tuple(_derived(row, facets) for row in top.tables("derived", []))
    return Taxonomy(
        title=top.text("title"),
        scope=Scope(scope.text("definition"), scope.words("synonyms"), scope.words("exceptions")),
        facets=facets,
        derived=derived,
        sha256=sha256,
        path=top.path,
    )


def _facet(row: _Reader) -> Facet:
    row.only("id", "name", "emoji", "exclusive", "labels")
    facet_id = row.ident()
    if facet_id in RESERVED:
        raise row.fail("id", f"is {facet_id!r}, which predictions use for something else; choose another")
    labels = tuple(_label(label) for label in row.tables("labels"))
    if not labels:
        raise row.fail("labels", "is empty; name at least one label")
    _unique(row, "labels", labels)
    _unambiguous(row, labels)
    return Facet(facet_id, row.text("name"), row.text("emoji", ""), row.get("exclusive", bool, False), labels)


def _label(row: _Reader) -> Label:
    row.only("id", "name", "emoji", "definition", "synonyms", "headings", "abbreviations")
    return Label(
        id=row.ident(),
        name=row.text("name"),
        emoji=row.text("emoji", ""),
        definition=row.text("definition"),
        synonyms=row.words("synonyms"),
        headings=row.words("headings"),
        abbreviations=row.words("abbreviations"),
    )


def _derived(row: _Reader, facets: tuple[Facet, ...]) -> Derived:
    row.only("id", "facet", "at_least", "name", "emoji", "definition", "synonyms")
    section = Derived(
        id=row.ident(),
        facet=row.text("facet"),
        at_least=row.get("at_least", int),
        name=row.text("name"),
        emoji=row.text("emoji", ""),
        definition=row.text("definition", ""),
        synonyms=row.words("synonyms"),
    )
    facet = next((facet for facet in facets if facet.id == section.facet), None)
    if facet is None:
        raise row.fail("facet", f"names {section.facet!r}, which is not a facet of this file")
    if section.id in facet.label_ids:
        raise row.fail("id", f"is {section.id!r}, which is already a label of {facet.id}")
    return section


def _unique(row: _Reader, key: str, items: tuple[Facet, ...] | tuple[Label, ...]) -> None:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise row.fail(key, f"contains {item.id!r} twice; ids must be unique")
        seen.add(item.id)


def _unambiguous(row: _Reader, labels: tuple[Label, ...]) -> None:
    """No two labels of a facet may share an exact name: a heading has to mean one section."""
    owner: dict[str, str] = {}
    for label in labels:
        for name in (label.name, *(word for word in (*label.synonyms, *label.headings) if not word.endswith("*"))):
            plain = normalise_heading(name)
            first = owner.setdefault(plain, label.id)
            if first != label.id:
                raise row.fail("labels", f"give {name!r} to both {first!r} and {label.id!r}; keep it for one")
