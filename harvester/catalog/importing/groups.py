"""The sections of a list as a tree of groups: what a taxonomy is drawn up from."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from classifiers.taxonomy import Facet
from harvester.catalog.importing.choices import bare_heading, name_key
from harvester.catalog.importing.no_papers import has_such_name, holds_no_papers
from harvester.catalog.importing.outline import is_other, pieces_of
from harvester.catalog.importing.unknown import Unknown, meant
from harvester.domain.text import clean


@dataclass(slots=True)
class Group:
    """A section, or several of the same name, and those below; `direct` says that papers are right below it."""

    name: str
    emoji: str
    direct: bool = False
    below: dict[str, "Group"] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Equal for names that a taxonomy cannot tell apart."""
        return name_key(self.name)

    def every_below(self) -> Iterator["Group"]:
        """All groups below this one, each before those below it."""
        for group in self.below.values():
            yield group
            yield from group.every_below()


@dataclass(frozen=True, slots=True)
class Sections:
    """The top-level groups of a list, and the sections that hold no papers."""

    groups: tuple[Group, ...]
    left_out: tuple[Unknown, ...]


def sections_of(headings: Iterable[Sequence[str]], unknown: Sequence[Unknown], title: str, kind: Facet) -> Sections:
    """Group the headings of a list. Those that say the kind of a paper ("Surveys") are of no group.

    Args:
        headings: all headings, each after those above it.
        unknown: those with papers right below them.
        title: the list's title, which is no section.
        kind: the facet of kinds.
    """
    sections = {section.path: section for section in unknown if section.path != (title,)}
    left_out = [section for section in sections.values() if _left_out(section, kind)]
    kept = sections.keys() - {section.path for section in left_out}
    above = {path[:size] for path in kept for size in range(1, len(path))} - {(title,)}
    every = dict.fromkeys(map(meant, headings))
    paths = [_path(path, title, kind) for path in every if path in kept or _is_still_empty(path, above, kind)]
    groups: dict[str, Group] = {}
    for path in _unwrapped([path for path in paths if path]):
        _insert(groups, path)
    return Sections(tuple(groups.values()), tuple(left_out))


def name_and_emoji(heading: str) -> tuple[str, str]:
    """``2. 🧠 Brain (17)`` is shown as ``Brain``, its emoji apart."""
    bare, emoji = _without_emoji(clean(heading))
    name, more = _without_emoji(bare_heading(bare))
    return name.strip(" :：") or clean(heading), emoji or more


def _is_still_empty(path: tuple[str, ...], above: Collection[tuple[str, ...]], kind: Facet) -> bool:
    """Whether it is a section beside others that have papers: one that waits for its first."""
    is_section = bool(path) and not has_such_name(path[-1]) and not _is_kind(path[-1], kind)
    return is_section and path not in above and path[:-1] in above


def _left_out(section: Unknown, kind: Facet) -> bool:
    """Whether the section, or one that it is in, holds no papers."""
    if _is_kind(section.path[-1], kind):
        return False
    within = any(has_such_name(heading) for heading in section.path[:-1])
    return holds_no_papers(section) or (within and 2 * section.identified < section.papers)


def _is_kind(heading: str, kind: Facet) -> bool:
    """Whether a heading only says what kind of papers are below: ``Papers``, ``Datasets and Benchmarks``, ``Other``."""
    name = bare_heading(heading)
    if is_other(name):
        return True
    pieces = pieces_of(name)
    return bool(kind.find(name)) or (len(pieces) > 1 and all(map(kind.find, pieces)))


def _path(path: Sequence[str], title: str, kind: Facet) -> list[Group]:
    below = path[1:] if path[0] == title else path
    return [Group(*name_and_emoji(heading)) for heading in below if not _is_kind(heading, kind)]


def _unwrapped(paths: Sequence[list[Group]]) -> Sequence[list[Group]]:
    """Without headings that enclose the whole list, such as ``Methods`` above all sections."""
    while paths and len({path[0].key for path in paths}) == 1 and all(len(path) > 1 for path in paths):
        paths = [path[1:] for path in paths]
    return paths


def _insert(groups: dict[str, Group], path: Sequence[Group]) -> None:
    for new in path:
        group = groups.setdefault(new.key, new)
        groups = group.below
    group.direct = True


def _without_emoji(text: str) -> tuple[str, str]:
    """A text without the symbols at its ends, and the first of them."""
    start = next((n for n, letter in enumerate(text) if not _is_symbol(letter)), len(text))
    end = next((n for n in range(len(text), start, -1) if not _is_symbol(text[n - 1])), start)
    return text[start:end], (text[:start].split() or text[end:].split() or [""])[0]


def _is_symbol(letter: str) -> bool:
    """Whether it is part of an emoji, or a space: joiners, variation selectors and skin tones included."""
    return unicodedata.category(letter) in ("So", "Sk", "Zs") or letter in "\u200d\ufe0e\ufe0f\u20e3"
