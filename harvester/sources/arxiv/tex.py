"""Accents that authors typed in TeX into arXiv's form: ``Schr\\"odinger`` in a title or abstract."""

import codecs
import re

_MATHEMATICS = re.compile(r"(\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\])", re.DOTALL)
_OVER = r"\\[\"'`^~=.](?:\{\\?[A-Za-z]\}|\\[ij](?![A-Za-z]) ?|[A-Za-z])"  # \"o, \"{o}, \'\i
_NAMED = r"\\[uvHcdbkr](?:\{\\?[A-Za-z]\}|\s+[A-Za-z]\b)"  # \v{c}, \c c
_LETTER = r"\\(?:ss|ae|AE|oe|OE|aa|AA|[oOlL])(?:\{\}|(?![A-Za-z]) ?)"  # \ss{}, \o
_ACCENT = re.compile(r"\{(?:X)\}|X".replace("X", f"{_OVER}|{_NAMED}|{_LETTER}"))


def plain_accents(text: str) -> str:
    """The text with its accents as letters; what stands in mathematics, and all other TeX, stays."""
    if "\\" not in text:
        return text
    parts = _MATHEMATICS.split(text)
    return "".join(part if n % 2 else _ACCENT.sub(_decoded, part) for n, part in enumerate(parts))


def _decoded(found: re.Match[str]) -> str:
    import latexcodec  # noqa: F401 - registers the codec

    accent = re.sub(r"\\([ij])\b", r"\1", found[0].removeprefix("{"))  # an accent replaces the dot of i and j
    letter = codecs.lookup("ulatex").decode(accent)[0]  # type: ignore[arg-type]  # from text to text
    return letter.strip("{} ")
