"""Text as it is compared, not shown: without accents, TeX, punctuation, and what feeds put before a title."""

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "n"})
_TEX_FONT = re.compile(
    r"\\(?:math|text)(?:rm|bf|it|sf|tt|cal|bb|sc|up|frak|scr|normal)?(?![A-Za-z])|\\emph(?![A-Za-z])"
)
_TEX_ACCENT = re.compile(r"\\[\"'`^~=.]|\\[uvHcdbkr](?=\{|\s+[A-Za-z]\b)\s*")
_TEX_VARIANT = re.compile(r"\\var(?=epsilon|phi|theta|rho|sigma|pi|kappa)")
_TEX_LETTER = re.compile(r"\\(ss|ae|oe|aa|o|l)(?![a-z])\s?", re.IGNORECASE)
_APOSTROPHE = re.compile("['\u2019\u02bc`\u00b4]")  # O'Brien, O\u2019Brien, OBrien
# "[Original research] Title" (HighWire), "Sensors, Vol. 26, Pages 101: Title" (MDPI); "[Retracted] Title" says more
_LEAD = re.compile(
    r"\A(?:\[(?!(?i:retract|withdr|remov|correct|errat|corrig|addend|express|department of error))"
    r"[A-Za-z][A-Za-z &/,-]{2,50}\]\s+"
    r"|[^:]{2,100}, Vol\. \d+, Pages? [\w-]+:\s+)(?=\S)"
)


def without_lead(title: str) -> str:
    """A title without the section, or the journal and page, that its feed puts before it."""
    return _LEAD.sub("", title, count=1)


def folded(text: str) -> str:
    r"""Lower-case words between single spaces: equal for ``Schrödinger``, ``Schr\"odinger`` and ``Schrodinger``.

    Greek letters are spelled out, so ``β``, ``$\beta$`` and ``beta`` are equal, too.
    """
    if "\\" in text:
        text = _TEX_VARIANT.sub(r"\\", _TEX_ACCENT.sub("", _TEX_FONT.sub("", text)))
        text = _TEX_LETTER.sub(r"\1", text)
    text = _APOSTROPHE.sub("", re.sub(r"[\\{}$^]|_(?=[\w{])", "", text))
    plain = (letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", "".join(map(_spelled, plain)).translate(_PLAIN)))


@lru_cache(maxsize=4096)  # a title is compared with many
def whole_title(title: str) -> str:
    """Equal for two spellings of a title: unlike `title_key` not truncated, nor empty for a title of symbols only."""
    return folded(without_lead(title)).replace(" ", "") or title


def _spelled(letter: str) -> str:
    """``beta`` for ``β``; other letters as they are."""
    if not "\u0370" <= letter <= "\u03ff":
        return letter
    name = unicodedata.name(letter, letter).split()[-1].lower()
    return "lambda" if name == "lamda" else name
