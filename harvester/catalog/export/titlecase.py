"""Which words of a title keep their capitals when a bibliography style puts titles into lower case. Pure."""

import re
from itertools import pairwise

# A letter as a word of its own (T-wave, "I"); Greek and formulas; an @ begins a record for some readers of BibTeX.
_ALWAYS = re.compile(r"\W*[B-Z](?:\W|\Z)|.*[Ͱ-Ͽἀ-῾$@\\]")
_BREAK = re.compile(r"[:.?!]\W*\Z")
_LONG = 4  # letters; shorter words are in lower case even in a Headline


def kept(title: str) -> list[tuple[str, bool]]:
    """The words of a title, and whether each must keep its capitals.

    Words with a capital inside always do. If the title is in sentence case, capitals within it are proper names, and
    they do as well; in Headline Case nothing tells names from other words.
    """
    words = title.split()
    inner = [word for before, word in pairwise(words) if not _BREAK.search(before)]
    names = bool(inner) and not _is_headline(inner)
    first = [True, *(bool(_BREAK.search(word)) for word in words)]
    return [
        (word, _always(word) or (names and not start and _has_capital(word)))
        for word, start in zip(words, first, strict=False)
    ]


def _always(word: str) -> bool:
    """Whether the word has a capital behind its first letter (ECG, mRNA, U-Net, 3D), or is in `_ALWAYS`."""
    letters = "".join(char for char in word if char.isalnum())
    return any(map(str.isupper, letters[1:])) or bool(_ALWAYS.match(word))


def _is_headline(words: list[str]) -> bool:
    long = [word for word in words if sum(map(str.isalpha, word)) >= _LONG]
    return sum(map(_has_capital, long)) * 2 > len(long)


def _has_capital(word: str) -> bool:
    return next((char.isupper() for char in word if char.isalpha()), False)
