"""The upper layers of an encoder in as few operations as a processor differentiates fast.

The states are those of the library's own layers, of BERT or of MPNet; a step of learning takes half the time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

FAMILIES = ("bert", "mpnet")
"""What the library transformers calls the encoders whose layers can be computed here."""

_HIDDEN = -1e4  # added to the attention to padding
_MASKS = 1 << 22  # random numbers drawn once: drawing them anew took a sixth of each step


@dataclass(frozen=True, slots=True)
class _Parts:
    """The modules of one layer (linear and normalizing ones), in the order in which they are used."""

    query: Any
    key: Any
    value: Any
    attended: Any
    attended_norm: Any
    wide: Any
    narrow: Any
    norm: Any


class Dropout:
    """Leaves out a share of the states; it reuses random numbers, from another place each time."""

    def __init__(self, share: float, device: str, dtype: torch.dtype) -> None:
        self.share = share
        kept = (torch.rand(_MASKS) >= share).to(device, dtype)
        self.factors = kept / (1 - share)

    def __call__(self, states: Tensor) -> Tensor:
        """The states, some of them zero and the others larger by as much."""
        if self.share == 0:
            return states
        factors, size = self.factors, states.numel()
        if size > len(factors):
            factors = factors.repeat(math.ceil(size / len(factors)) + 1)
        start = int(torch.randint(0, len(factors) - size + 1, (1,)))
        return states * factors[start : start + size].view(states.shape)


def _parts(layer: Any) -> _Parts:
    """The modules of a layer of BERT or of MPNet."""
    attention = layer.attention
    if hasattr(attention, "attn"):  # MPNet
        own = attention.attn
        query, key, value, attended, norm = own.q, own.k, own.v, own.o, attention.LayerNorm
    else:
        own, output = attention.self, attention.output
        query, key, value, attended, norm = own.query, own.key, own.value, output.dense, output.LayerNorm
    return _Parts(
        query, key, value, attended, norm, layer.intermediate.dense, layer.output.dense, layer.output.LayerNorm
    )


def through(transformer: Any, layers: Any, states: Tensor, mask: Tensor, dropout: Dropout | None = None) -> Tensor:
    """The states (texts, tokens, dimension) after some layers of the transformer; `mask` says which tokens are text."""
    heads = int(transformer.config.num_attention_heads)
    bias = _bias(transformer, states, mask, heads)
    for layer in layers:
        states = _layer(_parts(layer), states, bias, heads, dropout or _unchanged)
    return states


def _layer(own: _Parts, states: Tensor, bias: Tensor, heads: int, dropout: Any) -> Tensor:
    texts, tokens, dimension = states.shape
    size = dimension // heads
    scale = size**-0.5
    weight = torch.cat([own.query.weight * scale, own.key.weight, own.value.weight])
    offset = torch.cat([own.query.bias * scale, own.key.bias, own.value.bias])
    three = nn.functional.linear(states, weight, offset).view(texts, tokens, 3, heads, size)
    query, key, value = three.permute(2, 0, 3, 1, 4).reshape(3, texts * heads, tokens, size).unbind(0)
    looked_at = torch.baddbmm(bias, query, key.transpose(1, 2)).softmax(-1)
    seen = torch.bmm(looked_at, value).view(texts, heads, tokens, size).transpose(1, 2).reshape(states.shape)
    states = own.attended_norm(states + dropout(own.attended(seen)))
    result: Tensor = own.norm(states + dropout(own.narrow(nn.functional.gelu(own.wide(states)))))
    return result


def _bias(transformer: Any, states: Tensor, mask: Tensor, heads: int) -> Tensor:
    """What is added to the attention (texts x heads, tokens, tokens): little to padding; MPNet's relative positions."""
    texts, tokens = mask.shape
    bias = torch.zeros(mask.shape, device=states.device, dtype=states.dtype).masked_fill(~mask, _HIDDEN)
    bias = bias[:, None, None]
    if hasattr(transformer.encoder, "relative_attention_bias"):
        with torch.no_grad():
            relative = transformer.encoder.compute_position_bias(torch.empty(1, tokens))
        bias = bias + relative.to(states.device, states.dtype)
    return bias.expand(texts, heads, tokens, tokens).reshape(texts * heads, tokens, tokens)


def _unchanged(states: Tensor) -> Tensor:
    return states
