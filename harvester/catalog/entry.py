"""An accepted paper and the text of its file, ``entries/<year>/<slug>.toml``. Pure; ``folder`` reads and writes files.

Reading uses the standard library's ``tomllib``, which is fast; writing uses ``tomlkit``, which preserves what a
person wrote into the file (comments, order, layout), and is imported only then.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError
from harvester.catalog.fields import EntryProblem, Fields
from harvester.catalog.published import Published
from harvester.domain.identity import arxiv_version
from harvester.domain.labels import Labels, labels_json

if TYPE_CHECKING:
    from tomlkit.container import Container

_PLAIN_KEYS = ("id", "title", "authors", "published", "venue", "note")
_SLUG_LENGTH = 60
_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in the catalog. `path` is its file relative to the catalog's folder, None if it has none yet.

    `note` is what a list's maintainers say about the paper themselves, in plain words.
    """

    id: str
    title: str
    labels: Labels
    authors: tuple[str, ...] = ()
    published: Published = Published()  # noqa: RUF009 - frozen, so it can be shared
    venue: str = ""
    note: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None


class EntryError(CatalogError):
    """A file is not a valid entry; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[EntryProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(tell(self.problems))


def tell(problems: tuple[EntryProblem, ...]) -> str:
    """The first problem as a sentence, and how many more there are."""
    more = f" ({len(problems) - 1} more; `harvester catalog check` lists them.)" if len(problems) > 1 else ""
    return f"{problems[0]}{more}"


def parse_entry(text: str, path: Path, taxonomy: Taxonomy) -> Entry:
    """Parse the text of an entry's file.

    Raises:
        EntryError: the file has problems; the error has all of them, each with its line.
    """
    fields = Fields(path.as_posix(), text, _table(path.as_posix(), text))
    entry = Entry(
        id=fields.identifier("id"),
        title=fields.text("title", required=True),
        authors=fields.texts("authors"),
        published=fields.published("published"),
        venue=fields.text("venue"),
        note=fields.text("note"),
        labels=Labels({facet.id: fields.labels(facet) for facet in taxonomy.facets}),
        links=fields.links("links"),
        path=path,
    )
    fields.only({*_PLAIN_KEYS, *taxonomy.facet_ids, "links"})
    if fields.problems:
        raise EntryError(fields.problems)
    return entry


def entry_path(entry: Entry) -> Path:
    """The path for a new entry's file; depends only on the entry, so that two machines choose the same name."""
    year = f"{entry.published.year:04}" if entry.published else "undated"
    return Path("entries", year, f"{'-'.join(filter(None, (_slug(entry.title), _token(entry.id))))}.toml")


def format_entry(entry: Entry, taxonomy: Taxonomy, existing: str | None = None) -> str:
    """The text of the entry's file; in an `existing` text, only keys whose values differ are changed.

    Raises:
        CatalogError: `existing` is not TOML, or a value cannot be written as UTF-8.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(existing or "")
        held = tomllib.loads(existing or "")
        _update(document, held, _values(entry, taxonomy))
        _update_links(document, held.get("links", {}), entry.links)
        text = document.as_string()
        text.encode()
    except (TOMLKitError, ValueError) as error:  # TOMLDecodeError and UnicodeEncodeError are ValueErrors
        raise CatalogError(f"The entry {entry.path or entry_path(entry)} cannot be written: {error}.") from error
    return text


def _table(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise EntryError([EntryProblem("broken-toml", file, None, "nested too deeply; rewrite the entry")]) from None
    except ValueError as error:  # TOMLDecodeError, and int() on a number of thousands of digits
        place = _TOML_PLACE.search(str(error))
        line = int(place["line"]) if place and place["line"] else None
        why = _TOML_PLACE.sub("", str(error)).rstrip(".")
        raise EntryError(
            [EntryProblem("broken-toml", file, line, f"not valid TOML ({why}); correct the file")]
        ) from None


def _values(entry: Entry, taxonomy: Taxonomy) -> dict[str, Any]:
    """Every key of a file except the links, in the order of a new file; None means that the file omits the key."""
    values: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "authors": list(entry.authors),
        "published": entry.published.exact or str(entry.published) or None,
        "venue": entry.venue,
        "note": entry.note or None,
    }
    return values | labels_json(entry.labels, taxonomy)


def _update(document: "Container", held: dict[str, Any], values: dict[str, Any]) -> None:
    """Set the values that differ; a new file gets every key, so that a maintainer sees which can be filled in."""
    for key, value in values.items():
        if value is None:
            if held.get(key):
                del document[key]
        elif (key in held and not _same(key, held[key], value)) or (key not in held and (value or not held)):
            document[key] = value


def _same(key: str, held: object, value: object) -> bool:
    """Whether a file's value needs no change; labels are a set, so their existing order is kept."""
    if key not in _PLAIN_KEYS and isinstance(held, list) and isinstance(value, list):
        return sorted(map(str, held)) == sorted(map(str, value))
    return held == value or (key == "published" and str(held) == str(value))


def _update_links(document: "Container", held: object, links: Mapping[str, str]) -> None:
    import tomlkit

    if not isinstance(held, dict) or "links" not in document:
        if not links:
            return
        document["links"] = tomlkit.table()
        held = {}
    table: Any = document["links"]
    for role in held:
        if role not in links:
            del table[role]
    for role, address in links.items():
        if held.get(role) != address:
            table[role] = address


def _slug(title: str) -> str:
    """The title's ASCII words, as many as fit; if the first is too long, it is cut."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    cut = words[:_SLUG_LENGTH]
    whole = words[_SLUG_LENGTH : _SLUG_LENGTH + 1] in ("", "-")
    return (cut if whole else cut.rpartition("-")[0] or cut).strip("-")


def _token(identifier: str) -> str:
    """Distinguishes papers with the same title: the arXiv id as people know it, else a hash of the identifier."""
    named = arxiv_version(identifier) if identifier.startswith("arxiv:") else None
    return named[0].replace("/", "-") if named else hashlib.sha256(identifier.encode()).hexdigest()[:8]
