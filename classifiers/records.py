"""The records that everything here passes around: a paper's text, a labeled paper, a prediction. No I/O, no numpy."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from classifiers.errors import InputError
from classifiers.taxonomy import Facet, Taxonomy

# Nobody writes abstracts this long; anything longer is a full text or an accident, and its end says little.
TEXT_LIMIT = 100_000
_DIGITS = 6
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEW_STYLE = re.compile(r"arxiv:(\d\d)(\d\d)\.\d{4,5}\Z")
_OLD_STYLE = re.compile(r"arxiv:[a-z-]+(?:\.[A-Z]{2})?/(\d\d)(\d\d)\d{3}\Z")


@dataclass(frozen=True, slots=True)
class Text:
    """What the classifier reads of one paper."""

    id: str
    title: str
    abstract: str

    @property
    def joined(self) -> str:
        """Title and abstract as one text."""
        return f"{self.title}. {self.abstract}" if self.abstract else self.title


@dataclass(frozen=True, slots=True)
class Labelled:
    """One paper with the labels that people gave it; `scope` is 0 (out), 1 (borderline) or 2 (core).

    `weight` is how many papers it counts as in training: a correction counts more.
    """

    text: Text
    scope: int
    labels: Mapping[str, tuple[str, ...]]
    weight: float = 1.0

    @property
    def in_scope(self) -> bool:
        """Borderline papers belong to the subject, too."""
        return self.scope > 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence that supports an assigned label, and by how much the label's probability drops without it."""

    sentence: str
    drop: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labeled paper that is close to another one; `similarity` is the cosine of their embeddings."""

    id: str
    title: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """Scope and labels of one paper by one model version; probabilities name every label of the taxonomy."""

    id: str
    scope: float
    in_scope: bool
    labels: Mapping[str, tuple[str, ...]]
    unsure: tuple[str, ...]
    probabilities: Mapping[str, Mapping[str, float]]
    model: str
    exclusive: tuple[str, ...] = ()
    explanation: Mapping[str, tuple[Reason, ...]] | None = None
    nearest: tuple[Neighbour, ...] | None = None

    @property
    def kind(self) -> str:
        """The one label of the facet `kind`; empty if the taxonomy has no such facet."""
        return next(iter(self.labels.get("kind", ())), "")

    def to_json(self) -> dict[str, Any]:
        """The prediction as one JSON object; exclusive facets hold one string, the others a list."""
        record: dict[str, Any] = {"id": self.id, "scope": round(self.scope, _DIGITS), "in_scope": self.in_scope}
        record |= {facet: next(iter(self.labels[facet]), "") for facet in self.exclusive}
        record |= {facet: list(ids) for facet, ids in self.labels.items() if facet not in self.exclusive}
        record["unsure"] = list(self.unsure)
        record["probabilities"] = {
            facet: {label: round(value, _DIGITS) for label, value in values.items()}
            for facet, values in self.probabilities.items()
        }
        record["model"] = self.model
        if self.explanation is not None:
            record["explanation"] = {
                label: [{"sentence": reason.sentence, "drop": round(reason.drop, _DIGITS)} for reason in reasons]
                for label, reasons in self.explanation.items()
            }
        if self.nearest is not None:
            record["nearest"] = [neighbour_record(neighbor) for neighbor in self.nearest]
        return record


def neighbour_record(neighbor: Neighbour) -> dict[str, Any]:
    """A neighbor as a JSON object."""
    return {"id": neighbor.id, "title": neighbor.title, "similarity": round(neighbor.similarity, _DIGITS)}


@dataclass(frozen=True, slots=True)
class BadLine:
    """An input line that is not a paper: its id, if known, and what is wrong with it."""

    id: Any
    error: str

    def to_json(self) -> dict[str, Any]:
        """The line to write in place of the prediction."""
        return {"id": self.id, "error": self.error}


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model folder says about itself: `model.json`, read without torch or numpy."""

    version: str
    encoder: str
    encoder_sha256: str
    labels: Mapping[str, tuple[str, ...]]
    metrics: Mapping[str, Any]
    folder: Path
    document: Mapping[str, Any] = field(repr=False)


def clean(text: str) -> str:
    """Text without HTML, broken code points and runs of spaces, cut at `TEXT_LIMIT` characters."""
    text = html.unescape(_TAG.sub(" ", text[:TEXT_LIMIT]))
    return " ".join(_SURROGATE.sub(" ", text).split())


def parse_text(line: str | bytes) -> Text | BadLine:
    """One line of a papers file; errors are returned, never raised."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as err:
        return BadLine(None, f"not a JSON object: {str(err)[:120]}")
    if not isinstance(record, dict):
        return BadLine(None, f"not a JSON object but of type {type(record).__name__}")
    try:
        return text_of(record)
    except InputError as err:
        return BadLine(record.get("id"), str(err))


def text_of(record: Mapping[str, Any], known: Container[str] = ()) -> Text:
    """A paper from its JSON object; a missing or null title or abstract is empty.

    Raises `InputError` if both are, unless the text of this paper is already `known` by its id.
    """
    paper_id = record.get("id")
    if not isinstance(paper_id, str) or not paper_id.strip():
        raise InputError("the field id must be a string that names the paper")
    title, abstract = (_string(record, key) for key in ("title", "abstract"))
    if not title and not abstract and paper_id not in known:
        raise InputError("title and abstract are both empty: there is nothing to classify")
    return Text(paper_id, title, abstract)


def labelled_of(record: Mapping[str, Any], taxonomy: Taxonomy, known: Container[str] = ()) -> Labelled:
    """A labeled paper from its JSON object; a set without scope counts as all in scope.

    Raises `InputError`, also for a paper without text unless that is `known`, as in `text_of`.
    """
    scope = record.get("scope", 2)
    if isinstance(scope, bool) or scope not in (0, 1, 2):
        raise InputError(f"the field scope must be 0, 1 or 2, not {scope!r}")
    labels = {facet.id: _labels(record.get(facet.id), facet) for facet in taxonomy.facets}
    return Labelled(text_of(record, known), scope, labels)


def year_of(paper_id: str) -> int | None:
    """The year in which an arXiv id was assigned; None for any other identifier."""
    month = month_of(paper_id)
    return None if month is None else month[0]


def month_of(paper_id: str) -> tuple[int, int] | None:
    """Year and month of an arXiv id. The archive began in August 1991, so two digits are enough until 2091."""
    match = _NEW_STYLE.match(paper_id) or _OLD_STYLE.match(paper_id)
    if match is None or not 1 <= int(match[2]) <= 12:
        return None
    year = int(match[1])
    return (1900 if year >= 91 else 2000) + year, int(match[2])


def title_key(title: str) -> str:
    """The `title:` identifier of a title."""
    return "title:" + re.sub(r"\W+", "", title.lower())[:60]


def without_repeats(papers: Iterable[Labelled]) -> list[Labelled]:
    """Each paper once, by id and by title; the later record wins, because corrections are appended.

    A correction need not repeat the text: where it has no abstract, the text of the earlier record stays.
    """
    kept: dict[str, Labelled] = {}
    owner: dict[str, str] = {}
    for paper in papers:
        same_title = owner.get(title_key(paper.text.title)) if paper.text.title else None
        earlier = [found for name in (same_title, paper.text.id) if name and (found := kept.pop(name, None))]
        if earlier and not paper.text.abstract:
            paper = replace(paper, text=replace(earlier[-1].text, id=paper.text.id))
        kept[paper.text.id] = paper
        if paper.text.title:
            owner[title_key(paper.text.title)] = paper.text.id
    return list(kept.values())


def _string(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"the field {key} must be a string, not {type(value).__name__}")
    return clean(value)


def _labels(value: Any, facet: Facet) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else ([] if value is None else value)
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        raise InputError(f"the field {facet.id} must hold label ids")
    # An empty string means the same as an empty list: papers out of scope have no kind.
    given = [item for item in given if item]
    unknown = [item for item in given if item not in facet.label_ids]
    if unknown:
        known = ", ".join(facet.label_ids)
        raise InputError(f"unknown label {unknown[0]!r} in {facet.id}; the known ones are: {known}")
    if facet.exclusive and len(given) > 1:
        raise InputError(f"the field {facet.id} takes one label, not {len(given)}")
    return tuple(label for label in facet.label_ids if label in given)
