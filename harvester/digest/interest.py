"""Which papers a subscriber wants: by labels, authors and words. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache

from harvester.catalog.search import folded
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper
from harvester.domain.subscribers import Preferences

RULE = (
    "A paper comes to you if it has at least one of the things you chose in every list that you use: with ECG and CMRI "
    "in one list and Diagnosis in another, it must be about diagnosis, with ECG or CMRI. A list in which you choose "
    "nothing does not count; if you choose nothing at all, every paper comes."
)
_WORD = re.compile(r"[^\W_]+")


def wants(preferences: Preferences, labels: Labels, paper: Paper | None) -> bool:
    """Whether a paper with these labels is wanted.

    Every facet, the authors and the words are a list each. A list that is used holds if one of its elements does; all
    such lists must hold or, if the preferences say ``any``, one of them. Without any list, everything is wanted.

    Args:
        paper: needed only if `reads_papers`.
    """
    held = list(_lists(preferences, labels, paper))
    return not held or (all(held) if preferences.match == "all" else any(held))


def reads_papers(preferences: Preferences) -> bool:
    """Whether the labels alone do not decide."""
    return bool(preferences.authors or preferences.words)


def is_choosy(preferences: Preferences) -> bool:
    """Whether not everything is wanted."""
    return bool(preferences.topics) or reads_papers(preferences)


def wishes(preferences: Preferences) -> tuple[object, ...]:
    """What decides which papers are wanted, to be compared."""
    return ({**preferences.topics}, preferences.match, preferences.authors, preferences.words)


def _lists(preferences: Preferences, labels: Labels, paper: Paper | None) -> Iterator[bool]:
    for facet, chosen in preferences.topics.items():
        yield any(labels.has(facet, label) for label in chosen)
    if preferences.authors:
        names = [author.name for author in paper.authors] if paper else []
        yield any(is_name(wanted, name) for wanted in preferences.authors for name in names)
    if preferences.words:
        text = _plain(f"{paper.title} | {paper.abstract}") if paper else ""
        yield any(_plain(wanted) in text for wanted in preferences.words)


def is_name(wanted: str, name: str) -> bool:
    """Whether a name is the wanted one, in any order and script case: an initial stands for every name it begins.

    ``Rueckert`` and ``D. Rueckert`` are both in ``Daniel Rueckert``; one name at least must be there in full.
    """
    words, there = _words(wanted), _words(name)
    whole = any(len(word) > 1 and word in there for word in words)
    return whole and all(any(_agree(word, other) for other in there) for word in words)


def _agree(word: str, other: str) -> bool:
    return word == other or (min(len(word), len(other)) == 1 and word[0] == other[0])


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """The words of a text, folded, with a blank before, between and after them: so that only whole words are found."""
    return f" {' '.join(_words(text))} "


def _words(text: str) -> list[str]:
    return _WORD.findall(folded(text))
