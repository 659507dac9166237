"""What a paper is about."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """What a paper is about: label ids by facet, in the taxonomy's order, and its kind."""

    facets: Mapping[str, tuple[str, ...]]
    kind: str

    def to_json(self) -> dict[str, object]:
        """``{"task": [...], ..., "kind": "research"}``."""
        return {facet: list(labels) for facet, labels in self.facets.items()} | {"kind": self.kind}


@dataclass(frozen=True, slots=True)
class LabelText:
    """Title and abstract of a paper of the labelled set, under the identifier that the set has."""

    name: str
    title: str
    abstract: str
