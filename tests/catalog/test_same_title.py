"""Mentions of one title, divided into papers by their identifiers."""

import pytest

from harvester.catalog.importing.same_title import divided

A1, A2, A3, D1, D2 = "arxiv:2201.00001", "arxiv:2201.00002", "arxiv:2201.00003", "doi:10.1/a", "doi:10.1/b"
B1 = "doi:10.1101/2022.01.01.123456"
R1, R2 = "doi:10.21203/rs.3.rs-77/v1", "doi:10.21203/rs.3.rs-77/v2"


@pytest.mark.parametrize(
    ("mentions", "parts", "issuer"),
    [
        ([[A1], [A2], []], [[0, 2], [1]], "arxiv"),
        ([[], [A1], [A2]], [[0, 1], [2]], "arxiv"),
        ([[A1], [D1]], [[0, 1]], ""),
        ([[B1], [D1]], [[0, 1]], ""),  # a preprint and its article
        ([[R1], [R2]], [[0, 1]], ""),  # two versions
        ([[D1], [A1], [D2]], [[0, 1], [2]], "doi "),
        ([[A1, D1], [D2]], [[0], [1]], "doi "),
        ([[A1], [A2], [A1, A2]], [[0, 1, 2]], ""),
        ([[A1, D1], [A2], [A3], [D2]], [[0], [1, 3], [2]], "arxiv"),
        ([[A1, R1], [A2, D1], [A3, D2, R2]], [[0, 2], [1]], "arxiv"),
        ([[], []], [[0, 1]], ""),
        ([], [], ""),
    ],
)
def test_the_papers_of_a_title(mentions: list[list[str]], parts: list[list[int]], issuer: str) -> None:
    found, told_apart_by = divided([frozenset(names) for names in mentions])
    assert [part.mentions for part in found] == parts
    assert told_apart_by == issuer
    assert not any(part.unsure for part in found)


def test_what_no_issuer_tells_apart_is_joined_and_marked() -> None:
    found, issuer = divided([frozenset(names) for names in ([A1, D1], [A2, B1], [D2, "doi:10.1101/2022.02.02.654321"])])
    assert ([part.mentions for part in found], issuer) == ([[0, 2], [1]], "arxiv")
    assert found[0].unsure == [2]
