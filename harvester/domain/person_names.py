"""Splits an author's name, as sources spell it, into the parts that bibliographies sort and abbreviate by.

The rules are BibTeX's (Patashnik, BibTeXing, 1988, section 4) where it has one: words in lower case before the last
word are a particle. They go beyond it for groups, initials behind the surname (PubMed), and scripts without capitals.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_SUFFIX = re.compile(r"(?i:jn?r|sr)\.?|I{2,3}|IV|2nd|3rd|4th")
_DEGREES = frozenset({"md", "phd", "msc", "mph", "bsc", "dphil", "mbbs", "facc", "frcp", "mba", "dsc"})
_INITIALS = re.compile(r"[A-ZÀ-ÖØ-Þ]{1,3}")
# "Dee A.B.", as Elsevier prints it: a surname is not abbreviated. One letter alone may be one: "Jun L."
_DOTTED = re.compile(r"(?:[^\W\d_]\.-?){2,}")
# Two or three capitals at the end are initials ("Kaufman RP"), unless they are a surname in capitals ("Jun LI").
_SHORT_SURNAMES = frozenset(
    """
    BAI CAO CUI DAI DU FAN FU GAO GU HAN HE HO HU KIM KO LAI LE LEE LI LIN LIU LU LUO MA MAO NG PAN QI SHI SU SUN TAN
    TIAN WEI WU XIA XIE XU YAN YAO YE YI YIN YU ZHU ZOU""".split()  # noqa: SIM905
)
# "Frank Van Damme" and "Maria De Luca"; not Ben, Da or Le, which are as often given names.
_PARTICLES = frozenset({"Van", "Von", "De", "Del", "Della", "Di", "Du", "Dos", "La", "Der", "Den", "Ter", "El", "Al"})
_VIETNAMESE = frozenset("nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly".split())  # noqa: SIM905
_JOINING = frozenset({"y", "i", "e"})  # "Ortega y Gasset"
_GROUP = re.compile(
    r"\b(?:academy|agency|alliance|association|biobank|cent(?:er|re)s|clinics?|collaborat\w+|committee|company"
    r"|consorti\w+|corp(?:oration)?|department|dept|federation|foundation|gmbh|groups?|hospitals?|inc|initiative"
    r"|institut\w+|investigators|lab(?:s|orator\w+)|ltd|llc|ministry|networks?|organi[sz]ation|programme|project|registry"
    r"|research|societ\w+|study|task force|teams?|trial(?:ists)?|universit\w+)\b"
    r"|\band\b|&|\A(?:the|on behalf)\b|\b(?:of|for)\b|\d(?!nd\b|rd\b|th\b)|[/:;]"
    r"|大学|大學|医院|醫院|学会|學會|研究|委员会|公司|协会|グループ|센터|대학",
    re.IGNORECASE,
)
# Surnames as well: "Ann Board" is a person, "Heart Center" is none, nor is "CORE School" or "Editorial Board".
_SURNAMES_TOO = re.compile(r"board|cent(?:er|re)|school|college|council", re.IGNORECASE)
_OF_GROUPS = re.compile(
    r"(?:advis|biomed|brain|business|cancer|card|clinic|combin|coordinat|core|data|diabet|digital|editor|educat|ethic|execut"
    r"|facult|genom|graduat|grand|health|heart|imag|inform|innovat|intensiv|joint|life|medic|model|monitor|natio|internat"
    r"|nurs|pharma|public|quality|radiol|regional|review|safety|scien|senior|simul|state|statistic|steer|stroke|techn"
    r"|trauma|trust|vascul|veteran|world|writ|europ|americ)\w*",
    re.IGNORECASE,
)
"""Words that stand before such a word in the name of a group."""
_ACRONYM = re.compile(r"[A-Z][A-Z-]{2,}")
_OTHERS = frozenset({"et al", "et al.", "others"})
_SURNAME_FIRST = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC ITERATION")  # the last is the 々 of 佐々木


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name; `literal` alone is set for groups and for what cannot be split."""

    given: str = ""
    particle: str = ""
    family: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def surname(self) -> str:
        """``van der Berg``: the family name with its particle."""
        return f"{self.particle} {self.family}".strip()


def split_name(text: str) -> PersonName:
    """The parts of a name.

    ``Jan van der Berg Jr.``, ``van der Berg, Jan, Jr.``, ``van der Berg, Jr., Jan`` and ``van der Berg J Jr`` are
    understood, and names in Chinese, Japanese or Korean with the surname first. A name of one word is a family name.
    """
    text = text.strip()
    if _is_group(text):
        return PersonName(literal=text)
    pieces = [piece.strip() for piece in text.split(",")]
    suffixes = [piece for piece in pieces[1:] if _is_suffix(piece)]
    rest = [piece for piece in pieces if piece and piece not in suffixes]
    if not rest or len(rest) > 2 or not all(pieces):
        return PersonName(literal=text)
    suffix = " ".join(suffixes)
    return _turned(rest, suffix) if len(rest) == 2 else _straight(rest[0].split(), suffix)


def surname_first(word: str) -> bool:
    """Whether a word is in a script in which the surname comes first: Chinese, Japanese, Korean."""
    return all(unicodedata.name(char, "").startswith(_SURNAME_FIRST) for char in word)


def _is_group(text: str) -> bool:
    return bool(_GROUP.search(text)) or text.lower() in _OTHERS or _is_institution(text)


def _is_institution(text: str) -> bool:
    """Whether a word that is a surname as well ends the name of a group: ``Heart Center``, not ``Center, Ann``."""
    words = text.split(",")[0].split()
    last = next((place for place in reversed(range(len(words))) if _SURNAMES_TOO.fullmatch(words[place])), -1)
    if last < 0:
        return False
    before = words[:last]
    if not before:  # "Board, Ann" and "School A" are people
        return len(words) == 1 and "," not in text
    shouted = words[last].isupper()
    return any(_OF_GROUPS.fullmatch(word) or (_ACRONYM.fullmatch(word) and not shouted) for word in before)


def _is_suffix(piece: str) -> bool:
    bare = piece.replace(".", "").lower()
    return bool(_SUFFIX.fullmatch(piece)) or (bool(bare) and all(word in _DEGREES for word in bare.split()))


def _turned(pieces: Sequence[str], suffix: str) -> PersonName:
    """``Family, Given``; a suffix may be behind either."""
    family, own = _without_suffix(pieces[0].split(), suffix)
    given, own = _without_suffix(pieces[1].split(), own)
    start = _particles_end(family)
    return PersonName(" ".join(given), " ".join(family[:start]), " ".join(family[start:]), own)


def _straight(words: list[str], suffix: str) -> PersonName:
    """``Given Family``, or the surname first where that is the custom."""
    words, suffix = _without_suffix(words, suffix)
    if len(words) > 1 and _DOTTED.fullmatch(words[-1]) and not words[0].endswith("."):
        start = _particles_end(words[:-1])
        return PersonName(words[-1], " ".join(words[:start]), " ".join(words[start:-1]), suffix)
    if len(words) > 1 and surname_first(words[0]):
        return PersonName(" ".join(words[1:]), family=words[0], suffix=suffix)
    if _initials_last(words):
        start = _particles_end(words[:-1])
        return PersonName(words[-1], " ".join(words[:start]), " ".join(words[start:-1]), suffix)
    start = _surname_start(words)
    end = start + _particles_end(words[start:])
    return PersonName(" ".join(words[:start]), " ".join(words[start:end]), " ".join(words[end:]), suffix)


def _without_suffix(words: list[str], suffix: str) -> tuple[list[str], str]:
    if not suffix and len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        return words[:-1], words[-1]
    return words, suffix


def _initials_last(words: Sequence[str]) -> bool:
    """``Kaufman RP``, but neither ``J P`` nor ``Jun LI``."""
    if len(words) < 2 or not _INITIALS.fullmatch(words[-1]) or _INITIALS.fullmatch(words[0]):
        return False
    return words[-1] not in _SHORT_SURNAMES and not words[0].endswith(".")


def _surname_start(words: Sequence[str]) -> int:
    """Where the surname begins, with its particle."""
    last = len(words) - 1
    if last > 1 and words[last - 1] in _JOINING:
        start = last - 2 or 1
        while start > 1 and _is_lower(words[start - 1]):  # "Maria da Silva e Dee"
            start -= 1
        return start
    for place in range(1, last):
        if _is_lower(words[place]) or _is_capital_particle(words, place):
            return place
    return last if not _is_lower(words[0]) or all(map(_is_lower, words)) else 0


def _is_capital_particle(words: Sequence[str], place: int) -> bool:
    """``Van`` is also a middle name in Vietnam."""
    ends = {_folded(words[0]), _folded(words[-1])}
    return words[place] in _PARTICLES and not (words[place] == "Van" and ends & _VIETNAMESE)


def _particles_end(words: Sequence[str]) -> int:
    """How many words of a surname are its particle: those in lower case before the name itself.

    Of ``Van der Berg`` none, because a capital makes it a part of the name; nor of a name all in lower case.
    """
    lower = next((place for place, word in enumerate(words) if not _is_lower(word)), 0)
    return 0 if words and any(word in _JOINING for word in words[:lower]) else lower


def _is_lower(word: str) -> bool:
    return next((char.islower() for char in word if char.isalpha()), False)


def _folded(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", word.lower().replace("đ", "d")) if char.isalpha())
