"""Reads the BibTeX records in a text, such as a repository's README.

``pybtex`` splits fields and names, ``latexcodec`` (one of its dependencies) reads LaTeX's accents.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harvester.catalog.export.bibtex import ESCAPES
from harvester.catalog.published import Published
from harvester.domain.identity import arxiv_version, doi_identifier, link_identifier, title_identifier
from harvester.domain.papers import PREPRINT_SERVER, venue_of
from harvester.domain.person_names import surname_first
from harvester.domain.text import clean

_RECORD = re.compile(r"@(?P<type>[a-zA-Z]+)\s*\{\s*(?P<key>[^\s,{}@]+)\s*,")
_NO_RECORDS = frozenset({"comment", "string", "preamble"})
_LONGEST = 50_000  # characters of one record; with a brace that is never closed, do not scan to the end each time
_MOST_UNCLOSED = 100  # nor from too many starts
_NAMED = {command.removesuffix("{}"): char for char, command in ESCAPES.items()}
_WORDS = "|".join(re.escape(name) for name in sorted(_NAMED, key=len, reverse=True) if name[-1].isalpha())
_SIGNS = "|".join(re.escape(name) for name in _NAMED if not name[-1].isalpha())
_COMMAND = re.compile(rf"(?P<word>{_WORDS})(?![A-Za-z])\s*(?:\{{\}})?|(?P<sign>{_SIGNS})")
_FIRST = 0xF0000  # private use: placeholders for characters with a LaTeX command, while the rest is decoded
_CHARS = list(dict.fromkeys(_NAMED.values()))
_VENUES = ("journal", "booktitle", "journaltitle", "howpublished", "publisher")
_ARXIV_VENUE = re.compile(r"arxiv(?:\W|preprint|:|\d|$)", re.IGNORECASE)
_ARXIV_ID = re.compile(r"\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")
_PROCEEDINGS = re.compile(r"^(?:in:? )?(?:the )?proceedings of (?:the )?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Citation:
    """One BibTeX record: `id` is the best identifier it gives for its paper."""

    id: str
    title: str
    authors: tuple[str, ...] = ()
    published: Published = Published()  # noqa: RUF009 - frozen, so it can be shared
    venue: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()


def citations(text: str) -> list[Citation]:
    """The records of a text that have a title, in order; broken ones are skipped, because they are mixed with prose."""
    citations = (_citation(record) for record in _records(text))
    return [citation for citation in citations if citation]


def from_latex(text: str) -> str:
    """The LaTeX of a BibTeX field as plain text: accents decoded, braces removed."""
    import latexcodec  # noqa: F401 - registers the codec

    marked = _COMMAND.sub(lambda found: chr(_FIRST + _CHARS.index(_NAMED[found["word"] or found["sign"]])), text)
    read = codecs.lookup("ulatex").decode(marked)[0]  # type: ignore[arg-type]  # from text to text
    bare = re.sub(r"\\[a-zA-Z]+\s*|[{}]", "", read)  # commands such as \textbf only format
    return clean("".join(_CHARS[ord(char) - _FIRST] if _is_mark(char) else char for char in bare))


def from_data(text: str) -> str:
    """A DOI, eprint or address: no LaTeX, so a percent sign begins no comment, but many programs escape it as if."""
    bare = re.sub(r"\\url\s*|\\(?=~)", "", text)
    return clean(re.sub(r"[{}]", "", _COMMAND.sub(lambda found: _NAMED[found["word"] or found["sign"]], bare)))


def _is_mark(char: str) -> bool:
    return _FIRST <= ord(char) < _FIRST + len(_CHARS)


def _records(text: str) -> Iterator[str]:
    """Every ``@type{key, ...}`` with balanced braces."""
    end = unclosed = 0
    for found in _RECORD.finditer(text):
        if unclosed > _MOST_UNCLOSED:
            return
        if found.start() < end or found["type"].lower() in _NO_RECORDS:
            continue
        depth = 0
        for brace in re.finditer(r"[{}]", text[found.start() : found.start() + _LONGEST]):
            depth += 1 if brace.group() == "{" else -1
            if depth == 0:
                end = found.start() + brace.end()
                yield text[found.start() : end]
                break
        else:
            unclosed += 1


def _citation(record: str) -> Citation | None:
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    try:
        (held,) = parse_string(record, "bibtex").entries.values()
    except (PybtexError, ValueError):
        return None
    fields = {name.lower(): str(value) for name, value in held.fields.items()}
    title = from_latex(fields.get("title", ""))
    identifier = _identifier(fields, title)
    if not title or not identifier:
        return None
    address = from_data(fields.get("url", ""))
    return Citation(
        id=identifier,
        title=title,
        authors=tuple(filter(None, (_name(person) for person in held.persons.get("author", ())))),
        published=_published(fields),
        venue=_venue(fields, identifier),
        links={"paper": address} if address.startswith(("http://", "https://")) else {},
        keywords=tuple(filter(None, map(str.strip, from_latex(fields.get("keywords", "")).split(",")))),
    )


def _name(person: Any) -> str:
    """``Zhengyao Ding`` from ``Ding, Zhengyao``, but ``丁 正尧`` from ``丁, 正尧``; "et al." is dropped."""
    given, surname = [*person.first_names, *person.middle_names], [*person.prelast_names, *person.last_names]
    ordered = [*surname, *given] if all(map(surname_first, (*given, *surname))) else [*given, *surname]
    name = from_latex(" ".join([*ordered, *person.lineage_names]))
    return "" if name.lower() in ("others", "et al.", "et al") else name


def _identifier(fields: Mapping[str, str], title: str) -> str | None:
    """The arXiv id, whichever field has it, else the DOI, else the title."""
    archive = fields.get("archiveprefix", fields.get("eprinttype", "arxiv")).lower()
    eprint = arxiv_version(from_data(fields.get("eprint", ""))) if archive == "arxiv" else None
    if eprint:
        return f"arxiv:{eprint[0]}"
    for name in ("url", "doi"):
        address = from_data(fields.get(name, ""))
        found = link_identifier(address) or doi_identifier(address)
        if found and (name == "doi" or found.startswith("arxiv:")):
            return found
    written = " ".join(fields.get(name, "") for name in ("journal", "note", "howpublished", "volume"))
    if _ARXIV_VENUE.search(written) and (cited := _ARXIV_ID.search(written)) and (named := arxiv_version(cited[0])):
        return f"arxiv:{named[0]}"
    return (link_identifier(from_data(fields["url"])) if "url" in fields else None) or title_identifier(title)


def _published(fields: Mapping[str, str]) -> Published:
    year, month = fields.get("year", fields.get("date", ""))[:10], fields.get("month", "")
    for text in (f"{month} {fields.get('day', '')}, {year}", f"{month} {year}", f"{year}-{month}", year):
        try:
            if found := Published.parse(from_latex(text).replace(" ,", ",")):
                return found
        except ValueError:  # an impossible day or month: the year may still be right
            continue
    return Published()


def _venue(fields: Mapping[str, str], identifier: str) -> str:
    written = next((from_latex(fields[name]) for name in _VENUES if fields.get(name)), "")
    if _ARXIV_VENUE.match(written):
        return PREPRINT_SERVER
    return "" if written.startswith(("http://", "https://")) else venue_of(_PROCEEDINGS.sub("", written), identifier)
