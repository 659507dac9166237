"""A paper's labels, as ids by facet, and the rules that need a taxonomy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classifiers.taxonomy import Facet, Taxonomy
from harvester.base.errors import UsageError

KIND = "kind"
"""The facet for the type of publication; its label ``review`` has a chapter of the list to itself."""

_SIGNS = ("+", "-")


@dataclass(frozen=True, slots=True)
class Labels:
    """Label ids by facet, exclusive facets included; empty facets are left out, so that equal labels compare equal."""

    facets: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "facets", {facet: tuple(held) for facet, held in self.facets.items() if held})

    def of(self, facet: str) -> tuple[str, ...]:
        """The labels of one facet; empty if the facet is unknown."""
        return self.facets.get(facet, ())

    def one_of(self, facet: str) -> str:
        """The label of an exclusive facet; "" if it has none."""
        return next(iter(self.of(facet)), "")

    def has(self, facet: str, label: str) -> bool:
        """Whether the paper has the label."""
        return label in self.of(facet)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All labels as (facet, label)."""
        return tuple((facet, label) for facet, held in self.facets.items() for label in held)

    @property
    def names(self) -> tuple[str, ...]:
        """All labels as ``facet:label``."""
        return tuple(f"{facet}:{label}" for facet, label in self.pairs)


@dataclass(frozen=True, slots=True)
class LabelText:
    """The title and abstract of a paper in the labeled set; `name` is its identifier there."""

    name: str
    title: str
    abstract: str


def exclusive_first(taxonomy: Taxonomy) -> tuple[Facet, ...]:
    """The facets in the order of a record: the exclusive ones, such as kind, then the multi-label ones."""
    return tuple(sorted(taxonomy.facets, key=lambda facet: not facet.exclusive))


def exclusive_last(taxonomy: Taxonomy) -> tuple[Facet, ...]:
    """The facets in the order of documents and pages: multi-label ones in the taxonomy's order, then exclusive ones."""
    return tuple(sorted(taxonomy.facets, key=lambda facet: facet.exclusive))


def usual(facet: Facet) -> str:
    """The default label of an exclusive facet: the first in the taxonomy."""
    return facet.label_ids[0]


def labels_json(labels: Labels, taxonomy: Taxonomy) -> dict[str, list[str] | str]:
    """``{"task": [...], ..., "kind": "research"}``: every facet of the taxonomy, exclusive ones as one string."""
    return {
        facet.id: labels.one_of(facet.id) if facet.exclusive else list(labels.of(facet.id))
        for facet in exclusive_first(taxonomy)
    }


def completed(labels: Labels | None, taxonomy: Taxonomy) -> Labels:
    """The labels, plus the default in each exclusive facet without a label: the first stage assigns no labels."""
    held = labels.facets if labels else {}
    missing = {facet.id: (usual(facet),) for facet in taxonomy.facets if facet.exclusive and facet.id not in held}
    return Labels({**held, **missing})


def relabelled(taxonomy: Taxonomy, before: Labels, given: Mapping[str, Iterable[str]]) -> Labels:
    """The labels, replaced facet by facet by those given; labels that the taxonomy no longer has are dropped."""
    held = {**before.facets, **{facet: tuple(labels) for facet, labels in given.items()}}
    merged = {
        facet.id: tuple(label for label in facet.label_ids if label in held.get(facet.id, ()))
        for facet in taxonomy.facets
    }
    return completed(Labels(merged), taxonomy)


def parse_labels(taxonomy: Taxonomy, given: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Label ids by facet, in the taxonomy's order; a facet without labels is kept, empty.

    Raises:
        UsageError: a facet or label that the taxonomy lacks.
    """
    facets = {facet.id: facet for facet in taxonomy.facets}
    if unknown := [name for name in given if name not in facets]:
        known = ", ".join(facets)
        raise UsageError(f"The taxonomy has no facet {unknown[0]!r}", remedy=f"it has: {known}")
    return {name: _in_order(facets[name], set(labels)) for name, labels in given.items()}


@dataclass(frozen=True, slots=True)
class LabelEdit:
    """Labels of one facet that a paper gains and loses, as written in ``+ecg,-cmr``; all others stay."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def parse_edits(
    taxonomy: Taxonomy, given: Mapping[str, Iterable[str]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, LabelEdit]]:
    """Label ids by facet, split into the facets that are replaced and those that are edited by ``+`` and ``-``.

    Raises:
        UsageError: a facet or label that the taxonomy lacks, an edit of an exclusive facet, or a mixture of both forms.
    """
    edited = {name: labels for name, labels in given.items() if any(label[:1] in _SIGNS for label in labels)}
    whole = parse_labels(taxonomy, {name: labels for name, labels in given.items() if name not in edited})
    require_one(taxonomy, whole)
    return whole, {name: _edit(taxonomy, name, tuple(labels)) for name, labels in edited.items()}


def edited(before: Labels, edits: Mapping[str, LabelEdit]) -> dict[str, tuple[str, ...]]:
    """The labels of the edited facets, with what they gain and without what they lose."""
    return {
        facet: tuple(label for label in (*before.of(facet), *edit.added) if label not in edit.removed)
        for facet, edit in edits.items()
    }


def difference(before: Labels, after: Labels) -> tuple[str, ...]:
    """What has changed, as ``+facet:label`` and ``-facet:label``."""
    added = [f"+{name}" for name in after.names if name not in before.names]
    return (*added, *(f"-{name}" for name in before.names if name not in after.names))


def _edit(taxonomy: Taxonomy, name: str, labels: tuple[str, ...]) -> LabelEdit:
    if plain := [label for label in labels if label[:1] not in _SIGNS]:
        raise UsageError(
            f"--{name} {','.join(labels)} mixes {plain[0]!r} with labels that are added or removed",
            remedy="begin every label with + or -, or none of them",
        )
    signs = {sign: [label[1:].strip() for label in labels if label[0] == sign] for sign in _SIGNS}
    if both := sorted(set(signs["+"]) & set(signs["-"])):
        raise UsageError(f"--{name} both adds and removes {both[0]!r}", remedy="decide on one of them")
    (added,), (removed,) = (parse_labels(taxonomy, {name: signs[sign]}).values() for sign in _SIGNS)
    if taxonomy.facet(name).exclusive:
        raise UsageError(f"{name} takes exactly one label", remedy=f"write --{name} {(added + removed)[0]}")
    return LabelEdit(added, removed)


def require_one(taxonomy: Taxonomy, given: Mapping[str, tuple[str, ...]]) -> None:
    """Require exactly one label in each exclusive facet that is given.

    Raises:
        UsageError: a facet has none or several; the message names the facet and its labels.
    """
    for facet in taxonomy.facets:
        if facet.exclusive and facet.id in given and len(given[facet.id]) != 1:
            raise UsageError(
                f"{facet.id} takes exactly one label", remedy=f"choose one of: {', '.join(facet.label_ids)}"
            )


def split_labels(text: str) -> list[str]:
    """The labels of ``"ecg, cmr"``."""
    return [label.strip() for label in text.split(",") if label.strip()]


def _in_order(facet: Facet, wanted: set[str]) -> tuple[str, ...]:
    if unknown := sorted(wanted - set(facet.label_ids)):
        raise UsageError(f"{facet.id} has no label {unknown[0]!r}", remedy=f"it has: {', '.join(facet.label_ids)}")
    return tuple(label for label in facet.label_ids if label in wanted)
