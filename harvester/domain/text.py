"""Cleaning of text from outside."""

import re
import unicodedata

# Controls; surrogates; noncharacters, some of which XML forbids (XML 1.0, section 2.2); and controls that turn the
# direction of text, ours after it included (Unicode Standard Annex 9, section 2).
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)


def clean(text: str) -> str:
    """Foreign text as it is stored: NFC, no characters of `_CONTROL`, white space folded, LaTeX kept."""
    return " ".join(unicodedata.normalize("NFC", _CONTROL.sub("", text)).split())
