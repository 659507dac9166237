"""Cleaning of text from outside."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """Foreign text as it is stored: NFC, no control characters or lone surrogates, white space folded, LaTeX kept."""
    return " ".join(unicodedata.normalize("NFC", _CONTROL.sub("", text)).split())
