"""arXiv's metadata snapshot: one JSON object per line, gzipped or not, for millions of papers.

The format is that of the dataset ``Cornell-University/arxiv``: id, title, abstract, categories ("a b", the primary one
first), authors_parsed ([last, first, suffix]), versions, update_date, comments, journal-ref, doi.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO

from harvester.base.clock import as_utc
from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.identity import arxiv_version, doi_identifier
from harvester.domain.papers import Author, Paper, arrived
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.text import clean
from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.arxiv.withdrawal import is_withdrawn
from harvester.sources.errors import Malformed
from harvester.sources.names import name_of
from harvester.sources.source import SourceKind, WebSource

PROVENANCE = Provenance("arxiv_snapshot", Rank.ARXIV, "preprint")  # its texts are the same as arXiv's API's
KIND: SourceKind[WebSource] = SourceKind(PROVENANCE)  # a file, read by backfills
LONGEST_LINE = 1_000_000  # bytes; anything longer is not a record and must not fill the memory
_GZIP = b"\x1f\x8b"
_CATEGORY = re.compile(r"[a-z]+(-[a-z]+)*(\.[A-Za-z-]+)?")


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """One line of a snapshot: its number, its paper or its problem; `share` of the file has been read by then."""

    number: int
    raw: bytes
    share: float
    paper: Paper | None = None
    problem: str = ""


@dataclass(slots=True)
class SeenIds:
    """Which arXiv ids have been seen: one bit per possible id, some megabytes for all of arXiv."""

    _months: dict[str, bytearray] = field(default_factory=dict)

    def add(self, base: str) -> bool:
        """Record an id; returns whether it is new."""
        month, serial = (base[:-3], base[-3:]) if "/" in base else base.split(".")
        bits = self._months.setdefault(f"{month}:{len(serial)}", bytearray(10 ** len(serial) // 8 + 1))
        byte, bit = divmod(int(serial), 8)
        new = not bits[byte] >> bit & 1
        bits[byte] |= 1 << bit
        return new


def read_lines(path: Path) -> Iterator[SnapshotLine]:
    """Every non-empty line, with its paper or its problem; a repeated id is a problem.

    A file truncated in the middle of its compressed data gives all lines before the cut, and the cut as the last one.

    Raises:
        HarvesterError: the file cannot be opened or read.
    """
    size, seen = max(1, size_of(path)), SeenIds()
    with _opened(path) as file:
        content: Any = gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == _GZIP else file
        number = 0
        try:
            while raw := content.readline(LONGEST_LINE):
                number += 1
                whole = len(raw) < LONGEST_LINE or raw.endswith(b"\n") or not _skip_rest(content)
                if raw.strip():
                    yield _line(number, raw, min(1.0, file.tell() / size), seen, whole)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            cut = f"the file's compressed data is truncated or damaged here ({error}); download the file again"
            yield SnapshotLine(number + 1, b"", 1.0, problem=cut)
        except OSError as error:
            raise HarvesterError(f"{path} cannot be read beyond line {number}: {error.strerror or error}.") from error


def size_of(path: Path) -> int:
    """The size of a file in bytes.

    Raises:
        HarvesterError: the file does not exist.
    """
    try:
        if not path.is_file():
            raise HarvesterError(f"{path} is not a file", remedy="give a snapshot, FILE.jsonl or FILE.jsonl.gz")
        return path.stat().st_size
    except OSError as error:
        raise HarvesterError(f"{path} cannot be read: {error.strerror}.") from error


def parse_line(raw: bytes | str) -> Paper:
    """The paper in one line.

    Raises:
        Malformed: saying what is wrong; the caller puts the line number before it.
    """
    try:
        record = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not a JSON object: {str(error)[:120]}") from None
    if not isinstance(record, dict):
        raise Malformed(f"not a JSON object but of type {type(record).__name__}")
    return as_paper(record)


def as_paper(record: dict[str, Any]) -> Paper:
    """A snapshot record as our record; it contains what arXiv's API shows, except affiliations.

    Raises:
        Malformed: a field is missing or of the wrong type.
    """
    named = arxiv_version(_text(record, "id"))
    if named is None:
        raise Malformed(f"{_text(record, 'id')[:80]!r} is not an arXiv id")
    base, _ = named
    doi, comment = doi_identifier(_text(record, "doi", "")), clean(_text(record, "comments", ""))
    versions = _list(record, "versions", dict)
    paper = Paper(
        identifiers=(f"arxiv:{base}", *((doi,) if doi and doi.startswith("doi:") else ())),
        title=plain_tex(clean(_text(record, "title"))),
        abstract=plain_tex(clean(_text(record, "abstract"))),
        authors=tuple(filter(None, map(_author, _list(record, "authors_parsed", list)))),
        published=_created(versions[0]) if versions else None,
        updated=_created(versions[-1]) if versions else _day(_text(record, "update_date", "")),
        version=max(1, len(versions)),
        categories=tuple(_text(record, "categories").split()),
        venue=clean(_text(record, "journal-ref", "")),
        comment=comment,
        links={"paper": f"https://arxiv.org/abs/{base}"},
        withdrawn=is_withdrawn(comment),
    )
    return arrived(paper)  # what is judged before it is stored must be the text that is stored


def parse_categories(text: str) -> tuple[str, ...]:
    """``cs.CV, eess`` as categories and whole archives, sorted.

    Raises:
        UsageError: one of them is not a category.
    """
    names = sorted({name.strip() for name in text.split(",") if name.strip()})
    if wrong := [name for name in names if not _CATEGORY.fullmatch(name)]:
        raise UsageError(
            f"{wrong[0]!r} is not an arXiv category",
            remedy="write categories such as cs.CV,eess.IV or a whole archive such as eess",
        )
    return tuple(names)


def is_among(paper: Paper, categories: Sequence[str]) -> bool:
    """Whether a paper is in one of the categories or archives; if none are given, every paper is."""
    ours = {part for name in paper.categories for part in (name, name.partition(".")[0])}
    return not categories or not ours.isdisjoint(categories)


def _opened(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as error:
        raise HarvesterError(f"{path} cannot be read: {error.strerror}.") from error


def _skip_rest(content: BinaryIO) -> bool:
    """Skip to the next line; returns whether anything was left of this one."""
    some = False
    while rest := content.readline(LONGEST_LINE):
        some = True
        if rest.endswith(b"\n"):
            break
    return some


def _line(number: int, raw: bytes, share: float, seen: SeenIds, whole: bool) -> SnapshotLine:
    try:
        if not whole:
            raise Malformed(f"longer than {LONGEST_LINE:,} bytes")
        paper = parse_line(raw)
        if not seen.add(paper.identifiers[0].removeprefix("arxiv:")):
            raise Malformed(f"{paper.identifiers[0]} appears earlier in the file; this record is left out")
    except Malformed as error:
        return SnapshotLine(number, b"", share, problem=str(error))
    return SnapshotLine(number, raw, share, paper)


def _text(record: dict[str, Any], key: str, default: str | None = None) -> str:
    value = record.get(key)
    value = default if value is None else value
    if not isinstance(value, str):
        what = "is missing" if value is None else f"must be a string, not {type(value).__name__}"
        raise Malformed(f"the field {key} {what}")
    if not value.strip() and default is None:
        raise Malformed(f"the field {key} is empty")
    return value


def _list(record: dict[str, Any], key: str, kind: type) -> list[Any]:
    value = record.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, kind) for item in value):
        raise Malformed(f"the field {key} must be a list of {kind.__name__}s")
    return value


def _author(names: list[Any]) -> Author | None:
    """``[last, first, suffix, affiliation...]`` as a name in the usual order; None for ``:`` and the like."""
    parts = [clean(name) if isinstance(name, str) else "" for name in names]
    last, first, suffix = (*parts[:3], "", "", "")[:3]
    name = name_of(plain_tex(" ".join(filter(None, (first, last, suffix)))))
    return Author(name, "; ".join(filter(None, parts[3:]))) if name else None


def _created(version: dict[str, Any]) -> datetime:
    """The moment of a version: ``Mon, 2 Apr 2007 19:18:42 GMT``."""
    text = _text(version, "created")
    try:
        return as_utc(parsedate_to_datetime(text))
    except (ValueError, OverflowError):
        raise Malformed(f"the field created of a version is not a date: {text[:40]!r}") from None


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        raise Malformed(f"the field update_date is not a date: {text[:40]!r}") from None
