"""LaTeX as plain text. ``latexcodec`` (one of pybtex's dependencies) decodes accents, but few commands for symbols."""

import codecs
import re
import unicodedata
from functools import partial

from harvester.catalog.export.bibtex import ESCAPES
from harvester.domain.text import clean

_SYMBOLS = {  # what latexcodec leaves out
    r"\textmu": "µ",
    r"\micro": "µ",
    r"\texttimes": "×",
    r"\textquoteright": "’",
    r"\textquoteleft": "‘",
    r"\textquotesingle": "'",
    r"\slash": "/",
    r"\LaTeX": "LaTeX",
    r"\TeX": "TeX",
}
_NAMED = {command.removesuffix("{}"): char for char, command in ESCAPES.items()} | _SYMBOLS
_WORDS = "|".join(re.escape(name) for name in sorted(_NAMED, key=len, reverse=True) if name[-1].isalpha())
_SIGNS = "|".join(re.escape(name) for name in _NAMED if not name[-1].isalpha())
_COMMAND = re.compile(rf"(?P<word>{_WORDS})(?![A-Za-z])\s*(?:\{{\}})?|(?P<sign>{_SIGNS})")
# Private use: placeholders for characters with a LaTeX command, while the rest is decoded, begin at one of these.
_FIRSTS = range(0xF0000, 0xFF000, 0x400)
_TEXTS = list(dict.fromkeys(_NAMED.values()))
_DOTLESS = re.compile(r"(\\[\"'`^~=.]|\\[uv](?![A-Za-z]))\s*\{?\s*\\([ij])(?![A-Za-z])\s*\}?")
_DEGREE = re.compile(r"\$\s*\^\s*\{?\s*\\circ\s*\}?\s*\$|\^\s*\{?\s*\\circ(?![A-Za-z])\s*\}?")
_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")  # people mean the sign: a comment within a value is for nobody
_DELIMITERS = re.compile(r"\\\((?P<inside>[^$]*?)\\\)|\\ensuremath\s*\{(?P<braced>[^{}$]*)\}")
_MARKDOWN = re.compile(r"\\([*\[\]])")  # what a README escapes; no LaTeX command has these names, but for formulas
_MATHEMATICS = re.compile(r"\$[^$]+\$")
_IN_FORMULA = {  # what latexcodec decodes only where it is the whole formula
    "ell": "ℓ", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "approx": "≈", "sim": "∼", "times": "×",
    "pm": "±", "cdot": "·", "infty": "∞", "to": "→", "rightarrow": "→", "partial": "∂", "nabla": "∇",
    "varepsilon": "ε", "varphi": "φ", "vartheta": "ϑ",
}  # fmt: skip
_GREEK = re.compile(r"\\(?P<name>[A-Za-z]+)")
_SCRIPT = re.compile(r"(?<=[_^])\{([^{}\\]{2,})\}")  # 10^{-3}: without its braces it would be another formula
_SPACE = re.compile(r"\\(?:\\|[,;: ])")  # a line's end and TeX's spaces
_NOTHING = re.compile(r"\\[-/!]")  # where a word may be broken, and what moves letters
_HYPERLINK = re.compile(r"\\href\s*\{[^{}]*\}")
_ASIDE = re.compile(r"\\(?:footnote|thanks)\s*\{[^{}]*\}")
_STACKED = re.compile(r"(\\[~'`.])\s*\{?\s*\\([\^u])\s*\{?([A-Za-z])\}?\s*\}?")  # Nguy{\~{\^e}}n
_VERBATIM = re.compile(r"\\([_%#&$~{}^-])|\\text(?:underscore|asciitilde)\s*(?:\{\})?|[{}]|\\url\b")


def from_latex(text: str) -> str:
    """The LaTeX of a BibTeX field as plain text: accents and symbols decoded, braces removed; formulas stay."""
    import latexcodec  # noqa: F401 - registers the codec

    first = _first_free(text)
    marked = _COMMAND.sub(partial(_marked, first), _DEGREE.sub("°", _DOTLESS.sub(r"\1{\2}", _spaced(text))))
    marked = _MATHEMATICS.sub(partial(_formula, first), marked)
    read = codecs.lookup("ulatex").decode(marked, "ignore")[0]  # type: ignore[arg-type]  # from text to text
    bare = re.sub(r"\\[a-zA-Z]+\s*|[{}]", "", read)  # commands such as \textbf only format
    return clean("".join(_TEXTS[ord(char) - first] if _is_mark(char, first) else char for char in bare))


def verbatim(text: str) -> str:
    r"""A DOI or an address, which older styles wanted escaped: ``10.1000/a\_b`` and ``\url{https://...}``."""
    return clean(_VERBATIM.sub(_unescaped, text))


def _spaced(text: str) -> str:
    text = _DELIMITERS.sub(lambda found: f"${found['inside'] or found['braced'] or ''}$", _PERCENT.sub(r"\1\\%", text))
    text = _HYPERLINK.sub("", _STACKED.sub(_stacked, _ASIDE.sub("", text)))
    return _MARKDOWN.sub(r"\1", _NOTHING.sub("", _SPACE.sub(" ", text)))


def _formula(first: int, found: re.Match[str]) -> str:
    return _SCRIPT.sub(partial(_kept_braces, first), _with_signs(found[0]))


def _with_signs(formula: str) -> str:
    """A formula with the signs that its commands name: ``$\\alpha = 5$``; without its marks if it is only one."""
    read = _GREEK.sub(lambda found: _sign(found["name"]) or found[0], formula)
    inside = read.strip("$ ")
    return inside if len(inside) == 1 and not inside.isascii() else read


def _sign(command: str) -> str:
    """The sign of a command in a formula, "" if it is none: ``\\alpha``, ``\\Omega``, ``\\leq``."""
    size = "CAPITAL" if command[0].isupper() else "SMALL"
    try:
        return _IN_FORMULA.get(command) or unicodedata.lookup(f"GREEK {size} LETTER {command.replace('ambda', 'amda')}")
    except KeyError:
        return ""


def _stacked(found: re.Match[str]) -> str:
    """A letter with two accents, as Vietnamese has them."""
    upper, lower = ({"~": "\u0303", "'": "\u0301", "`": "\u0300", ".": "\u0323"}[found[1][1]], found[2])
    return unicodedata.normalize("NFC", found[3] + {"^": "\u0302", "u": "\u0306"}[lower] + upper)


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return found[1]
    return {"\\textu": "_", "\\texta": "~"}.get(found[0][:6], "")


def _first_free(text: str) -> int:
    """Where placeholders can begin, so that none is a character of the text."""
    return next((first for first in _FIRSTS if not any(_is_mark(char, first) for char in text)), _FIRSTS[-1])


def _marked(first: int, found: re.Match[str]) -> str:
    return _mark(_NAMED[found["word"] or found["sign"]], first)


def _mark(text: str, first: int) -> str:
    return chr(first + _TEXTS.index(text))


def _kept_braces(first: int, found: re.Match[str]) -> str:
    return f"{_mark('{', first)}{found[1]}{_mark('}', first)}"


def _is_mark(char: str, first: int) -> bool:
    return first <= ord(char) < first + len(_TEXTS)
