"""Extracts authors' names from the strings in journal feeds."""

import re
from collections.abc import Iterable, Sequence

from harvester.domain.papers import Author
from harvester.domain.text import clean

_ASIDE = re.compile(r"\s*\([^()]*\)")  # an affiliation or a role
_AND_OTHERS = re.compile(r"[,;]?\s+et al\b\.?", re.IGNORECASE)
_SEPARATOR = re.compile(r",\s(?:and|&)\s|,|\s(?:and|&)\s")
_INITIALS = re.compile(r"[A-Z](?:[.\s-]{0,2}[A-Z]){0,3}\.?")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|ii|iii|iv", re.IGNORECASE)
_DEGREE = re.compile(
    r"MD|PhD|DPhil|MSc|BSc|MS|MA|BA|BS|MPH|MBA|MHS|MBBS|MBChB|DO|DSc|ScD|PharmD|RN|FACC|FAHA|FESC|FRCP|FHRS"
)


def authors_of(names: Sequence[str]) -> tuple[Author, ...]:
    """The authors named in a feed, each once, without degrees and affiliations.

    Several strings are one author each, perhaps as ``Doe, Jane``; a single one may be a whole list: ``A, B and C``.
    """
    given = [name for name in (clean(_ASIDE.sub(" ", clean(name))) for name in names) if name]
    listed = _split(given[0]) if len(given) == 1 else [_upright(name) for name in given]
    return tuple(dict.fromkeys(Author(name) for name in listed if name))


def _split(text: str) -> list[str]:
    """The names in one string. If it has semicolons, commas are part of names."""
    text = _AND_OTHERS.sub("", text)
    if ";" in text:
        return [_upright(name) for name in text.split(";")]
    names = _whole(_SEPARATOR.split(text))
    alone = len(names) == 2 and "," in text and " " not in names[0]  # Doe, Jane
    paired = len(names) % 2 == 0 and all(_INITIALS.fullmatch(name) for name in names[1::2])  # Doe, J., Roe, R.
    if alone or paired:
        return [f"{first} {last}" for last, first in zip(names[::2], names[1::2], strict=True)]
    return names


def _whole(pieces: Iterable[str]) -> list[str]:
    """The pieces between commas as names: ``Jr.`` belongs to the preceding name, ``MD`` is dropped."""
    names: list[str] = []
    for piece in map(str.strip, pieces):
        if names and _SUFFIX.fullmatch(piece):
            names[-1] += f", {piece}"
        elif piece and not _is_degree(piece):
            names.append(piece)
    return names


def _upright(name: str) -> str:
    """``Jane Doe, Jr.``, from that form or from ``Doe, Jane, Jr., MD``."""
    pieces = [piece.strip() for piece in name.split(",")]
    suffix = next((f", {piece}" for piece in pieces if _SUFFIX.fullmatch(piece)), "")
    own = [piece for piece in pieces if piece and not _SUFFIX.fullmatch(piece) and not _is_degree(piece)]
    return (" ".join(reversed(own)) if len(own) == 2 else ", ".join(own)) + suffix


def _is_degree(piece: str) -> bool:
    return bool(_DEGREE.fullmatch(piece.replace(".", "")))
