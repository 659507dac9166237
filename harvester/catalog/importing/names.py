"""Lines of authors: which they are, and the names in them."""

import re
from collections.abc import Sequence

from harvester.catalog.importing.dates import is_known_venue
from harvester.catalog.importing.eastern_names import is_eastern, is_eastern_name, is_lone_name
from harvester.catalog.importing.words import plain, word_set

_OTHERS = re.compile(
    r"[,;，、]?\s*(?:\bet\.?\s?al\b\.?|\band others\b|等人?|(?<=[\uac00-\ud7a3])\s+[외등](?:\s?\d+\s?[명인])?(?=\s*\Z)"
    r"|(?<=[\u4e00-\u9fff])(?:ら|ほか|他)(?:\d+名)?(?=\s*\Z))\s*",
    re.IGNORECASE,
)
_AFFILIATION = re.compile(r"\([^()]{0,100}\)|（[^（）]{0,100}）")
_EXTENDED = "".join(filter(str.isupper, map(chr, (*range(0x100, 0x250), *range(0x386, 0x430), *range(0x1E00, 0x1F00)))))
_CAPITAL = f"[A-ZÀ-ÖØ-Þ{_EXTENDED}]"
_AND = re.compile(rf"[,;，；、]?\s+(?:(?i:and|y|und|et|&)|и|e(?=\s{_CAPITAL}\S+\s+{_CAPITAL}))\s+|\s*&\s*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_RAISED = re.compile(r"[⁰¹²³⁴-⁹]+(?:[,⁎*][⁰¹²³⁴-⁹]+)*|(?<=[^\W\d_])\d(?:,\d)*(?=\s*(?:[,;*]|\Z))")
"""Numbers of affiliations, and what is left of ``<sup>1,2</sup>``."""
_EDGE = re.compile(r"^[\s*†‡§¶#\d]+|[\s*†‡§¶#\d.,;:：]+$")
_INITIALS = re.compile(r"(?:[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄ]\.?-?\s?){1,4}")
_WORD = re.compile(rf"{_CAPITAL}[\w'’.-]*|[A-Z]['’][A-Z][\w-]+")
_FAMILY = (
    r"(?:(?:van|von|de|da|del|della|der|den|di|dos|du|la|le|el|al|bin|ten|ter)\s+){0,3}"
    rf"{_CAPITAL}[\w'’-]+(?:\s{_CAPITAL}[\w'’-]+)?"
)
_GIVEN = rf"(?:{_CAPITAL}\.[\s-]?){{1,4}}"
_PAIR = rf"{_FAMILY},\s+{_GIVEN}"
FAMILIES_FIRST = re.compile(
    rf"{_PAIR}(?:\s?(?:[,;]\s*(?:(?:and|und|y|et|&)\s+)?|(?:and|und|y|et|&)\s+){_PAIR}){{0,60}}"
    r"(?:[,;]?\s*(?:et al\.?|and others))?"
)
"""``Müller, K., Schmidt, P. & Ortiz, J.``, wherever it ends."""
_FAMILY_GIVEN = re.compile(rf"(?P<family>{_FAMILY}),\s+(?P<given>{_CAPITAL}[\w'’.-]*(?:\s{_CAPITAL}[\w'’.-]*)*)")
_PARTICLES = word_set("van von de da del della der den di dos du la le el al bin ibn ten ter zu y e")
_SHORT_NAMES = word_set("an bin di du e in le la on so ten to van")
"""Particles and words of titles that are names as well."""
_NO_NAMES = word_set(
    """
    an the of for in on with from by and or to using via towards toward learning deep neural network networks
    image images segmentation data dataset model models journal conference proceedings transactions letters
    university survey review challenge paper code project github heart cardiac ecg mri notes unknown part cases
    version oral spotlight poster best award accepted official new update demo medicine nature science physics
    medical scientific physiological measurement clinical computer computers biology engineering reports
    research methods signal processing computing radiology cardiovascular cardiology imaging health digital
    healthcare"""
)
_STATES = word_set(
    """
    online updated published preprint submitted release released since before after ours mine early late spring summer
    autumn winter fall"""
)
"""Words that stand before a year as a surname does."""
_MOST_WORDS = 5
_LONGEST_EASTERN = 8  # letters of a name with a space in it


def names_of(text: str) -> tuple[str, ...]:
    """The authors that a text names; none if it says anything else.

    ``Ann Dee, Bob Poe and Cy Roe``, ``Dee, A., & Poe, B.``, ``A. Dee; B. Poe``, ``Dee A et al.`` and Chinese or
    Japanese names are read; affiliations in brackets are left out.
    """
    if len(text) > 3000:
        return ()
    said = _AFFILIATION.sub(" ", _RAISED.sub("", plain(text)))
    others = _OTHERS.search(said)
    if _YEAR.search(said) or (others and re.search(r"\w", said[others.end() :])):
        return ()
    bare = said[: others.start()] if others else said
    if people := _of_records(bare):
        return people
    parts = [part for piece in _AND.split(bare) for part in re.split(r"\s*[,;，；、]\s*", piece)]
    if any(part and not re.search(r"[^\W\d_]", part) for part in parts):
        return ()
    parts = [_trimmed(part) for part in parts]
    parts = _turned([part for part in parts if part])
    if not parts or not _are_names(parts, alone=bool(others)):
        return ()
    if len(parts) == 1 and not others and " " not in parts[0] and not is_lone_name(parts[0]):
        return ()
    return tuple(parts)


def _of_records(text: str) -> tuple[str, ...]:
    """``Dee, Ann and Poe, Bob``, as BibTeX separates names; none if the text is another one."""
    pairs = [_FAMILY_GIVEN.fullmatch(piece) for piece in re.split(r"\s+and\s+", text.strip(" .,;"))]
    if len(pairs) < 2 or not all(pairs):
        return ()
    names = tuple(f"{pair['given']} {pair['family']}" for pair in pairs if pair)
    return names if all(_is_name(name, alone=False) for name in names) else ()


def is_surname(text: str) -> bool:
    """Whether a text is like a surname alone, with its particle: ``García``, ``van den Berg``."""
    words = text.split()
    own = [word for word in words if word.lower() not in _PARTICLES]
    if len(own) != 1 or words[-1] != own[0] or len(words) > 4:
        return False
    bare = own[0].strip(".,")
    parts = bare.split("-")
    return (
        bool(_WORD.fullmatch(bare))
        and not bare.isupper()
        and all(part.lower() not in _NO_NAMES | _STATES for part in parts)
        and not any(char.isdigit() for char in bare)
    )


def listed_names(text: str) -> tuple[str, ...]:
    """The authors in a text that is known to list them, whatever they are called."""
    if found := names_of(text):
        return found
    parts = (
        re.split(r"\s*[;；、，]\s*", text)
        if re.search("[;；、，]", text)
        else re.split(r",\s+(?:and\s+)?|\s+and\s+", text)
    )
    bare = (_OTHERS.sub(" ", part).strip(" .") for part in parts)
    return tuple(name for name in bare if re.search(r"\w", name))


def _trimmed(part: str) -> str:
    initials = part.strip(" ,;*†‡§#")
    if _INITIALS.fullmatch(initials) or re.search(r"\s[A-Z]\.$|\bJr\.$", initials):
        return initials
    return _EDGE.sub("", part)


def _turned(parts: Sequence[str]) -> list[str]:
    """``Dee``, ``A.`` as ``A. Dee``, where all names are written so."""
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 or not pairs or not all(_INITIALS.fullmatch(second) for _, second in pairs):
        return list(parts)
    if any(_INITIALS.fullmatch(first) for first, _ in pairs):
        return list(parts)
    dotted = any(second.endswith(".") for _, second in pairs)
    return [f"{second.rstrip('.')}{'.' * dotted} {surname}" for surname, second in pairs]


def _are_names(parts: Sequence[str], *, alone: bool) -> bool:
    """Whether all parts are names; among several, a few may be of words that titles have: ``Hongyu An``, ``Bin Du``."""
    unsure = [part for part in parts if not _is_name(part, alone=alone)]
    if not unsure:
        return True
    sure = len(parts) - len(unsure)
    return sure > max(1, len(unsure)) and all(_may_be_name(part) for part in unsure)


def _may_be_name(text: str) -> bool:
    """Whether a text has two or three words with capitals, of which short ones are names in East Asia."""
    words = text.split()
    shaped = 2 <= len(words) <= 3 and all(_WORD.fullmatch(word) or _INITIALS.fullmatch(word) for word in words)
    others = [word.lower() for word in words if word.lower() not in _SHORT_NAMES]
    return shaped and len(others) < len(words) and not any(word.strip(".") in _NO_NAMES for word in others)


def _is_name(text: str, *, alone: bool) -> bool:
    words = text.split()
    if not words or len(words) > _MOST_WORDS or any(char.isdigit() for char in text):
        return False
    if is_eastern(text.replace(" ", "")):
        return is_eastern_name(text.replace(" ", "")) and (len(words) == 1 or len(text) <= _LONGEST_EASTERN)
    if len(words) == 1:
        return alone and bool(_WORD.fullmatch(text)) and not text.isupper()
    if is_known_venue(text) or any(len(word) > 1 and word.lower().strip(".,:") in _NO_NAMES for word in words):
        return False
    capital = [word for word in words[:-1] if word.lower() not in _PARTICLES]
    capital += [word for word in words[-1:] if word.lower() not in _PARTICLES or word[0].isupper()]  # "Minh Le"
    return len(capital) > 1 and all(_WORD.fullmatch(word) or _INITIALS.fullmatch(word) for word in capital)
