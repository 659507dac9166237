"""Titles in lines of parts between bars, points or dashes: ``2023.05 | Nat. Commun. | Title | [paper](...)``. Pure.

Which part is the title follows from what the others are: dates, venues, authors and links.
"""

import re
from collections.abc import Iterator, Sequence

from harvester.catalog.importing.citations import cited
from harvester.catalog.importing.dates import date_of, is_place_or_date, is_venue, place_and_year
from harvester.catalog.importing.inline import TOKEN, Inline, join, trimmed
from harvester.catalog.importing.names import names_of
from harvester.catalog.importing.sentences import LONGEST
from harvester.catalog.importing.words import label_before, plain, word_count

_BARS = (re.compile(r"\s*[|｜]\s*|\s+[·•‧]\s+"), re.compile(r"\s+(?:[–—|·•]|-{1,3})\s+"), re.compile(r"\s+[/／]\s+"))
"""Signs that only part; dashes and strokes part as well, but stand in titles."""
_MOST_PARTS = 12
_EDGES = " \t,;:.。"


def titled_part(line: Inline) -> tuple[Inline, Inline] | None:
    """The title, and the other parts of the line with bars between them; None where it cannot be told which it is."""
    for bars in _BARS:
        parts = list(_parts(line, bars))
        said = [_says(part) for part in parts]
        if "date" in said:  # an acronym beside it is a venue
            said = ["place" if what == "acronym" else what for what in said]
        said = ["title" if what == "acronym" else what for what in said]
        titles = [place for place, what in enumerate(said) if what == "title"]
        dashes = bars is not _BARS[0]
        facts = sum(what in ("place", "date") for what in said)
        if len(parts) > 1 and len(titles) >= 1 and facts and (len(titles) == 1 or not dashes):
            chosen = next((place for place in titles if word_count(parts[place].text) > 1), titles[0])
            if dashes and chosen == 0:
                continue  # a title and what follows it: read by sentences
            title, behind = _before_links(parts[chosen])
            rest = [*parts[:chosen], *([behind] if behind.text or behind.spans else []), *parts[chosen + 1 :]]
            return title, _joined(rest)
    return None


def _parts(line: Inline, bars: re.Pattern[str]) -> Iterator[Inline]:
    start = 0
    for number, bar in enumerate(bars.finditer(line.shape[:LONGEST])):
        if number == _MOST_PARTS:
            break
        yield trimmed(line.part(start, bar.start()))
        start = bar.end()
    yield trimmed(line.part(start))


def _says(part: Inline) -> str:
    """What a part is: ``date``, ``place``, ``acronym``, ``people``, ``links`` or, if nothing else, ``title``."""
    title, behind = _before_links(part)
    words = plain(title.text).strip("[]() ")
    if not re.search(r"[^\W\d_]", words):
        return "date" if date_of(words) else "links" if behind.spans or part.spans or not words else "other"
    if date_of(words):
        return "date"
    if is_place_or_date(words) or place_and_year(words):
        return "place"
    if words.isupper() and " " not in words and is_venue(words):
        return "acronym"
    if names_of(words) or cited(words):
        return "people"
    label, field, _ = label_before(words)
    return "other" if label and field and field != "title" else "title"


def _before_links(part: Inline) -> tuple[Inline, Inline]:
    """The words of a part before its first link or note, and the rest."""
    first = TOKEN.search(part.shape)
    stop = first.start() if first else len(part.text)
    return trimmed(part.part(0, stop), _EDGES + "([（"), trimmed(part.part(stop))


def _joined(parts: Sequence[Inline]) -> Inline:
    return join(*(piece for part in parts for piece in (Inline(" | "), part)))
