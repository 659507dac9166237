r"""TeX that authors typed into arXiv's form: ``Schr\"odinger``, ``\textbf{Net}`` or ``5\%`` in a title or abstract.

Most texts are plain, with a few commands and formulas among them; so they are not parsed as TeX, in which a bare
percent sign would hide the rest of its line.
"""

import codecs
import re
import unicodedata

_MATHEMATICS = re.compile(r"((?<!\\)\$(?:\\.|[^$\\])*\$|\\\(.*?\\\)|\\\[.*?\\\])", re.DOTALL)
_NUMBER = re.compile(r"(?<!\\)\$\s*([\d.,]*)\s*\\?%\s*\$")  # $80\%$, 95$\%$
_OVER = r"\\[\"'`^~=.](?:\{\\?[A-Za-z]\}|\\[ij](?![A-Za-z]) ?|[A-Za-z])"  # \"o, \"{o}, \'\i
_NAMED = r"\\[uvHcdbkr](?:\{\\?[A-Za-z]\}|\s+[A-Za-z]\b)"  # \v{c}, \c c
_LETTER = r"\\(?:ss|ae|AE|oe|OE|aa|AA|[oOlL])(?:\{\}|(?![A-Za-z]) ?)"  # \ss{}, \o
_ACCENT = re.compile(r"\{(?:X)\}|X".replace("X", f"{_OVER}|{_NAMED}|{_LETTER}"))
_LINK = re.compile(r"\\href\s*\{(?P<address>[^{}\s]*)\}(?:\s*\{(?P<words>(?:[^{}]|\{[^{}]*\})*)\})?")
_FORMAT = re.compile(
    r"\\(?:text(?:bf|it|tt|sc|rm|sf|normal|superscript|subscript)?|emph|underline|mbox|url|textcolor\s*\{[^{}]*\})"
    r"\s*\{(?P<words>[^{}]*)\}"
    r"|\{\\(?:em|it|bf|tt|sc|sl)\b\s*(?:\{(?P<inner>[^{}]*)\}|(?P<old>[^{}]*))\}"
)
_CITED = re.compile(r"[\s~]?\\(?:cite[a-z]*|parencite|textcite)\s*(?:\[[^\][]*\])*\{[^{}]*\}")
_GREEK = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi
    omega"""
_SYMBOLS = {
    "deg": "°", "textdegree": "°", "textmu": "µ", "pm": "±", "times": "×", "sim": "~", "leq": "≤", "geq": "≥",
    "approx": "≈", "rightarrow": "→",
}  # fmt: skip
_BETA = re.compile(r"\\b\{eta\}")  # what arXiv's form once made of \beta
_WORDS = "|".join([*_SYMBOLS, *_GREEK.split(), *_GREEK.title().split()])
_SYMBOL = re.compile(rf"\{{\s*\\({_WORDS})\s*\}}|\\({_WORDS})(?![A-Za-z])(?:\{{\}})?")
_SIGN = re.compile(r"\\([%&_#$])")
_SPACE = re.compile(r"\s*\\(?:[,;:\\]|(?=\s))\s*")
_HYPHEN = re.compile(r"(?<=\w)\\-(?=\w)")  # where a word may be broken


def plain_tex(text: str) -> str:
    """The text without TeX's accents, signs and formats; formulas, and commands of the authors' own, stay."""
    if "\\" not in text:
        return text
    parts = _MATHEMATICS.split(_NUMBER.sub(r"\1%", text))
    return "".join(part if n % 2 else _plain(part) for n, part in enumerate(parts))


def _plain(text: str) -> str:
    text = _CITED.sub("", _SYMBOL.sub(_symbol, _ACCENT.sub(_decoded, _HYPHEN.sub("", _BETA.sub("β", text)))))
    before = ""
    while before != text:
        before, text = text, _FORMAT.sub(_words, _LINK.sub(_link, text))
    return _SIGN.sub(r"\1", _SPACE.sub(" ", text))


def _decoded(found: re.Match[str]) -> str:
    import latexcodec  # noqa: F401 - registers the codec

    accent = re.sub(r"\\([ij])\b", r"\1", found[0].removeprefix("{"))  # an accent replaces the dot of i and j
    letter = codecs.lookup("ulatex").decode(accent)[0]  # type: ignore[arg-type]  # from text to text
    return letter.strip("{} ")


def _symbol(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    size = "SMALL" if name.islower() else "CAPITAL"
    letter = name.upper().replace("LAMBDA", "LAMDA")  # Unicode's spelling
    return _SYMBOLS.get(name) or unicodedata.lookup(f"GREEK {size} LETTER {letter}")


def _words(found: re.Match[str]) -> str:
    return next((words for words in found.groups() if words is not None), "")


def _link(found: re.Match[str]) -> str:
    """The address behind the words, so that a link to code is found in the abstract."""
    address, words = found["address"], found["words"] or ""
    return address if address in words or not words.strip() else f"{words} ({address})"
