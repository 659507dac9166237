"""Where sentences of a list end, and what it puts in quotes."""

import re

LONGEST = 2_000  # characters of a line in which a title is looked for
QUOTED = re.compile('[“"«「『](?P<text>[^“”"«»「」『』]{8,400})[”"»」』]')
_END = re.compile(r"(?:\.(?=\s+[A-Z(*_\[])|[.。](?=\s+(?i:arxiv|biorxiv|medrxiv)\b)|[.?!。]\s*$|\s+[–—|-]\s+)")
_FEWEST = 8  # letters of a sentence


def sentence_end(text: str) -> int:
    """Where the first sentence of at least a few letters ends."""
    text = text[:LONGEST]
    found = next((end for end in _END.finditer(text) if end.start() >= _FEWEST and not _abbreviated(text, end)), None)
    if not found:
        return len(text)
    return found.start() + (found.group()[0] in "?!")  # these belong to the title


def _abbreviated(text: str, stop: re.Match[str]) -> bool:
    if not stop.group().startswith("."):
        return False
    last = text[: stop.start()].rpartition(" ")[2].lstrip("([（")
    return len(last) == 1 or last.lower() in ("vs", "dr", "st", "al", "e.g", "i.e", "u.s")
