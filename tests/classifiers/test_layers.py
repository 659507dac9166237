"""The layers that learn give the states of the library's own."""

import pytest
import torch
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

from classifiers.layers import Dropout, through

SMALL = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 48, "vocab_size": 50}


@pytest.mark.parametrize(
    "transformer", [BertModel(BertConfig(**SMALL)), MPNetModel(MPNetConfig(**SMALL))], ids=["bert", "mpnet"]
)
def test_they_give_what_the_library_gives(transformer: torch.nn.Module) -> None:
    transformer.eval()
    ids = torch.randint(5, 50, (3, 7), generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[True] * 7, [True] * 4 + [False] * 3, [True] * 1 + [False] * 6])
    with torch.no_grad():
        expected = transformer(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        found = through(transformer, transformer.encoder.layer, transformer.embeddings(input_ids=ids), mask)
    assert torch.allclose(found[mask], expected[mask], atol=1e-5)


def test_dropout_keeps_the_mean_and_differs_each_time() -> None:
    torch.manual_seed(0)
    dropout = Dropout(0.25, "cpu", torch.float32)
    states = torch.ones(50, 40, 30)
    first, second = dropout(states), dropout(states)
    assert not torch.equal(first, second)
    assert first.unique().tolist() == [0.0, pytest.approx(4 / 3)]
    assert first.mean() == pytest.approx(1, abs=0.02)


def test_dropout_of_nothing_changes_nothing() -> None:
    states = torch.randn(2, 3)
    assert torch.equal(Dropout(0.0, "cpu", torch.float32)(states), states)


def test_dropout_reaches_states_of_any_size() -> None:
    assert Dropout(0.5, "cpu", torch.bfloat16)(torch.ones(5_000_000, dtype=torch.bfloat16)).shape == (5_000_000,)
