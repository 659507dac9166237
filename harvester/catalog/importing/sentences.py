"""Where sentences of a list end, and what it puts in quotes."""

import re

from harvester.catalog.importing.journals import ends_abbreviated

LONGEST = 2_000  # characters of a line in which a title is looked for
QUOTED = re.compile('[“"«「『](?P<text>[^“”"«»「」『』]{8,400})[”"»」』]')
_END = re.compile(
    r"(?:\s+//\s|\.(?=\s+[A-ZА-ЯЁ(*_\[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3《])|。(?=\S)"
    r"|[.。](?=\s+(?i:arxiv|biorxiv|medrxiv)\b)|[.?!。]\s*$|\s+[–—|-]\s+)"
)
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
