"""Extracts authors' names from the strings in feeds."""

import re
from collections.abc import Iterator, Sequence

from harvester.domain.papers import Author
from harvester.domain.text import clean

_ASIDE = re.compile(r"\s*\([^()]*\)")  # an affiliation or a role; nested brackets go from the inside out
_MAIL = r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}"
_ADDRESS_FIRST = re.compile(rf"{_MAIL}\s*\(([^()]+)\)")  # RSS 2.0: jane@example.org (Jane Doe)
_ADDRESS = re.compile(rf"<?{_MAIL}>?")
# "Jane Doe1,2*", "Jane Doe²,³" or "Jane Doe[1]", but not "H1 Collaboration"
_RAISED = "[\u00b9\u00b2\u00b3\u2070-\u2079]"
_FOOTNOTE = re.compile(
    rf"(?<=[^\W\d_A-ZÀ-ÖØ-Þ])\d{{1,2}}(?:, ?\d{{1,2}})*(?!\d)|{_RAISED}(?:, ?{_RAISED})*|\[\d{{1,2}}(?:, ?\d{{1,2}})*\]"
    r"|[*†‡§¶#]+"
)
_TEX_FOOTNOTE = re.compile(r"\$\s*\^\s*(?:\{[^{}$]{0,40}\}|[^\s{}$]{1,10})\s*\$")  # arXiv: Jane Doe$^{1,2}$
_MEMBERS = re.compile(
    r"(?<=collaboration):\s*|(?<=consortium):\s*|(?<=group):\s*", re.IGNORECASE
)  # "X Group: Jane Doe"
_NUMBER_AT_END = re.compile(r"(?<=[^\W\d_])\s\d{1,2}\Z")  # "Jane Doe 1", but not "Working Group 2"
_ORCID = re.compile(r"\(?(?:ORCID:? ?)?(?:https?://orcid\.org/)?\b(?:\d{4}-){3}\d{3}[\dX]\b\)?", re.IGNORECASE)
_LABEL = re.compile(r"\A(?:by|(?:corresponding )?authors?(?:\(s\))?:)\s+(?=\S)", re.IGNORECASE)
_TITLE = re.compile(r"(?:(?:dr|prof|professor|mr|mrs|ms)\.?\s+)+(?=\S+\s+\S)", re.IGNORECASE)
_BEHALF = re.compile(r"\A(?:(?:and\s+)?(?:on behalf of|for)\s+(?=the\b)|and\s+)", re.IGNORECASE)
_NOBODY = re.compile(
    r"null|none|n/?a|unknown|anonymous|various|admin|and others|\[?no authors?(?: listed)?\]?", re.IGNORECASE
)
_WIDE = str.maketrans({"；": ";", "，": ",", "、": ",", "|": ";"})
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # one word is a whole name: 王小丽
_AND_OTHERS = re.compile(r"[,;]?\s*\bet al\b\.?", re.IGNORECASE)
_SEPARATOR = re.compile(r",\s(?:and|&)\s|,|\s(?:and|&)\s")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|ii|iii|iv|2nd|3rd|4th", re.IGNORECASE)
_SUFFIX_AT_END = re.compile(rf"(.*\w)\s+({_SUFFIX.pattern})", re.IGNORECASE)
_DEGREE = re.compile(
    r"(?:MD|PhDc?|DPhil|MSc|BSc|MS|MA|BA|BS|MPH|MBA|MHS|MBBS|MBChB|DO|DSc|ScD|DrPH|DVM|PharmD|BEng|MEng|RN|MRCP|FACC|FAHA"
    r"|FESC|FRCP|FRCPC|FHRS|FSCAI|FASE|FSCMR|FSCCT|Dr-?(?:Ing|med)|Dr (?:Ing|med))(?:[ /-]|\Z)"
)
_DEGREE_AT_END = re.compile(r"(?:\s+(?:PhD|DPhil|MSc|BSc|MPH|MBBS|MBChB|PharmD|FACC|FAHA|FESC|FRCP|FHRS))+\Z")
_DOCTOR_AT_END = re.compile(
    r"(?P<name>[^\W\d_a-z]\S*\s+\S*[^\W\d_a-z]\S+(?:\s+\S+)?)\s+M\.?D\.?"
)  # not "Doe MD", initials
_GROUP = re.compile(
    r"\b(?:group|investigators?|consortium|collaborat\w+|network|team|committee|society|study|trialists|initiative|"
    r"registry|project|party|association|programme?|biobank|cent(?:er|re)|institute|foundation)\b",
    re.IGNORECASE,
)
_MOST_INITIALS = 4
_LONGEST = 1_000  # characters of a name; no group has a longer one


def authors_of(names: Sequence[str]) -> tuple[Author, ...]:
    """The authors named in a feed, each once, without degrees and affiliations.

    Several strings are one author each, perhaps as ``Doe, Jane``; a single one may be a whole list: ``A, B and C``.
    """
    given = [name for name in map(_bare, names) if name]
    alone = len(given) == 1
    listed = [name for text in given for name in (_split(text) if alone or ";" in text else [text])]
    return tuple(dict.fromkeys(Author(name) for name in map(name_of, listed) if name))


def name_of(text: str) -> str:
    """One author's name from a field of its own, in the usual order; "" for ``:``, ``et al.``, ``Unknown``."""
    name = _without_rank(_upright(_bare(text)[:_LONGEST]))
    return name if any(map(str.isalpha, name)) and not _NOBODY.fullmatch(name) else ""


def group_name(text: str) -> str:
    """A group's name from a field of its own, where commas are part of it; "" for ``et al.``."""
    name = _without_rank(_bare(text)[:_LONGEST]).rstrip(".")
    return name if any(map(str.isalpha, name)) and not _NOBODY.fullmatch(name) else ""


def _bare(name: str) -> str:
    """The name without addresses, what stands in brackets, marks of footnotes, and ``et al.``."""
    name, before = _TEX_FOOTNOTE.sub("", clean(name).translate(_WIDE)), ""
    name = _MEMBERS.sub(", ", _LABEL.sub("", _ORCID.sub("", name), count=1)).removesuffix(", ")
    name = _ADDRESS.sub("", _ADDRESS_FIRST.sub(r"\1", name))
    while name != before:
        name, before = _ASIDE.sub(" ", name), name
    return clean(_AND_OTHERS.sub("", _FOOTNOTE.sub("", name)))


def _without_rank(name: str) -> str:
    """``Jane Doe`` from ``Dr. Jane Doe PhD``, and a group without what ties it to the names before."""
    name = (_BEHALF if _GROUP.search(name) else _NUMBER_AT_END).sub("", name, count=1)
    name = _DEGREE_AT_END.sub("", _TITLE.sub("", name))
    found = _DOCTOR_AT_END.fullmatch(name)
    return found["name"] if found else name


def _split(text: str) -> list[str]:
    """The names in one string. If it has semicolons, commas are part of names: ``Doe, Jane; Roe, Rick``."""
    if ";" in text:
        parts = [part.strip() for part in text.split(";")]
        people = [part for part in parts if part and not _GROUP.search(part)]
        listed = len(people) == 1 and _is_list(people[0])
        return [name for part in parts for name in (_split(part) if listed and part in people else [_upright(part)])]
    pieces = [piece for piece in map(str.strip, _SEPARATOR.split(text)) if piece]
    return list(_joined(_with_suffixes(pieces)))


def _is_list(text: str) -> bool:
    """Whether this is ``Jane Doe, Rick Roe``, before a semicolon and a group, and not one name."""
    own = [piece.strip() for piece in text.split(",") if not _SUFFIX.fullmatch(piece.strip())]
    own = [piece for piece in own if piece and not _is_degree(piece)]
    return len(own) > 1 and all(" " in piece for piece in own)


def _with_suffixes(pieces: Sequence[str]) -> list[str]:
    """The pieces between commas, where ``Jr.`` belongs to the one before it, and a degree to nobody.

    After a surname alone, ``MA`` and ``MD`` are initials.
    """
    names: list[str] = []
    for piece in pieces:
        if _is_degree(piece) and not (names and " " not in names[-1] and _is_initials(piece)):
            continue
        if names and _SUFFIX.fullmatch(piece):
            names[-1] += f", {piece}"
        else:
            names.append(piece)
    return names


def _joined(pieces: Sequence[str]) -> Iterator[str]:
    """The names in the pieces: ``Doe, J.`` is two of them, ``Jane Doe`` and a group one each."""
    inverted = _all_inverted([piece for piece in pieces if not _GROUP.search(piece)])
    at = 0
    while at < len(pieces):
        family, given = pieces[at], pieces[at + 1] if at + 1 < len(pieces) else ""
        follows = _is_initials(given) or (inverted and given and not _GROUP.search(given))
        pair = follows and not _GROUP.search(family)
        yield _inverted(family, given) if pair else family
        at += 2 if pair else 1


def _all_inverted(pieces: Sequence[str]) -> bool:
    """Whether this is ``Doe, Jane, Roe, Rick M.``: surnames in one word, each followed by given names."""
    whole = any(map(_HAN.search, pieces))
    return len(pieces) % 2 == 0 and not whole and all(" " not in family for family in pieces[::2])


def _inverted(family: str, given: str) -> str:
    """``J. Poe, Jr.`` from ``Poe Jr.`` and ``J.``."""
    given, _, after = given.partition(", ")
    if not after and (found := _SUFFIX_AT_END.fullmatch(given)):
        given, after = found[1], found[2]
    found = _SUFFIX_AT_END.fullmatch(family)
    family, suffix = (found[1], found[2]) if found else (family, after)
    return f"{given} {family}" + (f", {suffix}" if suffix else "")


def _upright(name: str) -> str:
    """``Jane Doe, Jr.``, from that form or from ``Doe, Jane, Jr., MD``."""
    pieces = [piece.strip() for piece in name.split(",")]
    suffix = next((piece for piece in pieces if _SUFFIX.fullmatch(piece)), "")
    own = [piece for piece in pieces if piece and not _SUFFIX.fullmatch(piece)]
    initials = len(own) == 2 and " " not in own[0] and _is_initials(own[1])  # "Lee, MA"
    own = own if initials else [piece for piece in own if not _is_degree(piece)]
    if len(own) == 2 and not any(map(_GROUP.search, own)):
        return _inverted(own[0], f"{own[1]}, {suffix}" if suffix else own[1])
    return ", ".join(own) + (f", {suffix}" if suffix else "")


def _is_initials(piece: str) -> bool:
    """``J.``, ``Ö. B.``, ``J.-P.`` or ``JA``, perhaps with ``, Jr.``: capitals, each alone."""
    letters = [part for part in re.split(r"[.\s-]+", piece.partition(", ")[0]) if part]
    if len(letters) == 1 and "." not in piece:
        letters = list(letters[0])
    return 0 < len(letters) <= _MOST_INITIALS and all(len(letter) == 1 and letter.isupper() for letter in letters)


def _is_degree(piece: str) -> bool:
    """``M.D.``, ``MD PhD`` or ``MD/PhD``."""
    return bool(re.fullmatch(rf"(?:{_DEGREE.pattern})+", piece.replace(".", "")))
