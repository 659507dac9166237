"""The Markdown within a line: links, notes in square brackets, and text as its reader sees it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.entities import html5

from harvester.domain.text import clean

_ESCAPED = re.compile(
    r"\\(?P<char>[!-/:-@\[-`{-~])|&(?P<entity>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
)
# Possessive (*+), so that no hostile line takes more than linear time.
TEXT = r"(?:\\.|[^\[\]\\])*+"
TARGET = r"\s*+(?:<[^<>]*+>|(?:\\.|[^()\s\\]|\([^()\s]*+\))*+)(?:\s++(?:\"[^\"]*+\"|'[^']*+'))?\s*+"
TOKEN = re.compile(rf"\\.|\[{{1,2}}(?P<label>{TEXT})\]{{1,2}}\((?P<target>{TARGET})\)\]?|\[(?P<note>{TEXT})\]")
"""A link or a note; an escaped character comes first, so that no bracket of a title is taken for markup."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BARE = re.compile(r"https?://[^\s<>()\[\]|\\\"'`*]+")
_LOOKED_AT = 2000  # characters of a line; venue and date stand at its beginning
_STOPS = r"[;|()]|\.\s|\s[–—-]\s"
_SOFT = re.compile(
    r"(?<!\\)\((?P<round>[^()\\]{2,80})\)|(?<![\\*_\w])[*_](?P<italic>[^*_\\]{2,80})[*_](?![*_\w])|`(?P<code>[^`]{2,80})`"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link's text and address; the text of a bare address is empty."""

    label: str
    target: str


def links_in(text: str) -> Iterator[Link]:
    """The links of a line in order, then the bare addresses outside of them."""
    for token in TOKEN.finditer(text):
        if token["target"] is not None and (target := address(token["target"])):
            yield Link(plain(token["label"]), target)
    for found in _BARE.finditer(TOKEN.sub(" ", text)):
        yield Link("", found.group().rstrip(".,;:!?"))


def notes_in(text: str) -> Iterator[str]:
    """The texts in square brackets that are no links."""
    for token in TOKEN.finditer(text):
        if token["note"] is not None and (note := plain(token["note"])):
            yield note


def soft_notes_in(text: str) -> Iterator[str]:
    """What may be a venue or date where a list has no notes: in round brackets, italics, and between commas."""
    bare = _BARE.sub(" ", TOKEN.sub(" ", text[:_LOOKED_AT]))
    for found in _SOFT.finditer(bare):
        yield plain(found["round"] or found["italic"] or found["code"])
    for piece in (*re.split(_STOPS, bare), *re.split(rf"{_STOPS}|,", bare)):
        if words := plain(piece).strip(" *_`.,\\"):
            yield words


def plain(markdown: str) -> str:
    """Markdown of one line as its reader sees it."""
    text = _TAG.sub("", markdown)
    text = TOKEN.sub(lambda found: found["label"] if found["target"] is not None else found.group(), text)
    text = re.sub(r"(\\.)|\*\*|__|`", lambda found: found[1] or "", text)
    return clean(_unescape(text))


def address(target: str) -> str:
    """A link's address without its title and pointed brackets."""
    target = re.sub(r"""\s+("[^"]*"|'[^']*')\s*$""", "", target).strip()
    return _unescape(target.removeprefix("<").removesuffix(">").strip())


def _unescape(text: str) -> str:
    """Backslash escapes and entities undone in one pass, as CommonMark does: ``\\&amp;`` stays ``&amp;``."""
    return _ESCAPED.sub(_meaning, text)


def _meaning(found: re.Match[str]) -> str:
    if found["char"]:
        return found["char"]
    if found["entity"].startswith("#"):
        return unescape(found.group())
    return html5.get(f"{found['entity']};", found.group())
