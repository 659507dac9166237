"""Brackets of Chinese and Japanese lists: around links, dates and venues they are square ones, in a title they stay."""

import re

from harvester.catalog.importing.dates import is_date, is_place_or_date, is_venue, place_and_year
from harvester.catalog.importing.inline import Inline
from harvester.catalog.importing.words import role_word, without_marks

_PAIR = re.compile(r"【(?P<lenticular>[^【】]*)】|〔(?P<shell>[^〔〕]*)〕")
_MOST_PAIRS = 200  # of a line
_SIGNS = re.compile(r"[\s,，、|/·&+;；:：\[\]()（）]*")


def with_square_brackets(line: Inline) -> Inline:
    """The line with square brackets where 【】 and 〔〕 are around links, or around what is said of a paper."""
    if "【" not in line.text and "〔" not in line.text:
        return line
    text, linked = list(line.text), _linked(line)
    for number, found in enumerate(_PAIR.finditer(line.text)):
        if number == _MOST_PAIRS:
            break
        start, end = found.span()
        inside = found["lenticular"] if found["shell"] is None else found["shell"]
        left = "".join(" " if linked[place] else line.text[place] for place in range(start + 1, end - 1))
        around_links = not linked[start] and left != inside and bool(_SIGNS.fullmatch(left))
        if around_links or _is_said(inside, first=_is_first(line.text[:start])):
            text[start], text[end - 1] = "[", "]"
    return Inline("".join(text), line.spans)


def _linked(line: Inline) -> bytearray:
    """Which characters are in links."""
    inside = bytearray(len(line.text))
    for span in line.of("link"):
        inside[span.start : span.end] = b"\1" * (span.end - span.start)
    return inside


def _is_first(before: str) -> bool:
    """Whether nothing but marks and other brackets are before a pair."""
    start, _ = without_marks(before)
    return not _PAIR.sub("", re.sub(r"\[[^\[\]]*\]", "", before[start:])).strip(" *_`")


def _is_said(inside: str, *, first: bool) -> bool:
    """Whether brackets hold a date, a venue or what a link is called; at the beginning any venue with a year counts."""
    words = inside.strip()
    if not words or is_date(words) or is_place_or_date(words) or role_word(words) not in ("", "link"):
        return True
    return first and (is_venue(words) or bool(place_and_year(words, trusted=True)))
