"""The tuned layers of an encoder while they learn. A GPU is used if torch finds one.

The lower layers stay as they are, so their states are computed once. Where bfloat16 is fast, the layers are kept in it
to compute with, and in single precision to learn: small steps would be lost in the other.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from classifiers.adapter import ATTENTION, Adapter, named_arrays
from classifiers.errors import ModelError
from classifiers.label_attention import LabelAttention, below, tensors
from classifiers.layers import Dropout, through
from classifiers.lesson import Lesson, Recipe, batches, multiplies_halves, prior

if TYPE_CHECKING:
    from classifiers.arrays import Columns, Floats
    from classifiers.encoder import Progress

_MOST_GRADIENT = 1.0
_WARM_UP = 0.06  # of all steps


class Pupil:
    """The tuned layers with their attention, and the optimizer's state."""

    def __init__(self, transformer: Any, lesson: Lesson, rows: Columns, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        halves = self.device == "cuda" or multiplies_halves()
        self.dtype = torch.bfloat16 if halves else torch.float32
        self.transformer, self.lesson, self.recipe = transformer, lesson, recipe
        self.first = len(transformer.encoder.layer) - recipe.layers
        self.learned = copy.deepcopy(transformer.encoder.layer[self.first :]).to(self.device)
        self.layers = copy.deepcopy(self.learned).to(self.dtype)
        self.dropout = Dropout(recipe.dropout, self.device, self.dtype)
        self.attention = LabelAttention(lesson.target.shape[1], transformer.config.hidden_size)
        self.attention.query.data = lesson.queries.clone()
        self.attention.bias.data = prior(lesson, rows)
        self.attention.to(self.device)
        groups = [
            {"params": self.learned.parameters(), "lr": recipe.rate},
            {"params": self.attention.parameters(), "lr": recipe.attention_rate},
        ]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=recipe.decay, fused=True)
        self.steps = recipe.epochs * math.ceil(len(rows) / recipe.batch)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)

    def learn(self, rows: Columns, epoch: int, progress: Progress | None) -> None:
        """One pass over the texts."""
        for batch in batches(rows, self.lesson, self.recipe, epoch):
            target, weight = self.lesson.target[batch].to(self.device), self.lesson.weight[batch].to(self.device)
            said = self._log_odds(batch, self.dropout)
            each = nn.functional.binary_cross_entropy_with_logits(said, target, reduction="none")
            self._step((each * weight).sum() / len(batch))
            if progress is not None:
                progress(len(batch))

    def read(self, rows: Columns) -> Floats:
        """Log-odds (rows, labels)."""
        out = np.zeros((len(rows), self.lesson.target.shape[1]), dtype=np.float32)
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
            for number, layer in enumerate(self.learned, self.first)
            for name, array in named_arrays(layer.state_dict(), f"layer.{number}.").items()
        }
        return {**layers, **named_arrays(self.attention.state_dict(), ATTENTION)}

    def go_on_from(self, adapter: Adapter) -> None:
        """Begin with what an adapter has learned. Raises `ModelError` if its layers are others than these."""
        arrays = tensors(adapter)
        try:
            for number, layer in enumerate(self.learned, self.first):
                layer.load_state_dict(below(arrays, f"layer.{number}."))
            self.attention.load_state_dict(below(arrays, ATTENTION))
        except RuntimeError as err:
            raise ModelError("the adapted encoder has other layers than these; train without --from.") from err
        self._compute_with_learned()

    def state(self) -> dict[str, Any]:
        """Everything that the next pass depends on."""
        return {"parts": [part.state_dict() for part in self._parts()], "random": torch.get_rng_state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a kept `state`."""
        for part, own in zip(self._parts(), state["parts"], strict=True):
            part.load_state_dict(own)
        torch.set_rng_state(state["random"])
        self._compute_with_learned()

    def _parts(self) -> tuple[Any, ...]:
        return self.learned, self.attention, self.optimizer, self.schedule

    def _step(self, loss: Tensor) -> None:
        """Learn from one batch: the gradient of the layers that computed, added to those that learn."""
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for learned, computed in zip(self.learned.parameters(), self.layers.parameters(), strict=True):
            learned.grad, computed.grad = None if computed.grad is None else computed.grad.float(), None
        nn.utils.clip_grad_norm_([*self.learned.parameters(), *self.attention.parameters()], _MOST_GRADIENT)
        self.optimizer.step()
        self.schedule.step()
        self._compute_with_learned()

    def _compute_with_learned(self) -> None:
        with torch.no_grad():
            for computed, learned in zip(self.layers.parameters(), self.learned.parameters(), strict=True):
                computed.copy_(learned)

    def _rate(self, step: int) -> float:
        """The learning rate's factor: up in the first steps, then down in a straight line."""
        return min((step + 1) / (_WARM_UP * self.steps), max(0.0, (self.steps - step) / ((1 - _WARM_UP) * self.steps)))

    def _log_odds(self, batch: Sequence[int], dropout: Dropout | None = None) -> Tensor:
        states = [self.lesson.states[n].to(self.dtype) for n in batch]
        hidden = nn.utils.rnn.pad_sequence(states, batch_first=True).to(self.device)
        lengths = torch.tensor([len(state) for state in states], device=self.device)
        mask = torch.arange(hidden.shape[1], device=self.device)[None] < lengths[:, None]
        hidden = through(self.transformer, self.layers, hidden, mask, dropout)
        if dropout is not None:
            hidden = dropout(hidden)
        log_odds: Tensor = self.attention(hidden.float(), mask)
        return log_odds
