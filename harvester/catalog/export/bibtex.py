"""BibTeX with stable keys. Text is UTF-8 with LaTeX's special characters escaped, for both biber and BibTeX.

What LaTeX prints is escaped; DOI, eprint and URL are data, which styles give to ``\\url`` and ``\\href`` as they are.
"""

import hashlib
import re
from collections.abc import Mapping

from harvester.catalog.entry import Entry
from harvester.catalog.export.publication import Publication, doi_of, publication
from harvester.catalog.export.records import Context, other_links, paper_address
from harvester.catalog.export.titlecase import kept
from harvester.domain.person_names import PersonName, split_name

# BibTeX counts braces even if they are escaped, so \} would end a field; these commands keep braces balanced.
ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
}
_LIGATURES = re.compile("(?<=[-'`,<>?!])(?=[-'`,<>])")  # LaTeX would print -- as a dash and '' as a quotation mark
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_KEY_UNSAFE = re.compile(r"[^A-Za-z0-9.:/_+-]+")
_NO_DATA = re.compile(r"[{}\\]")  # braces may be unbalanced, and a backslash may precede one
_TYPES = {Publication.JOURNAL: "article", Publication.CONFERENCE: "inproceedings"}
_VENUES = {Publication.JOURNAL: "journal", Publication.CONFERENCE: "booktitle"}


def to_bibtex(entries: list[Entry], context: Context) -> str:
    """A record for each paper."""
    return "\n".join(to_record(entry, context.primary_class(entry.id)) for entry in entries)


def to_record(entry: Entry, primary_class: str = "") -> str:
    """The record of a paper; data without a BibTeX field of its own is in ``keywords`` and ``note``."""
    return record(_TYPES.get(publication(entry), "misc"), entry, _fields(entry, primary_class))


def record(kind: str, entry: Entry, fields: Mapping[str, str]) -> str:
    """A record of fields with their delimiters; empty ones are left out."""
    lines = [f"  {name} = {value}" for name, value in fields.items() if value]
    return f"@{kind}{{{key(entry.id)},\n" + ",\n".join(lines) + "\n}\n"


def key(identifier: str) -> str:
    """A key derived from the identifier alone, so that correcting a title or an author breaks no citation."""
    scheme, _, name = identifier.partition(":")
    safe = _KEY_UNSAFE.sub("-", name).strip("-")
    if safe == name:
        return f"{scheme}-{name}"
    return "-".join(filter(None, (scheme, safe, hashlib.sha256(name.encode()).hexdigest()[:8])))


def latex(text: str) -> str:
    """The text, escaped so that LaTeX prints it unchanged."""
    return "".join(ESCAPES.get(char, char) for char in _LIGATURES.sub("\0", text)).replace("\0", "{}")


def common(entry: Entry) -> dict[str, str]:
    """The fields that BibTeX and BibLaTeX share."""
    others = [f"{latex(role)}: \\url{{{_verbatim(address)}}}" for role, address in other_links(entry).items()]
    return {
        "title": braced(_title(entry.title)),
        "author": braced(" and ".join(map(_author, entry.authors))),
        "doi": braced(_verbatim(doi_of(entry))),
        "url": braced(_verbatim(paper_address(entry))),
        "keywords": braced(latex(", ".join(entry.labels.names))),
        "note": braced("; ".join(filter(None, (latex(entry.note), *others)))),
    }


def braced(text: str) -> str:
    """The text as a field's value; "" stays empty."""
    return f"{{{text}}}" if text else ""


def _fields(entry: Entry, primary_class: str) -> dict[str, str]:
    """The fields in order, each with its delimiters; a month is a BibTeX macro, without any."""
    scheme, _, name = entry.id.partition(":")
    shared, when = common(entry), entry.published
    return {
        "title": shared["title"],
        "author": shared["author"],
        "year": braced(f"{when.year:04}" if when else ""),
        "month": _MONTHS[when.month - 1] if when.month else "",
        "day": braced(str(when.day) if when.day else ""),
        _VENUES.get(publication(entry), "howpublished"): braced(latex(entry.venue)),
        "eprint": braced(name) if scheme == "arxiv" else "",
        "archivePrefix": braced("arXiv") if scheme == "arxiv" else "",
        "primaryClass": braced(latex(primary_class)),
        **shared,
    }


def _title(title: str) -> str:
    """The title, with braces around the words whose capitals must stay."""
    return " ".join(_protected(latex(word)) if keep else latex(word) for word, keep in kept(title))


def _protected(word: str) -> str:
    """In braces; BibTeX changes letters behind a command at their start, unless there are two pairs."""
    return f"{{{{{word}}}}}" if word.startswith("\\") else f"{{{word}}}"


def _author(text: str) -> str:
    """``van der Berg, Jr., Jan``; in braces is what BibTeX would split otherwise: groups, commas, commands."""
    name = split_name(text)
    if name.literal or not name.family or (name.suffix and not name.given):
        return f"{{{latex(text)}}}"
    return ", ".join(filter(None, (_surname(name), _part(name.suffix), _part(name.given))))


def _surname(name: PersonName) -> str:
    """The particle stands free, so that styles can sort without it, unless it has to be escaped."""
    if latex(name.particle) != name.particle:
        return _part(name.surname)
    return f"{name.particle} {_part(name.family, whole=_has_particle(name.family))}".strip()


def _part(text: str, *, whole: bool = False) -> str:
    escaped = latex(text)
    return f"{{{escaped}}}" if escaped != text or whole or "@" in text else escaped


def _has_particle(family: str) -> bool:
    """Whether BibTeX would take the first words of a family name for a particle: a word before the last is lower."""
    first = (next(filter(str.isalpha, word), "") for word in family.split()[:-1])
    return any(map(str.islower, first))


def _verbatim(address: str) -> str:
    """A DOI or address as it is, but for braces and backslashes, which would break the record: they are quoted."""
    return _NO_DATA.sub(lambda found: f"%{ord(found[0]):02X}", address)
