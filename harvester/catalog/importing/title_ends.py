"""What stands around a title in its link, in bold or in its sentence: venue, date, authors. Pure."""

import re

from harvester.catalog.importing.citations import cited, people_behind_by
from harvester.catalog.importing.dates import date_of, is_place_or_date, is_venue, place_and_year
from harvester.catalog.importing.eastern_names import is_lone_name
from harvester.catalog.importing.inline import Inline, join, trimmed
from harvester.catalog.importing.journals import is_subject_too
from harvester.catalog.importing.names import names_of
from harvester.catalog.importing.sentences import LONGEST
from harvester.catalog.importing.words import word_count

NOTE_FIRST = re.compile(
    r"(?:\[(?P<note>[^\[\]\ue000\ue001]*)\]|[(（](?P<round>[^()（）\ue000\ue001]{1,60})[)）])[\s:,|–—-]*"
)
"""A note or a remark in brackets before a title."""
_TAIL_ROUND = re.compile(r"\s*[(（\[](?P<tail>[^()（）\[\]]{2,60})[)）\]][.。]?\s*$")
_CITED_ROUND = re.compile(r"\s?[(（](?P<cited>[^()（）\ue000\ue001]{5,140})[)）]")
_LETTERS = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3々]{2,7}"
_EASTERN_TAIL = re.compile(rf"\s+(?P<who>{_LETTERS}(?:[、，,\s]\s?{_LETTERS}){{0,9}}?)\s?(?:等人?|ら)?\s*\Z")
_ET_AL = re.compile(r"[,，\s]\s*et\.? al\.?\s*\Z", re.IGNORECASE)
_SEPARATOR = re.compile(r"[,.;]\s+|[，；]\s*|\s+[–—|-]\s+|\s+(?=in\s)")
_MOST_TAILS = 3
BAR = Inline(" | ")
EDGES = " \t*_`|\\,，、；：:;–—-"


def without_tails(title: Inline) -> tuple[Inline, Inline]:
    """A title, and the venue and year behind it, which lists put into the same link, bold or sentence."""
    tail, title = Inline(), Inline(title.text, tuple(span for span in title.spans if not span.link))
    for found in reversed(list(_CITED_ROUND.finditer(title.shape[:LONGEST]))):
        if cited(found["cited"]) and title.text[: found.start()].strip():
            said = title.part(*found.span("cited"))
            title, tail = title.without(*found.span()), join(Inline(" ["), said, Inline("]"), tail)
    for _ in range(_MOST_TAILS):
        cut = _tail(title)
        if not cut or len(title.text[: cut[0]].split()) < 1:
            break
        said = title.part(*cut[1])
        title, tail = title.part(0, cut[0]), join(Inline(" ["), said, Inline("]"), tail)
    if (start := _people_behind(title.shape[:LONGEST])) >= 0:
        title, tail = title.part(0, start), join(BAR, title.part(start), tail)
    return title, tail


def _people_behind(title: str) -> int:
    """Where the authors at the end of a title start; -1 if there are none."""
    if (start := people_behind_by(title)) >= 0:
        return start
    if _ET_AL.search(title):
        commas = (comma.span() for comma in re.finditer(r"[,，]\s+", title))
        if (start := next((start for start, end in commas if names_of(title[end:])), -1)) >= 0:
            return start
    found = _EASTERN_TAIL.search(title)
    if found and title[: found.start()].strip():
        names = [name for name in re.split(r"[、，,\s]+", found["who"]) if name]
        korean = "가" <= names[-1][0] <= "힣"
        if all(map(is_lone_name, names)) and len(names) > korean:
            return found.start()
    return -1


def without_head(title: Inline) -> tuple[Inline, Inline]:
    """The venue or date in square brackets at the beginning of a title in a link or in bold, and the rest."""
    bare = Inline(title.text, tuple(span for span in title.spans if not span.link))
    found = NOTE_FIRST.match(bare.shape[:LONGEST])
    if not found or not is_place_or_date(said := bare.part(*found.span(found.lastgroup or 0)).words):
        return Inline(), title
    rest = trimmed(title.part(found.end()))
    return (Inline(f"[{said}] "), rest) if re.search(r"[^\W\d_]", rest.text) else (Inline(), title)


def with_citations_last(line: Inline) -> Inline:
    """The line with ``(García et al., 2021)`` at its end in square brackets, unless it is in bold or at the start."""
    strong = line.of("strong")
    for found in reversed(list(_CITED_ROUND.finditer(line.shape[:LONGEST]))):
        start, end = found.span()
        within = any(span.start < end and span.end > start for span in strong)
        if not within and line.text[:start].strip(EDGES) and cited(found["cited"]):
            said = line.part(*found.span("cited"))
            line = join(line.part(0, start), line.part(end), Inline(" ["), said, Inline("]"))
    return line


def _tail(title: Inline) -> tuple[int, tuple[int, int]] | None:
    """Where the last venue or date in a title starts, and which characters say it."""
    shape = title.shape[:LONGEST]
    found = _TAIL_ROUND.search(shape[-80:])
    if found and (is_place_or_date(found["tail"]) or cited(found["tail"])):
        behind = max(0, len(shape) - 80)
        return behind + found.start(), (behind + found.start("tail"), behind + found.end("tail"))
    for separator in reversed(list(_SEPARATOR.finditer(shape))[-4:]):
        said = shape[separator.end() :].strip(" .,，")
        plain_year = separator.group().strip() in (",", "，", ".") and date_of(said)
        if (
            said
            and word_count(shape[: separator.start()]) > 1
            and (_is_tail(said, title, separator.end()) or plain_year)
        ):
            return separator.start(), (separator.end(), len(title.text.rstrip(" ,，")))
    return None


def _is_tail(said: str, title: Inline, start: int) -> bool:
    if found := place_and_year(said):
        leads_on = title.text[start:].lower().startswith("in ") and is_subject_too(found[1])
        return not leads_on and (is_venue(found[1]) or bool(place_and_year(said)))
    emphasised = any(span.start <= start + 4 and span.end >= start + 2 for span in title.of("em"))
    return emphasised and bool(place_and_year(said, trusted=True))
