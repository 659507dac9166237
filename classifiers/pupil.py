"""The tuned layers of an encoder while they learn, and what they learn from.

The lower layers stay as they are, so their states are computed once. A GPU is used if torch finds one.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from classifiers.adapter import ATTENTION, Adapter, named_arrays
from classifiers.encoder import Progress, TextEncoder
from classifiers.errors import ModelError
from classifiers.label_attention import LabelAttention, below, tensors
from classifiers.model import label_matrix
from classifiers.records import Labelled
from classifiers.taxonomy import Taxonomy

if TYPE_CHECKING:
    from classifiers.arrays import Columns, Floats

_CHUNK = 16  # batches whose texts are sorted by length together, so that little is padding
_MOST_GRADIENT = 1.0
_WARM_UP = 0.06  # of all steps
_HIDDEN = -1e4  # added to the attention to padding


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an encoder is tuned."""

    seed: int = 0
    layers: int = 3  # from the top
    folds: int = 3
    epochs: int = 4
    batch: int = 16
    rate: float = 2e-4  # of the layers
    attention_rate: float = 2e-3
    decay: float = 0.01
    dropout: float = 0.1
    scope: float = 3.0  # weight of the scope, which every paper has, beside that of a label
    query: float = 3.0  # length of the vectors with which the labels' attention begins
    again: int = 2  # papers that it knows are read again for each new one, when it goes on


FURTHER = Recipe(epochs=2, rate=5e-5, attention_rate=5e-4)
"""For an encoder that goes on: gentler than in the beginning."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is learned from: states (tokens, dimension) below the tuned layers by paper, truth and its weight.

    `truth` and `weight` are (papers, labels); the labels of a paper out of scope weigh nothing. `queries` (labels,
    dimension) is what each label's attention looks for to begin with.
    """

    states: Sequence[Tensor]
    truth: Tensor
    weight: Tensor
    queries: Tensor


class Pupil:
    """The tuned layers with their attention, and the optimizer's state."""

    def __init__(self, transformer: Any, lesson: Lesson, rows: Columns, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.halves = self.device == "cuda" or _multiplies_halves()
        self.lesson, self.recipe = lesson, recipe
        self.first = len(transformer.encoder.layer) - recipe.layers
        self.layers = copy.deepcopy(transformer.encoder.layer[self.first :]).to(self.device)
        for layer in self.layers:
            _drop_out(layer, recipe.dropout)
            if self.device == "cpu":  # torch's fused attention takes a third of a step to find its gradient there
                layer.attention.self.config._attn_implementation = "eager"
        labels = lesson.truth.shape[1]
        self.attention = LabelAttention(labels, transformer.config.hidden_size)
        self.attention.query.data = lesson.queries.clone()
        self.attention.bias.data = _prior(lesson, rows)
        self.attention.to(self.device)
        groups = [
            {"params": self.layers.parameters(), "lr": recipe.rate},
            {"params": self.attention.parameters(), "lr": recipe.attention_rate},
        ]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=recipe.decay)
        self.steps = recipe.epochs * math.ceil(len(rows) / recipe.batch)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)

    def learn(self, rows: Columns, epoch: int, progress: Progress | None) -> None:
        """One pass over the papers."""
        self.layers.train()
        self.attention.train()
        for batch in _batches(rows, self.lesson, self.recipe, epoch):
            truth, weight = self.lesson.truth[batch].to(self.device), self.lesson.weight[batch].to(self.device)
            each = nn.functional.binary_cross_entropy_with_logits(self._log_odds(batch), truth, reduction="none")
            self.optimizer.zero_grad()
            ((each * weight).sum() / len(batch)).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([*self.layers.parameters(), *self.attention.parameters()], _MOST_GRADIENT)
            self.optimizer.step()
            self.schedule.step()
            if progress is not None:
                progress(len(batch))

    def read(self, rows: Columns) -> Floats:
        """Log-odds (rows, labels)."""
        self.layers.eval()
        self.attention.eval()
        out = np.zeros((len(rows), self.lesson.truth.shape[1]), dtype=np.float32)
        order = sorted(range(len(rows)), key=lambda n: len(self.lesson.states[int(rows[n])]))
        with torch.no_grad():
            for start in range(0, len(order), self.recipe.batch):
                some = order[start : start + self.recipe.batch]
                out[some] = self._log_odds([int(rows[n]) for n in some]).cpu().numpy()
        return out

    def arrays(self) -> dict[str, Any]:
        """The weights as an adapter keeps them."""
        layers = {
            name: array
            for number, layer in enumerate(self.layers, self.first)
            for name, array in named_arrays(layer.state_dict(), f"layer.{number}.").items()
        }
        return {**layers, **named_arrays(self.attention.state_dict(), ATTENTION)}

    def go_on_from(self, adapter: Adapter) -> None:
        """Begin with what an adapter has learned. Raises `ModelError` if its layers are others than these."""
        arrays = tensors(adapter)
        try:
            for number, layer in enumerate(self.layers, self.first):
                layer.load_state_dict(below(arrays, f"layer.{number}."))
            self.attention.load_state_dict(below(arrays, ATTENTION))
        except RuntimeError as err:
            raise ModelError("the adapted encoder has other layers than these; train without --from.") from err

    def state(self) -> dict[str, Any]:
        """Everything that the next pass depends on."""
        parts = (self.layers, self.attention, self.optimizer, self.schedule)
        return {"parts": [part.state_dict() for part in parts], "random": torch.get_rng_state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a kept `state`."""
        for part, own in zip((self.layers, self.attention, self.optimizer, self.schedule), state["parts"], strict=True):
            part.load_state_dict(own)
        torch.set_rng_state(state["random"])

    def _rate(self, step: int) -> float:
        """The learning rate's factor: up in the first steps, then down in a straight line."""
        return min((step + 1) / (_WARM_UP * self.steps), max(0.0, (self.steps - step) / ((1 - _WARM_UP) * self.steps)))

    def _log_odds(self, batch: Sequence[int]) -> Tensor:
        states = [self.lesson.states[n].float() for n in batch]
        hidden = nn.utils.rnn.pad_sequence(states, batch_first=True).to(self.device)
        lengths = torch.tensor([len(state) for state in states], device=self.device)
        mask = torch.arange(hidden.shape[1], device=self.device)[None] < lengths[:, None]
        with torch.autocast(self.device, torch.bfloat16, enabled=self.halves):
            hidden = _through(self.layers, hidden, mask).float()
        if self.layers.training:
            hidden = nn.functional.dropout(hidden, self.recipe.dropout)
        log_odds: Tensor = self.attention(hidden, mask)
        return log_odds


def prepare(papers: Sequence[Labelled], taxonomy: Taxonomy, encoder: TextEncoder, recipe: Recipe) -> Lesson:
    """What the papers teach; the lower layers read each of them once."""
    inside = np.array([paper.in_scope for paper in papers], dtype=np.float32)[:, None]
    facets = label_matrix(papers, taxonomy)
    truth = np.hstack([inside, *(facets[facet.id] for facet in taxonomy.facets)]).astype(np.float32)
    weight = np.hstack([np.full_like(inside, recipe.scope), np.repeat(inside, truth.shape[1] - 1, axis=1)])
    weight *= np.array([[paper.weight] for paper in papers], dtype=np.float32)
    states = _states(encoder, [paper.text.joined for paper in papers], recipe)
    queries = recipe.query * _queries(encoder, taxonomy)
    return Lesson(states, torch.from_numpy(truth), torch.from_numpy(weight), queries)


def _queries(encoder: TextEncoder, taxonomy: Taxonomy) -> Tensor:
    """Unit vectors (labels, dimension) of what the taxonomy says about each label, without what they have in common.

    From random vectors, rare labels do not learn where to look. The scope begins with a look at everything.
    """
    labels = [f"{label.name}: {label.definition}" for facet in taxonomy.facets for label in facet.labels]
    about = torch.from_numpy(encoder.encode(labels))
    queries = nn.functional.normalize(about - about.mean(0), dim=1)
    return torch.cat([torch.zeros_like(queries[:1]), queries])


def _states(encoder: TextEncoder, texts: Sequence[str], recipe: Recipe) -> list[Tensor]:
    """The states (tokens, dimension) below the tuned layers, in half precision: 180 kB for an abstract."""
    transformer = encoder.transformer()
    layers = transformer.encoder.layer[: len(transformer.encoder.layer) - recipe.layers]
    tokens = encoder.tokens(texts)
    order = sorted(range(len(texts)), key=lambda n: len(tokens[n]))
    states: dict[int, Tensor] = {}
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=_multiplies_halves()):
        for start in range(0, len(order), recipe.batch):
            some = order[start : start + recipe.batch]
            ids = nn.utils.rnn.pad_sequence([torch.tensor(tokens[n]) for n in some], batch_first=True)
            mask = nn.utils.rnn.pad_sequence([torch.ones(len(tokens[n])) for n in some], batch_first=True).bool()
            hidden = _through(layers, transformer.embeddings(ids), mask)
            states |= {n: hidden[row, : len(tokens[n])].to(torch.bfloat16).clone() for row, n in enumerate(some)}
    return [states[n] for n in range(len(texts))]


def _through(layers: Any, hidden: Tensor, mask: Tensor) -> Tensor:
    """The states after some BERT layers."""
    device = hidden.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else hidden.dtype
    hidden_from = torch.zeros(mask.shape, device=device, dtype=dtype).masked_fill(~mask, _HIDDEN)[:, None, None]
    for layer in layers:
        found = layer(hidden, hidden_from)
        hidden = found[0] if isinstance(found, tuple) else found
    return hidden


def _multiplies_halves() -> bool:
    """Whether the processor multiplies bfloat16 matrices (AMX), several times as fast as in single precision."""
    return bool(torch.cpu.get_capabilities().get("amx_bf16"))


def _drop_out(layer: Any, share: float) -> None:
    """Dropout between layers only: within the attention it takes twice the time on a processor and gains nothing."""
    for module in layer.modules():
        if isinstance(module, nn.Dropout):
            module.p = share
    layer.attention.self.dropout.p = 0.0


def _prior(lesson: Lesson, rows: Columns) -> Tensor:
    """The log-odds (labels,) of each label's share, where learning begins."""
    true, all_ = (lesson.truth[rows] * lesson.weight[rows]).sum(0), lesson.weight[rows].sum(0)
    prior: Tensor = ((true + 0.5) / (all_ - true + 0.5)).log()
    return prior


def _batches(rows: Columns, lesson: Lesson, recipe: Recipe, epoch: int) -> Iterator[list[int]]:
    """Papers in random batches of about the same length."""
    rng = np.random.default_rng([recipe.seed, epoch])
    shuffled = rng.permutation(rows)
    batches = []
    for start in range(0, len(shuffled), recipe.batch * _CHUNK):
        some = sorted(shuffled[start : start + recipe.batch * _CHUNK], key=lambda n: len(lesson.states[n]))
        batches += [[int(n) for n in some[at : at + recipe.batch]] for at in range(0, len(some), recipe.batch)]
    yield from (batches[n] for n in rng.permutation(len(batches)))
