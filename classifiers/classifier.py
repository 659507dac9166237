"""A loaded model with its encoder: papers in, predictions out. The harvester and the command line call this."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifiers.encoder import DEFAULT_ENCODER, Encoder, Progress, TextEncoder, load_encoder
from classifiers.errors import ModelError
from classifiers.explain import explain
from classifiers.features import embed
from classifiers.furniture import without_furniture
from classifiers.model import LabelModel, Scores
from classifiers.records import ModelInfo, Neighbour, Prediction, Reason, Text, clean
from classifiers.storage import load_adapter, load_model, load_training_index, model_dir, read_info
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.training_index import TrainingIndex

if TYPE_CHECKING:
    from classifiers.arrays import Bools

# Papers in memory at once: enough that those that pass the first stage fill the encoder's batches.
_CHUNK = 4096
# For a text of a few words, or mostly of words the model never met (another language, a listing), it only guesses.
_FEWEST_WORDS = 8
_FEWEST_KNOWN = 0.5
_WORD = re.compile(r"\b\w\w+\b")


class Classifier:
    """A model, its training index, and the encoder it was trained with; created by `load`."""

    def __init__(self, model: LabelModel, info: ModelInfo, encoder: Encoder) -> None:
        self.model, self.info, self.encoder = model, info, encoder
        self._known = frozenset(model.features_.words_["abstract"].terms_)

    @property
    def version(self) -> str:
        """The model's version, as in every prediction."""
        return self.info.version

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy the model was trained with."""
        return self.model.taxonomy

    @cached_property
    def training_index(self) -> TrainingIndex:
        """The papers it was trained on; read from the model's folder on first use."""
        return load_training_index(self.info.folder)

    def predict(
        self,
        papers: Sequence[Text],
        *,
        explained: bool = False,
        full: bool = False,
        progress: Progress | None = None,
    ) -> list[Prediction]:
        """One prediction per paper, in order; `progress` is told how many papers each step finished.

        The cheap first stage turns away papers that do not name the subject; they get no labels. `full` sends every
        paper to the encoder. `explained` adds the sentences each assigned label rests on and the nearest labeled
        papers; it encodes every paper once per sentence, so it takes some ten times as long.
        """
        texts = [Text(paper.id, clean(paper.title), clean(paper.abstract)) for paper in papers]
        predictions: list[Prediction] = []
        for start in range(0, len(texts), _CHUNK):
            predictions += self._staged(texts[start : start + _CHUNK], explained, full, progress)
        return predictions

    def explain(self, text: Text, labels: Mapping[str, Sequence[str]]) -> dict[str, tuple[Reason, ...]]:
        """The sentences each of `labels` (by facet) rests on, keyed `facet:label`."""
        return explain(self.model, self.encoder, _bare(text), labels)

    def nearest(self, text: Text) -> tuple[Neighbour, ...]:
        """The three labeled papers nearest to a text."""
        return self.training_index.nearest(embed(self.encoder, [_bare(text)]).vectors[0], text)

    def _staged(
        self, texts: Sequence[Text], explained: bool, full: bool, progress: Progress | None
    ) -> list[Prediction]:
        named = self.model.first_stage_.passes(texts)
        guessed = [self._guessed(text) for text in texts]
        passing = [full or yes or unclear for yes, unclear in zip(named, guessed, strict=True)]
        if progress is not None:
            progress(len(texts) - sum(passing))
        found = iter(self._read([text for text, yes in zip(texts, passing, strict=True) if yes], explained, progress))
        predictions = []
        for n, text in enumerate(texts):
            prediction = next(found) if passing[n] else self._rejected(text)
            prediction = self._doubted(prediction) if guessed[n] else prediction
            predictions.append(prediction if full or named[n] else replace(prediction, **self._out()))
        return predictions

    def _read(self, texts: Sequence[Text], explained: bool, progress: Progress | None) -> Iterator[Prediction]:
        """Predictions of the full model."""
        if not texts:
            return
        texts = [_bare(text) for text in texts]
        embedded = embed(self.encoder, texts, progress)
        scores = self.model.predict_proba(texts, embedded)
        said, unsure = self.model.decide(scores), self.model.unsure(scores)
        for row, text in enumerate(texts):
            found = self._prediction(row, text, scores, said, unsure)
            if explained:
                nearest = self.training_index.nearest(embedded.vectors[row], text)
                found = replace(found, explanation=self.explain(text, found.labels), nearest=nearest)
            yield found

    def _prediction(
        self, row: int, text: Text, scores: Scores, said: Mapping[str, Bools], unsure: Mapping[str, Bools]
    ) -> Prediction:
        doubtful = {facet: self._chosen(facet, rows[row]) for facet, rows in unsure.items()}
        return Prediction(
            id=text.id,
            scope=float(scores.scope[row]),
            in_scope=bool(scores.scope[row] >= self.model.scope_threshold_),
            labels={facet: self._chosen(facet, rows[row]) for facet, rows in said.items()},
            unsure=tuple(f"{facet}:{label}" for facet, ids in doubtful.items() for label in ids),
            probabilities={
                facet.id: dict(zip(facet.label_ids, map(float, scores.facets[facet.id][row]), strict=True))
                for facet in self.taxonomy.facets
            },
            model=self.version,
            exclusive=self._exclusive(),
        )

    def _rejected(self, text: Text) -> Prediction:
        """The prediction for a paper that never reached the encoder."""
        nothing: dict[str, tuple[str, ...]] = {facet.id: () for facet in self.taxonomy.facets}
        empty: dict[str, dict[str, float]] = {facet.id: {} for facet in self.taxonomy.facets}
        return Prediction(text.id, 0.0, False, nothing, (), empty, self.version, self._exclusive())

    def _out(self) -> dict[str, Any]:
        """The scope of a paper that does not name the subject, whatever else is guessed about it."""
        return {"scope": self.model.first_stage_.turned_scope_, "in_scope": False}

    def _doubted(self, found: Prediction) -> Prediction:
        """A guess: every assigned label is unsure, and so is the likeliest label of each facet."""
        likeliest = ((facet, max(values, key=values.__getitem__)) for facet, values in found.probabilities.items())
        assigned = ((facet, label) for facet, ids in found.labels.items() for label in ids)
        names = (f"{facet}:{label}" for facet, label in (*assigned, *likeliest))
        return replace(found, unsure=tuple(dict.fromkeys((*names, *found.unsure))))

    def _exclusive(self) -> tuple[str, ...]:
        return tuple(facet.id for facet in self.taxonomy.facets if facet.exclusive)

    def _chosen(self, facet_id: str, row: Bools) -> tuple[str, ...]:
        return tuple(label for label, yes in zip(self.taxonomy.facet(facet_id).label_ids, row, strict=True) if yes)

    def _guessed(self, text: Text) -> bool:
        """Whether a text is a few words, or mostly words the model never met (another language, a listing)."""
        words = _WORD.findall(text.joined.lower())
        return len(words) < _FEWEST_WORDS or sum(word in self._known for word in words) < _FEWEST_KNOWN * len(words)


def load(model_dir: Path | None = None, taxonomy: Path | None = None, encoder: str | None = None) -> Classifier:
    """Load a model (None: the packaged one) and the encoder it was trained with (None: the one it names).

    With a `taxonomy`, the model must know exactly its labels; without one, the model's own copy applies.
    Raises `ModelError`, `TaxonomyError`, `EncoderError`.
    """
    model, info = load_model(model_dir)
    if taxonomy is not None:
        _same_labels(model.taxonomy, load_taxonomy(taxonomy), model_dir)
    loaded = load_encoder(encoder or info.encoder)
    if loaded.sha256 != info.encoder_sha256:
        raise ModelError(
            f"the model {info.version} was trained with the encoder {info.encoder} (sha256 {info.encoder_sha256}), but "
            f"{encoder or info.encoder} has sha256 {loaded.sha256}; name that encoder, or retrain with this one."
        )
    adapter = load_adapter(info)
    if adapter is None:
        return Classifier(model, info, loaded)
    if model.evidence_width != len(adapter.labels):
        raise ModelError(
            f"{info.folder}: the adapted encoder knows {len(adapter.labels)} labels, but the model was trained with "
            f"one that knows {model.evidence_width}; restore the folder or retrain."
        )
    return Classifier(model, info, loaded.adapted(adapter))


def shipped_encoder(taxonomy: Taxonomy, name: str = DEFAULT_ENCODER) -> TextEncoder:
    """The encoder `name`, adapted as the packaged model's is, if that was tuned from it and for facets of `taxonomy`.

    Raises `EncoderError`, `ModelError`.
    """
    encoder, adapter = load_encoder(name), load_adapter(read_info())
    if adapter is None or adapter.base != encoder.sha256 or not adapter.facets <= set(taxonomy.facet_ids):
        return encoder
    return encoder.adapted(adapter)


def _bare(text: Text) -> Text:
    return Text(text.id, *without_furniture(text.title, text.abstract))


def _same_labels(ours: Taxonomy, theirs: Taxonomy, folder: Path | None) -> None:
    """Names, emoji, definitions and order may change after training; the labels themselves may not."""

    def shape(taxonomy: Taxonomy) -> set[tuple[str, bool, str]]:
        return {(facet.id, facet.exclusive, label) for facet in taxonomy.facets for label in facet.label_ids}

    differing = sorted(f"{facet}:{label}" for facet, _, label in shape(ours) ^ shape(theirs))
    if differing:
        raise ModelError(
            f"{model_dir(folder)}: trained for a taxonomy other than {theirs.path} (they differ in "
            f"{', '.join(dict.fromkeys(differing))}); retrain with `python -m classifiers train`."
        )
