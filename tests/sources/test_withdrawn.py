"""Which comments say that the paper itself was withdrawn."""

import gzip
import json
from pathlib import Path

import pytest

from harvester.sources.arxiv.withdrawal import is_withdrawn


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
        "Our authors' team has withdrawn this paper, for a licence was missing",
        "We withdraw this submission since parts of the analysis are wrong",
        "After long discussion we decided to withdraw the manuscript",
        "I ask for the withdrawal of my submission",
        "We therefore seek withdrawal of this paper",
        "Withdrawal due to errors: wrong numbers in Table 3",
        "The present version is being withdrawn to keep others from relying on it",
        "I kindly request that this work be withdrawn",
        "The proof is incomplete, and the paper must be withdrawn",
        "The paper has now been withdrawn",
        "This submission was removed by arXiv administrators: no right to license",
        "arXiv admin note: This version has been removed by arXiv administrators",
        "arXiv admin note: submission has been withdrawn by arXiv administrators",
        "Removed at the request of all authors",
        "Retracted by the authors",
        "The manuscript was retracted by its authors because of a wrong figure",
        "9 pages. WITHDRAWN: errors in the data",
        "This paper has been superseded and withdrawn",
        "Withdrew because of errors in Table 2",
        "This version withdrawn by the author, see the corrected one",
        "Paper withdrawn pending a revision",
        "Paper is being withdrawn for revision",
        "Temporarily withdrawn by the authors",
        "Withdrawn - the data set has an error",
        "[Withdrawn]",
        "10 pages, 4 figures (withdrawn)",
        "Please consider this article as withdrawn",
        "This preprint was withdrawn from arXiv by its authors",
        "Withdrawn from arXiv because of a license",
        "This is a withdrawn paper",
        "The author withdraws this manuscript",
        "Withdrawn owing to a wrong label",
        "Withdrawn upon request of a co-author",
        "Withdrawn voluntarily",
        "This article has been removed due to a claim of copyright",
        "There is an error in Table 1, so we have to withdraw it",
        "The paper is no longer valid and is withdrawn",
        "Author requests withdrawal",
        "This study has been withdrawn",
        "This draft is withdrawn",
    ],
)
def test_a_withdrawn_paper(comment: str) -> None:
    assert is_withdrawn(comment)


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
        "v2: the main claim of v1 is withdrawn",
        "8 pages. Rewritten. Withdrawn as wrong: the lemma (Lemma 2)",
        "Withdrawn arXiv:2001.00001 is extended by this paper",
        "On a corpus withdrawn by its authors",
        "An earlier version of this manuscript was withdrawn",
        "A merger with the withdrawn paper arXiv:2307.00001",
        "Replaces the withdrawn manuscript arXiv:2005.00001",
        "This paper was withdrawn by its authors from the proceedings; nothing has changed",
        "This paper has not been withdrawn; ignore the rumor",
        "This work is on withdrawn drugs",
        "This work was retracted from the journal at our request, and is corrected here",
        "Retraction of the mitral leaflet; 8 pages",
        "Retracted leaflets are segmented",
        "Version 1 was retracted; this version corrects the error",
        "The version withdrawn by the authors is v1; v2 is correct",
        "An analysis of retracted papers in cardiology",
        "Fixed typos, removed Figure 3 by the authors of it",
        "The images used in this paper have been withdrawn",
        "The code of this work was withdrawn",
        "This paper examines how consent is withdrawn",
        "In this work the lead is withdrawn slowly",
        "This work considers patients whose therapy was withdrawn",
        "This article describes stents that have been retracted",
        "This paper had been withdrawn by mistake",
        "This paper was withdrawn and is now reinstated",
        "Section 5 of this paper was removed by the authors",
        "This study drug was withdrawn",
        "MIDL 2025 (withdrawn)",
        "We submitted to a workshop and withdrew it from there",
    ],
)
def test_a_live_paper(comment: str) -> None:
    assert not is_withdrawn(comment)


def test_the_comments_of_the_corpus(shared: Path) -> None:
    with gzip.open(shared / "corpus" / "papers-2025.jsonl.gz", "rt", encoding="utf-8") as lines:
        comments = {
            paper["id"]: paper.get("comments") or paper.get("comment") or "" for paper in map(json.loads, lines)
        }
    mentioned = {name for name, comment in comments.items() if "withdrawn" in comment.lower()}
    found = {name for name, comment in comments.items() if is_withdrawn(comment)}
    assert mentioned - found == {"2506.18094"}
    assert len(found) == 18
