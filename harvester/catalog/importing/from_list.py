"""A taxonomy drawn up from the sections of a list, so that all of its papers have a place."""

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from classifiers.taxonomy import SCHEMA, Facet, Scope, Taxonomy
from harvester.base.errors import CatalogError
from harvester.base.escape import toml_string
from harvester.catalog.importing.awesome import parse_list
from harvester.catalog.importing.groups import Group, name_and_emoji, sections_of
from harvester.catalog.importing.no_papers import has_such_name
from harvester.catalog.importing.subject import first_paragraph, subject_of
from harvester.catalog.importing.unknown import Unknown, is_grouping
from harvester.domain.folding import folded
from harvester.domain.text import clean

_NOTHING = Taxonomy("", Scope("", ()), (), (), "", Path())
_TOPICS = ("Topics", "Sections", "Areas of the list", "Areas besides the groups")
"""What the facet of sections without any below may be called: the first that no heading is called."""
_KINDS_ELSEWHERE = {
    "research": ("论文", "論文", "研究", "Artículos"),
    "review": ("综述", "综述论文", "綜述", "サーベイ", "サーベイ論文", "レビュー", "総説", "Revisiones", "Encuestas"),
    "dataset": ("数据集", "數據集", "基准", "データセット", "ベンチマーク", "Conjuntos de datos"),
    "software": ("软件", "工具", "工具箱", "ソフトウェア", "ツール", "ライブラリ", "Herramientas"),
}
"""How lists in Chinese, Japanese and Spanish call the kinds of papers; the facet of kinds has the English names."""
_LATIN = re.compile("[A-Za-z]")
_LONGEST_ID = 40
_MOST_TERMS = 10  # names of labels that papers are searched by, where the title says nothing
_HEAD = """\
# Drawn up from the sections of a list: {file}
# Everything here may be changed; an id also stands in the entries of the papers that have it.
# Say in each definition, in one sentence, what belongs into the section, and add the synonyms by which papers name it:
# they rank the papers until there are labels.
"""


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """The text of a taxonomy file, how many facets and labels it has, and the sections that got no label.

    The facet of kinds does not count. `searched` are the words by which papers will be searched for.
    """

    text: str
    searched: str
    facets: int
    labels: int
    left_out: tuple[Unknown, ...]

    def to_json(self) -> dict[str, Any]:
        """The numbers, and the sections left out with how many links each has."""
        left_out = [
            {"heading": section.name, "line": section.line, "links": section.papers} for section in self.left_out
        ]
        return {"facets": self.facets, "labels": self.labels, "left_out": left_out}


@dataclass(frozen=True, slots=True)
class _Facet:
    """A facet: its id, its heading, and its labels by id."""

    id: str
    name: str
    emoji: str
    labels: Mapping[str, Group]


def taxonomy_from_list(text: str, file: str, name: str, kind: Facet, taken: Collection[str]) -> DrawnUp:
    """Draw up a taxonomy: a facet for each group of sections, one for the sections without any below, and `kind`.

    Args:
        text: the list; `file` is its name in messages.
        name: stands in for a missing title.
        kind: the facet of kinds, taken over as it is.
        taken: ids that no facet may have.

    Raises:
        CatalogError: the list has no sections with papers.
    """
    kind = _with_foreign_names(kind)
    read = parse_list(text, _NOTHING)
    unknown = sorted((*read.unknown, *read.left_out), key=lambda section: section.line)
    title = _title(read.headings[0].path[-1] if read.headings else "", unknown)
    sections = sections_of((heading.path for heading in read.headings), unknown, title, kind)
    if not any(section.path != (title,) and section not in sections.left_out for section in unknown):
        raise CatalogError(
            f"{file} has no sections with papers to make labels of",
            remedy='write a heading above each group of papers, such as "## Segmentation"',
        )
    facets = _facets(sections.groups, {*taken, kind.id})
    shown = name_and_emoji(title)[0] if title else name
    terms = _terms(shown, facets)
    scope = (
        f"schema = {SCHEMA}\ntitle = {toml_string(shown)}\n\n[scope]\n"
        f"definition = {toml_string(first_paragraph(text, title) or shown)}\nsynonyms = {_strings(terms)}\n"
    )
    made = "\n".join([_HEAD.format(file=clean(file)), scope, *map(_facet_text, facets), _kind_text(kind)])
    return DrawnUp(made, ", ".join(terms), len(facets), sum(len(facet.labels) for facet in facets), sections.left_out)


def _with_foreign_names(kind: Facet) -> Facet:
    labels = (replace(label, headings=(*label.headings, *_KINDS_ELSEWHERE.get(label.id, ()))) for label in kind.labels)
    return replace(kind, labels=tuple(labels))


def _title(first: str, unknown: Sequence[Unknown]) -> str:
    """The list's first heading, unless it is a section like the others."""
    below = [section.path[0] == first for section in unknown]
    return "" if is_grouping(first) or has_such_name(first) or (any(below) and not all(below)) else first


def _facets(groups: Sequence[Group], taken: Collection[str]) -> list[_Facet]:
    """The facets in the list's order; one called Topics has the sections that have none below them.

    Where such a section is called like one below a group, its papers get that label; like ones below several groups,
    it becomes a facet, because the heading of a facet needs no other to be understood.
    """
    ids = _Ids(groups, taken)
    names = Counter(key for group in groups for key in {below.key for below in group.every_below()})
    alone = [group for group in groups if not group.below and not names[group.key]]
    facets: list[_Facet] = []
    for group in groups:
        if group.below or names[group.key] > 1:
            own = [group] if group.direct else []
            facets.append(_facet(ids.facet(group.name), group.name, group.emoji, [*own, *group.every_below()], ids))
        elif alone and group is alone[0]:
            name = next(name for name in _TOPICS if ids.is_free(name))
            facets.append(_facet(ids.facet(name), name, "", alone, ids))
    return facets


def _facet(facet_id: str, name: str, emoji: str, groups: Iterable[Group], ids: "_Ids") -> _Facet:
    labels: dict[str, Group] = {}
    for group in {group.key: group for group in groups}.values():
        labels[ids.new(group.name, "label", labels)] = group
    return _Facet(facet_id, name, emoji, labels)


class _Ids:
    """Ids from headings: ASCII, and never the name of another heading, which would then mean the wrong section."""

    def __init__(self, groups: Sequence[Group], taken: Collection[str]) -> None:
        self._names = {group.key for top in groups for group in (top, *top.every_below())}
        self._facets = set(taken)

    def facet(self, name: str) -> str:
        """A new facet's id."""
        made = self.new(name, "facet", self._facets)
        self._facets.add(made)
        return made

    def new(self, name: str, prefix: str, taken: Collection[str]) -> str:
        """An id for a name; with a number where it is taken, or where no letter of the name is Latin."""
        words = re.sub(r"[^a-z0-9]+", "_", folded(name).encode("ascii", "ignore").decode()).strip("_")
        if len(words) > _LONGEST_ID:
            words = words[: _LONGEST_ID + 1].rpartition("_")[0] or words[:_LONGEST_ID]
        slug = words if words[:1].isalpha() else f"{prefix}_{words}".strip("_")
        tries = itertools.chain([slug] if words else [], (f"{slug}_{n}" for n in itertools.count(2 if words else 1)))
        own = Group(name, "").key
        return next(made for made in tries if made not in taken and (self.is_free(made) or Group(made, "").key == own))

    def is_free(self, name: str) -> bool:
        """Whether no heading has this name."""
        return Group(name, "").key not in self._names


def _terms(title: str, facets: Iterable[_Facet]) -> list[str]:
    """What papers are searched by: the title's subject, or the names of labels if that has no Latin letters."""
    labels = [group.name for facet in facets for group in facet.labels.values()]
    latin = [label for label in labels if _LATIN.search(label)][:_MOST_TERMS]
    subject = subject_of(title)
    return [subject] if _LATIN.search(subject) else latin or [subject or title]


def _facet_text(facet: _Facet) -> str:
    head = f"[[facets]]\nid = {toml_string(facet.id)}\nname = {toml_string(facet.name)}\n{_emoji(facet.emoji)}"
    labels = (
        f"\n[[facets.labels]]\nid = {toml_string(label)}\nname = {toml_string(group.name)}\n{_emoji(group.emoji)}"
        f"definition = {toml_string(f'Papers on {group.name}.')}\nsynonyms = []\n"
        for label, group in facet.labels.items()
    )
    return "".join([head, *labels])


def _kind_text(kind: Facet) -> str:
    head = (
        f"[[facets]]\nid = {toml_string(kind.id)}\nname = {toml_string(kind.name)}\n{_emoji(kind.emoji)}"
        "exclusive = true\n"
    )
    labels = (
        f"\n[[facets.labels]]\nid = {toml_string(label.id)}\nname = {toml_string(label.name)}\n{_emoji(label.emoji)}"
        f"definition = {toml_string(label.definition)}\nsynonyms = {_strings(label.synonyms)}\n"
        f"headings = {_strings(label.headings)}\n"
        for label in kind.labels
    )
    return "".join([head, *labels])


def _emoji(emoji: str) -> str:
    return f"emoji = {toml_string(emoji)}\n" if emoji else ""


def _strings(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(toml_string, texts))}]"
