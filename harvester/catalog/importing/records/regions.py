"""Finds where BibTeX records may be in a text: between prose, in code blocks, quotations and HTML, closed or not.

A record ends at the latest where its surroundings end (a fence, a tag, a heading) or another record begins. So a brace
that is never closed costs one record, and the time taken grows with the length of the text only.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.catalog.importing.records.mending import balanced_end

ENTRY_TYPES = frozenset(  # BibTeX's, BibLaTeX's, and a few that people make up
    {
        "article", "artwork", "audio", "bibnote", "book", "bookinbook", "booklet", "collection", "conference", "data",
        "dataset", "electronic", "image", "inbook", "incollection", "inproceedings", "inreference", "letter", "manual",
        "mastersthesis", "misc", "mvbook", "mvcollection", "mvproceedings", "online", "patent", "performance",
        "periodical", "phdthesis", "preprint", "proceedings", "reference", "report", "review", "software", "standard",
        "suppbook", "techreport", "thesis", "unpublished", "video", "www",
    }
)  # fmt: skip
_NO_RECORDS = frozenset({"comment", "preamble"})
_START = re.compile(
    r"(?<![\w.@/\\])@(?P<gap>[ \t]?)(?P<kind>[A-Za-z]+)"
    r"(?:\s*(?P<open>[{(])|(?:\s*[\[<]|[ \t]+)[^\s,{}()\[\]<>@]+,[ \t]*\n)"  # or without its brace: "@article k,"
    r"|^[ \t]*(?P<bare>[A-Za-z]+)\{[^\s,={}]+,[ \t]*\n(?=\s*[A-Za-z]+\s*=)",  # without its @
    re.MULTILINE,
)
_STOP = re.compile(
    r"^[ \t]*(?:```|~~~)|</(?:pre|code|details)>|^ {0,3}#{1,6}[ \t]+(?=[^\"{\s])",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|br|code|div|em|font|i|p|pre|scp|small|span|strong|sub|sup|tt)(?:\s[^<>]*)?/?>", re.IGNORECASE
)

# Publishers escape the tags of titles once more. Only pairs: a DOI may contain what looks like one tag.
_FORMATTED = re.compile(r"<(?P<tag>b|em|i|scp|strong|sub|sup|tt)>(?P<inside>[^<>]*)</(?P=tag)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Region:
    """From the ``@`` of a record to where it must have ended; `line` is that of the ``@``, `kind` its type."""

    line: int
    kind: str
    text: str

    @property
    def is_known(self) -> bool:
        """Whether it is certainly meant as a record: programs have ``@words`` before a brace, too."""
        return self.kind in ENTRY_TYPES


def regions(text: str) -> Iterator[Region]:
    """All places that may be records, and definitions of macros (``@string``), in order."""
    text = visible(text)
    starts = [found for found in _START.finditer(text) if _is_start(text, found)]
    ends = sorted([*(found.start() for found in starts), *(found.start() for found in _STOP.finditer(text)), len(text)])
    line = at = hidden = 0
    closed = True  # so far; what is behind a comment that never ends is read, and no further end is searched for
    for found in starts:
        line, at = line + text.count("\n", at, found.start()), found.start()
        kind = _kind(found)
        if at < hidden:
            continue
        if kind == "comment" and closed:
            end = balanced_end(text, at)
            closed, hidden = end is not None, end or at
        elif kind not in _NO_RECORDS:
            yield Region(line + 1, kind, unmarked(text[at : ends[bisect_right(ends, at)]]))


def visible(text: str) -> str:
    """The text without marks of quotation, comments and invisible characters; every line keeps its number."""
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    return _UNSEEN.sub("", _QUOTED.sub("", text)).replace("\u00a0", " ")


def _is_start(text: str, found: re.Match[str]) -> bool:
    """Not in a line that BibTeX's users comment out, nor a person's handle before an aside: ``@ann (Ann Dee)``."""
    before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
    kind = _kind(found)
    whole = found["open"] and not found["gap"]
    known = kind in ENTRY_TYPES or (kind == "string" and whole)
    return not before.lstrip().startswith("%") and bool(known or (whole and found["open"] == "{"))


def _kind(found: re.Match[str]) -> str:
    return (found["kind"] or found["bare"]).lower()


def unmarked(text: str) -> str:
    """Text that a page shows: HTML's tags and entities are how a page writes it."""
    without = _TAG.sub(lambda tag: " " if tag[0].lower().startswith("<br") else "", text) if "<" in text else text
    if "&" not in without:
        return without
    shown = _ENTITY.sub(lambda entity: html.unescape(entity[0]), without)
    return _FORMATTED.sub(r"\g<inside>", shown) if "&lt;" in without else shown
