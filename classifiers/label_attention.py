"""The layers of an adapted encoder: each label looks at the words with an attention of its own.

One vector for a whole abstract drowns what is said once, and cannot tell a word from its figure of speech; a label's
attention reads the state of that word in its sentence (label-wise attention: Mullenbach et al. 2018, arXiv:1802.05695).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from classifiers.adapter import ATTENTION, Adapter
from classifiers.errors import ModelError

_HIDDEN = -1e4  # the attention to a padding token, before the softmax


class LabelAttention(nn.Module):
    """Log-odds of labels from token states: a linear reading of what each label looks at, and one of the mean."""

    def __init__(self, labels: int, dimension: int) -> None:
        super().__init__()
        self.query = nn.Parameter(torch.randn(labels, dimension) * 0.02)
        self.looked_at = nn.Parameter(torch.zeros(labels, dimension))
        self.mean = nn.Parameter(torch.zeros(labels, dimension))
        self.bias = nn.Parameter(torch.zeros(labels))

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Log-odds (texts, labels) from `states` (texts, tokens, dimension) and which tokens are text."""
        attention = torch.einsum("btd,nd->bnt", states, self.query)
        attention = attention.masked_fill(~mask[:, None], _HIDDEN).softmax(-1)
        seen = torch.einsum("bnt,btd->bnd", attention, states)
        log_odds: Tensor = (seen * self.looked_at).sum(-1) + mean_state(states, mask) @ self.mean.T + self.bias
        return log_odds


class Reading(nn.Module):
    """The last module of an adapted encoder: a text's unit vector, then its log-odds, as one `sentence_embedding`."""

    def __init__(self, attention: LabelAttention) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add the embedding (texts, dimension + labels) to what sentence-transformers passes on."""
        states, mask = features["token_embeddings"], features["attention_mask"].bool()
        vector = nn.functional.normalize(mean_state(states, mask), dim=1)
        features["sentence_embedding"] = torch.cat([vector, self.attention(states, mask)], dim=1)
        return features


def mean_state(states: Tensor, mask: Tensor) -> Tensor:
    """The mean state (texts, dimension) of the tokens that are text."""
    shown = mask[..., None].to(states.dtype)
    mean: Tensor = (states * shown).sum(1) / shown.sum(1).clamp(min=1)
    return mean


def adapted(model: Any, adapter: Adapter) -> Any:
    """A copy of a sentence-transformers model that reads with the adapter. Raises `ModelError` if it does not fit."""
    from sentence_transformers import SentenceTransformer

    arrays = tensors(adapter)
    attention = LabelAttention(len(adapter.labels), arrays[f"{ATTENTION}query"].shape[1])
    try:
        tuned = {
            n: own for n, _ in enumerate(model[0].auto_model.encoder.layer) if (own := below(arrays, f"layer.{n}."))
        }
        transformer = _copy(model[0], sorted(tuned))
        for number, own in tuned.items():
            transformer.auto_model.encoder.layer[number].load_state_dict(own)
        attention.load_state_dict(below(arrays, ATTENTION))
    except (AttributeError, RuntimeError) as err:
        raise ModelError(f"the adapted layers do not fit the encoder ({type(err).__name__}); retrain.") from err
    return SentenceTransformer(modules=[transformer, Reading(attention)], device="cpu").eval()


def _copy(transformer: Any, numbers: Sequence[int]) -> Any:
    """The transformer with layers of its own at these places; it shares all other weights."""
    layers = transformer.auto_model.encoder.layer
    own = {id(weight) for number in numbers for weight in layers[number].parameters()}
    shared = {id(weight): weight for weight in transformer.parameters() if id(weight) not in own}
    return copy.deepcopy(transformer, shared)


def tensors(adapter: Adapter) -> dict[str, Tensor]:
    """Its weights in single precision, by name."""
    return {name: torch.from_numpy(array).float() for name, array in adapter.weights.items()}


def below(arrays: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The arrays whose names begin with the prefix, by what comes after it."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
