"""The names in BibTeX's field ``author``: in its own form, and in the forms that people write instead.

``pybtex`` splits lists at "and" and names into their parts; lists without "and" are read as feeds' are.
"""

import re

from harvester.catalog.importing.records.latex import from_latex
from harvester.domain.person_names import split_name, surname_first
from harvester.sources.names import authors_of

_OTHERS = re.compile(r"(?:and )?others\.?|et\.? al\.?|\.\.\.|…|", re.IGNORECASE)
_BEHALF = re.compile(r"(?:and )?others on behalf of (?:the )?", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr)\.?|ii|iii|iv", re.IGNORECASE)
_SUFFIX_BEHIND = re.compile(r",\s*((?:jr|sr)\.?|ii|iii|iv)\s*$", re.IGNORECASE)
_FOOTNOTE = re.compile(
    r"\$\s*\^\s*(?:\{[^{}]*\}|\S)\s*\$|\\textsuperscript\s*\{[^{}]*\}|\\thanks\s*\{[^{}]*\}|[*†‡§¶✉]+"
)
_HOMONYM = re.compile(r"(?<=[^\W\d_])[\s~]+0\d{3}(?=\s*(?:,|\Z|\sand\b))", re.IGNORECASE)  # DBLP: "Tom Mar 0002"
_SPARE_AND = re.compile(r"\s(?:and\s+)+", re.IGNORECASE)
_WHOLE_GROUP = re.compile(r"\{(?P<inside>[^{}]*)\}")
_VANCOUVER = re.compile(r"(?P<family>[^\W\d_][\w' ’-]*) (?P<initials>(?:[A-ZÀ-ÖØ-Þ]\.?[ -]?){1,3})")
_PARTICLES = frozenset(
    {"al", "ben", "bin", "da", "de", "del", "della", "di", "dos", "du", "el", "la", "le", "mac", "mc", "san", "santa",
     "st", "st.", "van", "von"}
)  # fmt: skip
_LEAST_WORDS = 2  # of a person's full name
# biblatex's extended format: ``family=Dee, given=Ann, prefix=van der`` (its manual, section 3.13).
_NAME_PARTS = ("given", "prefix", "family", "suffix")
_NAME_PART = re.compile(r'"?\s*(?P<part>[a-z-]+)\s*=\s*(?P<value>[^=]*?)\s*"?', re.IGNORECASE)


def authors_in(field: str) -> tuple[tuple[str, ...], bool]:
    """The authors as plain text, ``Given Family``, and whether something else than "and" had to separate them.

    A group in braces is one author; "others" and "et al." are dropped.
    """
    from pybtex.bibtex.utils import split_name_list

    field = _HOMONYM.sub("", re.sub(r"[,\s]*(?:\band\s+)?\bet\.? al\b\.?", "", field))
    text = re.sub(r"\s*[、，；]\s*", "; ", _FOOTNOTE.sub("", field).replace(r"\and ", "and "))
    listed = _SPARE_AND.sub(" and ", f" {_unwrapped(' '.join(text.split()))} ").removeprefix(" and ")
    pieces = [_BEHALF.sub("", piece.strip(" ,")) for piece in split_name_list(listed.removesuffix(" and ").strip())]
    pieces = [piece for piece in pieces if not _OTHERS.fullmatch(piece.strip("{} "))]
    in_parts = [_name_in_parts(piece) for piece in pieces]
    if any(in_parts):
        return tuple(filter(None, (name or _name(piece) for name, piece in zip(in_parts, pieces, strict=True)))), False
    if _by_commas(pieces):
        return _listed(" and ".join(pieces)), True
    return tuple(filter(None, map(_name, pieces))), False


def _unwrapped(text: str) -> str:
    """The list without a second pair of braces around all of it, by which it would be one group's name."""
    found = _WHOLE_GROUP.fullmatch(text)
    inside = found["inside"] if found else ""
    names = re.split(r"\s+and\s+", inside)
    whole = len(names) > 1 and all("," in name or len(name.split()) >= _LEAST_WORDS for name in names)
    return inside if whole else text


def _by_commas(pieces: list[str]) -> bool:
    """Whether some piece holds several names: more commas than a name has, semicolons, or whole names between commas.

    ``Family, Given`` and ``Family, Jr., Given`` are BibTeX's own forms.
    """
    parts = [_parts(piece) for piece in pieces]
    if any(";" in _bare(piece) or " & " in from_latex(_bare(piece)) for piece in pieces):
        return True
    if any(len(part) > 3 or (len(part) == 3 and not any(map(_SUFFIX.fullmatch, part[1:]))) for part in parts):
        return True
    # "Jane Doe, Rick Roe" and "Jane Doe, Rick Roe and Bo Poe"; next to further names, a comma is taken as BibTeX does.
    alone = len(parts) == 1 or (len(parts) == 2 and len(parts[1]) == 1)
    return alone and len(parts[0]) == 2 and all(map(_is_full_name, parts[0]))


def _is_full_name(part: str) -> bool:
    """Two or more words without a particle: ``van der Dee``, ``De Luca`` and ``García`` are surnames."""
    words = part.replace("~", " ").split()
    capital = all(word[:1].isupper() or word[:1] in "\\{" for word in words)
    return len(words) >= _LEAST_WORDS and capital and words[0].lower() not in _PARTICLES


def _parts(piece: str) -> list[str]:
    return [part.strip() for part in _bare(piece).split(",") if part.strip()]


def _bare(piece: str) -> str:
    """Without what is in braces, where commas do not count."""
    before = ""
    while before != piece:
        piece, before = re.sub(r"\{[^{}]*\}", "x", piece), piece
    return piece


def _name_in_parts(piece: str) -> str:
    """A name in biblatex's extended format; "" if it is in another one."""
    found = [_NAME_PART.fullmatch(part.strip()) for part in piece.split(",")]
    if not all(found):
        return ""
    parts = {part["part"].lower(): from_latex(part["value"]) for part in found if part}
    return " ".join(filter(None, (parts.get(name, "") for name in _NAME_PARTS)))


def _listed(text: str) -> tuple[str, ...]:
    names = [name for author in authors_of([from_latex(text)]) if not _OTHERS.fullmatch(name := author.name)]
    found = [_VANCOUVER.fullmatch(name) for name in names]
    if all(found):  # "Dee A, Poe BC", as medical journals print it
        return tuple(f"{name['initials']} {name['family']}" for name in found if name)
    return tuple(name.replace(", Jr", " Jr").replace(", Sr", " Sr") for name in names)


def _name(text: str) -> str:
    """``Zhengyao Ding`` from ``Ding, Zhengyao``, ``Bob Poe Jr.`` from BibTeX's form and from ``Bob Poe, Jr.``."""
    from pybtex.database import InvalidNameString, Person

    inside = found["inside"] if (found := _WHOLE_GROUP.fullmatch(text)) else ""
    if inside.count(",") == 1 and split_name(inside).given:
        text = inside  # "{Sol, Eva}", to keep the capitals: no group's name
    try:
        person = Person(_SUFFIX_BEHIND.sub(r" \1", text))
    except InvalidNameString:
        return from_latex(text)
    given, surname = [*person.first_names, *person.middle_names], [*person.prelast_names, *person.last_names]
    ordered = [*surname, *given] if all(map(surname_first, (*given, *surname))) else [*given, *surname]
    return from_latex(" ".join([*ordered, *person.lineage_names])).strip(",; ")
