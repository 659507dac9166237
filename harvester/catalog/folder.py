"""The catalog's folder: reads entries from files and writes them. No other code accesses these files."""

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError, UsageError
from harvester.base.files import write_atomic
from harvester.catalog.entry import Entry, EntryError, entry_path, format_entry, parse_entry
from harvester.catalog.fields import EntryProblem, key_lines
from harvester.domain.identity import parse_identifier

Parse = Callable[[str, Path, Taxonomy], Entry]
_ID_LINE = re.compile(rb"""^\s*id\s*=\s*["'](?P<id>[^"'\n]+)""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The contents of a folder: the valid entries in the order of their files, and the problems of the others.

    `folder` is where they were read, for findings about entries that are valid on their own.
    """

    entries: tuple[Entry, ...]
    problems: tuple[EntryProblem, ...] = ()
    folder: Path = Path()

    def line(self, entry: Entry, key: str) -> int | None:
        """The line of a key in an entry's file, which is read again, since only few files have findings."""
        if entry.path is None:
            return None
        try:
            return key_lines(_read(self.folder, entry.path)).get(key)
        except EntryError:  # the file has disappeared since
            return None


def load_catalog(folder: Path, taxonomy: Taxonomy, parse: Parse = parse_entry) -> Catalog:
    """Every entry below ``<folder>/entries``; a file that cannot be read is reported as a problem and hides no other.

    A folder that has no entries, or does not exist yet, is an empty catalog. If two files have the same id, the
    first by name counts, and the other is a problem.

    Args:
        parse: does what `parse_entry` does; who loads often may keep what it returned.

    Raises:
        CatalogError: the folder exists but cannot be listed.
    """
    entries: dict[str, Entry] = {}
    problems: list[EntryProblem] = []
    for path in _entry_files(folder):
        try:
            text = _read(folder, path)
            entry = parse(text, path, taxonomy)
        except EntryError as error:
            problems.extend(error.problems)
            continue
        if (first := entries.setdefault(entry.id, entry)) is not entry:
            message = f"id {entry.id} is also used by {first.path}; remove one of the two files or correct its id"
            problems.append(EntryProblem("duplicate-id", path.as_posix(), key_lines(text).get("id"), message))
    return Catalog(tuple(entries.values()), tuple(problems), folder)


def load_entry(folder: Path, path: Path, taxonomy: Taxonomy) -> Entry:
    """Load an entry, given its path below `folder`.

    Raises:
        EntryError: it cannot be read or is not a valid entry.
    """
    return parse_entry(_read(folder, path), path, taxonomy)


def write_entry(folder: Path, entry: Entry, taxonomy: Taxonomy) -> Path:
    """Write the entry to its file (a new one gets its name) and return the path below `folder`.

    Raises:
        CatalogError: the existing file is not valid TOML, or is another paper's entry; it is left unchanged. Or the
            entry has no id, so that no file of it could be read.
        HarvesterError: the folder or file cannot be written.
    """
    if not entry.id:
        raise CatalogError(
            f"The entry {entry.title!r} has no id, so it is not written", remedy="give it an arXiv id or DOI"
        )
    path = _below_entries(entry.path or entry_path(entry))
    existing = _read(folder, path) if (folder / path).is_file() else None
    if existing is not None:
        _same_paper(existing, path, entry)
    write_atomic(folder / path, format_entry(replace(entry, path=path), taxonomy, existing))
    return path


def remove_entry(folder: Path, path: Path) -> None:
    """Remove an entry's file; if it is already gone, that is no error, since an undo may be repeated.

    Raises:
        CatalogError: the path leads outside the entries, the file cannot be removed, or it is not valid TOML, so that
            somebody is probably editing it.
    """
    if (folder / _below_entries(path)).is_file():
        _parsed(_read(folder, path), path, "removed")
    try:
        (folder / _below_entries(path)).unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise CatalogError(f"Cannot remove {folder / path}: {reason}. Check the folder's permissions.") from error


def named_in(folder: Path, path: Path) -> str | None:
    """The identifier on a file's ``id`` line, even if the rest of the file is broken."""
    try:
        found = _ID_LINE.search((folder / path).read_bytes())
        return parse_identifier(found["id"].decode(errors="replace")) if found else None
    except (OSError, UsageError):  # a folder of that name, no permission, or an unrelated web address
        return None


def _entry_files(folder: Path) -> list[Path]:
    """The entries' files below `folder`, in an order that does not depend on the file system.

    A folder that cannot be listed is an error: treated as empty, it would withdraw every paper.
    """

    def refuse(error: OSError) -> None:
        reason = error.strerror or error
        raise CatalogError(
            f"Cannot list {error.filename}: {reason}. Check that it is a folder, and its permissions."
        ) from error

    if not (folder / "entries").exists():
        return []
    found = [
        (Path(parent) / name).relative_to(folder)
        for parent, folders, names in os.walk(folder / "entries", onerror=refuse)
        for name in (*names, *folders)
        if name.endswith(".toml") and not name.startswith(".")
    ]
    return sorted(found, key=lambda path: path.as_posix())


def _read(folder: Path, path: Path) -> str:
    """The text of a file, without the byte order mark of Windows editors; `EntryError` if it cannot be read."""
    try:
        data = (folder / path).read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror or error}); check that it is a file, and its permissions"
        raise EntryError([EntryProblem("unreadable", path.as_posix(), None, message)]) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EntryError(
            [EntryProblem("unreadable", path.as_posix(), line, "not UTF-8 text; save it as UTF-8")]
        ) from None


def _same_paper(existing: str, path: Path, entry: Entry) -> None:
    """Refuse to overwrite another paper's entry."""
    held = _parsed(existing, path, "written").get("id")
    if held != entry.id:
        raise CatalogError(f"{path} holds {held!r}, not {entry.id!r}; rename one of the two papers' files.")


def _parsed(text: str, path: Path, act: str) -> dict[str, Any]:
    """The keys of a file that is about to be written or removed; a broken file must be repaired by a person first."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"{path} is not valid TOML ({error}); correct it before it can be {act}.") from None


def _below_entries(path: Path) -> Path:
    """The path, if it can only lie below ``entries/``: a path from a store or list must not reach other files."""
    if path.is_absolute() or ".." in path.parts or path.parts[:1] != ("entries",) or path.suffix != ".toml":
        raise CatalogError(f"{path} is not a file of the catalog; entries are entries/<year>/<name>.toml.")
    return path
