"""Which comments say that the paper itself was withdrawn."""

import gzip
import json
from pathlib import Path

import pytest

from harvester.sources.arxiv.api import WITHDRAWN


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn by the authors due to an error in Section 3",
        "Withdrawn",
        "withdrawn: see the new version",
        "Paper withdrawn due to a crucial error in equation 1",
        "This submission has been withdrawn by arXiv administrators due to inappropriate text overlap",
        "12 pages. This article was withdrawn because of a mistake in the proof",
        "Withdrawn by the corresponding author",
        "arXiv admin note: withdrawn by arXiv",
    ],
)
def test_a_withdrawn_paper(comment: str) -> None:
    assert WITHDRAWN.search(comment)


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "11 pages. Previously submitted to a non-academic conference (ICGARSA 2025) and formally withdrawn",
        "Withdrawn from ICLR 2025, now under review elsewhere",
        "This paper was withdrawn from NeurIPS 2024",
        "Withdrawn ICLR submission",
        "On data withdrawn from patients",
        "Uses consent-withdrawn records",
    ],
)
def test_a_live_paper(comment: str) -> None:
    assert not WITHDRAWN.search(comment)


def test_the_comments_of_the_corpus(shared: Path) -> None:
    with gzip.open(shared / "corpus" / "papers-2025.jsonl.gz", "rt", encoding="utf-8") as lines:
        comments = {
            paper["id"]: paper.get("comments") or paper.get("comment") or "" for paper in map(json.loads, lines)
        }
    mentioned = {name for name, comment in comments.items() if "withdrawn" in comment.lower()}
    found = {name for name, comment in comments.items() if WITHDRAWN.search(comment)}
    assert mentioned - found == {"2506.18094"}
    assert len(found) == 18
