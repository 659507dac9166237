"""Where sentences of a list end, and what it puts in quotes."""

import re
from collections.abc import Iterator

from harvester.catalog.importing.journals import ends_abbreviated, is_abbreviated_journal

LONGEST = 2_000  # characters of a line in which a title is looked for
QUOTED = re.compile('[“"«「『](?P<text>[^“”"«»「」『』]{8,400})[”"»」』]')
_END = re.compile(
    r"(?:\s+//\s|\.(?=\s+[A-ZА-ЯЁ(*_\[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3《])|。(?=\S)"
    r"|[.。](?=\s+(?i:arxiv|biorxiv|medrxiv)\b)|[.?!。]\s*$|\s+[–—|-]\s+)"
)
_STOP = re.compile(
    r"[;|·•()（）\u2028]|\s//(?=\s)|\s[–—-]+(?=\s|$)|^\s*[–—-]+\s|[.。](?=\s|$)|(?<=[a-z\"”])[?!](?=\s|$)"
)
_COMMA = re.compile(r"\s*(?:(?<!\d),|,(?!\d{3}\b)|[，、])\s*")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|trans|proc|vol|no|pp|int|conf|symp|j|jr|dr|med|rev|sci|lett|eng|comput|biomed|am|ann|assoc|soc|vs|dept|"
    r"univ|eur|clin|cardiol|inf|syst|sp|feb|jan|mar|apr|jun|jul|aug|sept?|oct|nov|dec))\Z",
    re.IGNORECASE,
)
_SURNAMES_FIRST = re.compile(r"\s*(?:[^\W\d_][\w'’-]+ [A-Z]{1,3},\s*){1,60}[^\W\d_][\w'’-]+ [A-Z]{1,3}")
_PREPRINTS = re.compile(r"\s+(?:arxiv|biorxiv|medrxiv)\b", re.IGNORECASE)
_FEWEST = 8  # letters of a sentence
_EASTERN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{4}")  # says as much in fewer


def sentence_end(text: str) -> int:
    """Where the first sentence of at least a few letters ends."""
    text = text[:LONGEST]
    ends = (end for end in _END.finditer(text) if end.start() >= _FEWEST or _EASTERN.search(text[: end.start()]))
    found = next((end for end in ends if not _abbreviated(text, end)), None)
    if not found:
        return len(text)
    return found.start() + (found.group()[0] in "?!")  # these belong to the title


def _abbreviated(text: str, stop: re.Match[str]) -> bool:
    if not stop.group().startswith("."):
        return False
    last = text[: stop.start()].rpartition(" ")[2].lstrip("([（")
    return (
        (len(last) == 1 and last.isalpha())
        or ends_abbreviated(last)
        or last.lower() in ("vs", "dr", "st", "al", "e.g", "i.e", "u.s")
    )


def sentence_pieces(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text between full stops, dashes, brackets and bars."""
    start = 0
    for stop in _STOP.finditer(text):
        if stop.group() == "." and _goes_on(text, start, stop):
            continue
        yield start, stop.start()
        start = stop.end()
    yield start, len(text)


def _goes_on(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a full stop ends an abbreviation, not a sentence."""
    after = text[stop.end() : stop.end() + 20].lstrip()[:1]
    if _SURNAMES_FIRST.fullmatch(text, start, stop.start()):
        return False
    if text[start : stop.start()].endswith(" al") or _PREPRINTS.match(text, stop.end()):
        return False
    if not after or after.islower() or after == ",":
        return bool(after)
    said = text[start : stop.start()]
    if ends_abbreviated(said):
        return not is_abbreviated_journal(said) or ends_abbreviated(
            re.split(r"[\s.,;:(]", text[stop.end() :].lstrip(), maxsplit=1)[0]
        )
    last = text[max(start, stop.start() - 12) : stop.start()]
    return bool(_ABBREVIATED.search(last)) and not (after.isdigit() and re.search(r"\b[A-Za-z]\Z", last))


def comma_parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts between commas."""
    begin = start
    for comma in _COMMA.finditer(text, start, end):
        if text[begin : comma.start()].strip():
            yield begin, comma.start()
        begin = comma.end()
    if text[begin:end].strip():
        yield begin, end
