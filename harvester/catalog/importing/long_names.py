"""Titles behind the short name of their method: ``**HeartNet**: Title``, ``[HeartNet](...) - Title``.

A title is told from a description, which lists put there as well: it has several words, and no full stop behind it
unless more follows ("Has 100 scans.").
"""

import re
from dataclasses import dataclass

from harvester.catalog.importing.data_sets import is_counted
from harvester.catalog.importing.dates import is_place_or_date
from harvester.catalog.importing.inline import TOKEN, Inline, Link, Span, join, trimmed
from harvester.catalog.importing.names import names_of
from harvester.catalog.importing.sentences import QUOTED, sentence_end
from harvester.catalog.importing.words import word_set

_COLON = re.compile(r"\s*[:：]\s*(?=\S)")
_DASH = re.compile(r"\s+(?:[–—|]|-{1,3})\s+(?=\S)|(?=\s+[\"“«「『])\s*")
NAME = re.compile(r"(?=\S*[^\W_])(?=\S?\S*(?:(?<!^)[A-Z]|\d)|\S*(?i:net|former|bert|seg)\b)[^\W_][\w+./-]*")
_SHORT = 4  # words of a name before a colon
_FEWEST = 4  # words of a title behind a dash
_SMALL = word_set("of the and in for on et al de la des der und y von van")  # words of journals and of names
_DESCRIBES = word_set(
    """
    this these it our we is are was has have had provides provided includes contains offers offer uses using
    official unofficial implementation code repository repo library toolbox toolkit package framework collection
    collections list lists used trained see also proposes proposed presents presented introduces introduced""",
)


@dataclass(frozen=True, slots=True)
class LongName:
    """A title, and the rest of the line; `link` is the title's own, None if it is that of the short name."""

    title: Inline
    rest: Inline
    link: Link | None = None


def long_name(line: Inline, name: Inline, end: int, *, like_a_paper: bool) -> LongName | None:
    """The title behind a short name.

    Args:
        end: where the name ends in the line.
        like_a_paper: whether the name leads to a paper, so that what follows is not only said about it.
    """
    glued = name.words.endswith((":", "："))
    colon = _COLON.match(line.text, end)
    if (glued or colon) and is_counted(line.shape, end):
        return None
    if glued or colon:
        start = colon.end() if colon else end
        return _behind(line, name, start) if len(name.words.split()) <= _SHORT else None
    if said := _in_italics(line, end):
        behind = line.part(said.end)
        title = line.part(said.start, said.end)
        both = LongName(join(name, Inline(": "), title), behind)
        return both if like_a_paper and NAME.fullmatch(name.words) and _is_title(title, both) else None
    dash = _DASH.match(line.shape, end)
    if not dash or not like_a_paper or not NAME.fullmatch(name.words):
        return None
    found = _behind(line, name, dash.end())
    return found if found and (found.link or _is_title(_before(line.part(dash.end()), found.rest), found)) else None


def _in_italics(line: Inline, end: int) -> Span | None:
    """Words in italics right behind a name that no journal is called: some of them are in lower case."""
    span = next((span for span in line.of("em") if span.start >= end and not line.text[end : span.start].strip()), None)
    return span if span and has_words_in_lower_case(line.text[span.start : span.end]) else None


def has_words_in_lower_case(text: str) -> bool:
    """Whether words in italics are no name of a journal or of people: words other than ``of`` are in lower case."""
    return any(word.islower() and word not in _SMALL and len(word) > 1 for word in text.split())


def _behind(line: Inline, name: Inline, start: int) -> LongName | None:
    after = line.part(start)
    linked = next((span for span in after.of("link") if not after.text[: span.start].strip(" [")), None)
    if linked and linked.link and len(linked.link.label.split()) >= _FEWEST:
        return LongName(
            after.part(linked.start, linked.end), join(name, Inline(" | "), after.part(linked.end)), linked.link
        )
    if quoted := QUOTED.match(after.shape):
        title, rest = after.part(*quoted.span("text")), after.part(quoted.end())
    else:
        first = TOKEN.search(after.shape)
        stop = sentence_end(after.text[: first.start()] if first else after.text)
        title, rest = after.part(0, stop), after.part(stop)
    if not re.search(r"[^\W\d]", title.text):
        return None
    name, title = trimmed(name, " :："), trimmed(title, " (（[|,:;–—-")
    if title.words.casefold().startswith(name.words.casefold()):
        return LongName(title, rest)
    return LongName(join(name, Inline(": "), title), rest)


def _before(text: Inline, rest: Inline) -> Inline:
    return text.part(0, len(text.text) - len(rest.text))


def _is_title(said: Inline, found: LongName) -> bool:
    """Whether what follows a name is a title, not a description, authors, a venue or a date."""
    words = said.words.strip(' "“”«»「」『』')
    spelled = words.split()
    if len(spelled) < _FEWEST and words.isascii():
        return False
    if ";" in words or spelled[0].lower() in _DESCRIBES or spelled[0][0].islower():
        return False
    parts = re.split(r"[,，]\s+", words)
    if (
        is_place_or_date(words)
        or names_of(words)
        or any(is_place_or_date(part) or names_of(part) for part in parts[:2])
    ):
        return False
    left = found.rest.shape.lstrip()
    ends = left[:1] in (".", "。") and not re.search(r"[^\W_]", TOKEN.sub("", left))
    return not ends
