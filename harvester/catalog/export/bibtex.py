"""BibTeX with stable keys. Text is UTF-8 with LaTeX's special characters escaped, for both biber and BibTeX."""

import hashlib
import re

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.domain.identity import address_of

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
_URL_UNSAFE = re.compile(r'[{}\\%#"]')


def to_bibtex(entries: list[Entry], _taxonomy: Taxonomy) -> str:
    """A record for each paper."""
    return "\n".join(to_record(entry) for entry in entries)


def to_record(entry: Entry) -> str:
    """The record of a paper; data without a BibTeX field of its own is in ``keywords`` and ``note``."""
    fields = [f"  {name} = {value}" for name, value in _fields(entry).items() if value]
    return f"@{_type(entry)}{{{key(entry.id)},\n" + ",\n".join(fields) + "\n}\n"


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


def _type(entry: Entry) -> str:
    return "article" if entry.venue and entry.venue.lower() != "arxiv" else "misc"


def _fields(entry: Entry) -> dict[str, str]:
    """The fields in order, each with its delimiters; a month is a BibTeX macro, without any."""
    scheme, _, name = entry.id.partition(":")
    when = entry.published
    paper = entry.links.get("paper", "") or address_of(entry.id)
    others = [f"{role}: {address}" for role, address in entry.links.items() if role != "paper"]
    return {
        "title": f"{{{_braced(latex(entry.title))}}}",
        "author": _braced(" and ".join(_author(author) for author in entry.authors)),
        "year": _braced(f"{when.year:04}" if when else ""),
        "month": _MONTHS[when.month - 1] if when.month else "",
        "day": _braced(str(when.day) if when.day else ""),
        "journal": _braced(latex(entry.venue)) if _type(entry) == "article" else "",
        "howpublished": _braced(latex(entry.venue)) if _type(entry) == "misc" else "",
        "eprint": _braced(latex(name)) if scheme == "arxiv" else "",
        "archiveprefix": _braced("arXiv") if scheme == "arxiv" else "",
        "doi": _braced(latex(name)) if scheme == "doi" else "",
        "url": _braced(
            _URL_UNSAFE.sub(lambda found: "\\" + found[0] if found[0] in "%#" else _quoted(found[0]), paper)
        ),
        "keywords": _braced(latex(", ".join(entry.labels.names))),
        "note": _braced(latex("; ".join(others))),
    }


def _author(name: str) -> str:
    """The name, in braces if BibTeX would split it: an institute's name may contain "and" or a comma."""
    escaped = latex(name)
    return f"{{{escaped}}}" if re.search(r",|\band\b", name, re.IGNORECASE) else escaped


def _quoted(char: str) -> str:
    return f"\\%{ord(char):02X}"


def _braced(text: str) -> str:
    return f"{{{text}}}" if text else ""
