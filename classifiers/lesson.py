"""What the tuned layers of an encoder learn from: labeled papers, and what a larger encoder says about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from classifiers.layers import through
from classifiers.model import label_matrix
from classifiers.records import Labelled

if TYPE_CHECKING:
    from classifiers.arrays import Columns, Floats
    from classifiers.encoder import TextEncoder
    from classifiers.taxonomy import Taxonomy

_CHUNK = 16  # batches whose texts are sorted by length together, so that little is padding


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


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is learned from: states (tokens, dimension) below the tuned layers by text, a target and its weight.

    `target` (probabilities) and `weight` are (texts, labels); the labels of a paper out of scope weigh nothing.
    `queries` (labels, dimension) is what each label's attention looks for to begin with.
    """

    states: Sequence[Tensor]
    target: Tensor
    weight: Tensor
    queries: Tensor

    def taught(self, whole: Floats, shortened: Floats) -> Lesson:
        """The same for texts that stand twice, first whole and then shortened, with a teacher's log-odds of both.

        The target is the teacher's probability; the teacher has learned from the labels. Texts of which it says nothing
        (NaN) keep their target, and the shortened ones of them weigh nothing.
        """
        said = torch.from_numpy(whole).sigmoid()
        target = torch.where(said.isnan(), self.target, said)
        short = torch.from_numpy(shortened).sigmoid()
        weight = torch.where(short.isnan(), 0.0, self.weight)
        return replace(self, target=torch.cat([target, short.nan_to_num()]), weight=torch.cat([self.weight, weight]))


def prepare(
    papers: Sequence[Labelled],
    taxonomy: Taxonomy,
    encoder: TextEncoder,
    recipe: Recipe,
    shortened: Sequence[str] = (),
) -> Lesson:
    """What the papers teach; the lower layers read each of them once, and after them the `shortened` texts."""
    inside = np.array([paper.in_scope for paper in papers], dtype=np.float32)[:, None]
    facets = label_matrix(papers, taxonomy)
    truth = np.hstack([inside, *(facets[facet.id] for facet in taxonomy.facets)]).astype(np.float32)
    weight = np.hstack([np.full_like(inside, recipe.scope), np.repeat(inside, truth.shape[1] - 1, axis=1)])
    weight *= np.array([[paper.weight] for paper in papers], dtype=np.float32)
    states = states_below(encoder, [*(paper.text.joined for paper in papers), *shortened], recipe)
    queries = recipe.query * _queries(encoder, taxonomy)
    return Lesson(states, torch.from_numpy(truth), torch.from_numpy(weight), queries)


def prior(lesson: Lesson, rows: Columns) -> Tensor:
    """The log-odds (labels,) of each label's share, where learning begins."""
    true, all_ = (lesson.target[rows] * lesson.weight[rows]).sum(0), lesson.weight[rows].sum(0)
    found: Tensor = ((true + 0.5) / (all_ - true + 0.5)).log()
    return found


def batches(rows: Columns, lesson: Lesson, recipe: Recipe, epoch: int) -> Iterator[list[int]]:
    """Texts in random batches of about the same length."""
    rng = np.random.default_rng([recipe.seed, epoch])
    shuffled = rng.permutation(rows)
    found = []
    for start in range(0, len(shuffled), recipe.batch * _CHUNK):
        some = sorted(shuffled[start : start + recipe.batch * _CHUNK], key=lambda n: len(lesson.states[n]))
        found += [[int(n) for n in some[at : at + recipe.batch]] for at in range(0, len(some), recipe.batch)]
    yield from (found[n] for n in rng.permutation(len(found)))


def multiplies_halves() -> bool:
    """Whether the processor multiplies bfloat16 numbers (AMX, AVX-512): learning takes half the time or less."""
    can = torch.cpu.get_capabilities()
    return bool(can.get("amx_bf16") or can.get("avx512_bf16"))


def states_below(encoder: TextEncoder, texts: Sequence[str], recipe: Recipe) -> list[Tensor]:
    """The states (tokens, dimension) below the tuned layers, in half precision: 180 kB for an abstract."""
    transformer = encoder.transformer()
    layers = transformer.encoder.layer[: len(transformer.encoder.layer) - recipe.layers]
    padding = transformer.config.pad_token_id or 0
    tokens = encoder.tokens(texts)
    order = sorted(range(len(texts)), key=lambda n: len(tokens[n]))
    states: dict[int, Tensor] = {}
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=multiplies_halves()):
        for start in range(0, len(order), recipe.batch):
            some = order[start : start + recipe.batch]
            ids = nn.utils.rnn.pad_sequence([torch.tensor(tokens[n]) for n in some], True, padding)
            mask = nn.utils.rnn.pad_sequence([torch.ones(len(tokens[n])) for n in some], True).bool()
            hidden = through(transformer, layers, transformer.embeddings(input_ids=ids), mask)
            states |= {n: hidden[row, : len(tokens[n])].to(torch.bfloat16).clone() for row, n in enumerate(some)}
    return [states[n] for n in range(len(texts))]


def _queries(encoder: TextEncoder, taxonomy: Taxonomy) -> Tensor:
    """Unit vectors (labels, dimension) of what the taxonomy says about each label, without what they have in common.

    From random vectors, rare labels do not learn where to look. The scope begins with a look at everything.
    """
    labels = [f"{label.name}: {label.definition}" for facet in taxonomy.facets for label in facet.labels]
    about = torch.from_numpy(encoder.encode(labels))
    queries = nn.functional.normalize(about - about.mean(0), dim=1)
    return torch.cat([torch.zeros_like(queries[:1]), queries])
