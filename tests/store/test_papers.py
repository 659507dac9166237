"""Papers and their names, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from harvester.domain.decisions import Decision
from harvester.domain.merging import Change, combine
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.provenance import CATALOG, Rank
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.sources.huggingface import PROVENANCE as HUGGING_FACE
from harvester.sources.journals import PROVENANCE as JOURNAL
from harvester.store import schema
from harvester.store.decisions import add_decision
from harvester.store.engine import connect, open_store, read, write
from harvester.store.papers import find, history, load
from harvester.store.queue import enqueue
from harvester.store.recording import record
from tests.conftest import both_databases

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
A_JOURNAL = JOURNAL.named("journal")
PAPER = Paper(
    ("arxiv:2506.00001",),
    "A model of the heart",
    "We model the heart.",
    (Author("Ann Doe", "A Clinic"), Author("Bo Roe")),
    NOW,
    NOW,
    version=1,
    categories=("eess.IV", "cs.CV"),
    links={"paper": "https://arxiv.org/abs/2506.00001"},
)


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    schema.upgrade(connect(store_url))
    engine = open_store(store_url)
    yield engine
    engine.dispose()


def arxiv(paper: Paper) -> Sighting:
    return Sighting(ARXIV, paper)


@both_databases
def test_a_paper_comes_back_as_it_went_in(store: Engine) -> None:
    with write(store) as db:
        record(db, [arxiv(PAPER)], NOW)
    with read(store) as db:
        found = find(db, "arxiv:2506.00001")
    assert found is not None
    assert found.paper == replace(PAPER, identifiers=("arxiv:2506.00001", "title:amodeloftheheart"))


@both_databases
def test_the_same_sighting_twice_changes_nothing(store: Engine) -> None:
    with write(store) as db:
        first, second = record(db, [arxiv(PAPER), arxiv(PAPER)], NOW)
        (third,) = record(db, [arxiv(PAPER)], NOW)
        seen = history(db, first.number)
    assert [first.change, second.change, third.change] == [Change.NEW, Change.SAME, Change.SAME]
    assert [first.first, second.first, third.first] == [True, False, False]
    assert len(seen) == 1


@both_databases
def test_a_newer_version_updates_the_text_and_a_stale_one_does_not(store: Engine) -> None:
    newer = replace(PAPER, version=2, abstract="We model it better.")
    with write(store) as db:
        changes = [merged.change for merged in record(db, [arxiv(PAPER), arxiv(newer), arxiv(PAPER)], NOW)]
        found = find(db, "arxiv:2506.00001")
    assert changes == [Change.NEW, Change.UPDATED, Change.SAME]
    assert found is not None
    assert (found.paper.version, found.paper.abstract) == (2, "We model it better.")


@both_databases
def test_hugging_face_adds_links_and_never_replaces_arxivs_text(store: Engine) -> None:
    hub = Paper(PAPER.identifiers, "A MODEL", "Other.", links={"code": "https://github.com/a/b"}, upvotes=3)
    with write(store) as db:
        record(db, [Sighting(HUGGING_FACE, hub), arxiv(PAPER), Sighting(HUGGING_FACE, hub)], NOW)
        votes = record(db, [Sighting(HUGGING_FACE, replace(hub, upvotes=9))], NOW)
        found = find(db, "arxiv:2506.00001")
    assert found is not None
    assert (found.paper.title, found.paper.abstract, found.paper.version) == (PAPER.title, PAPER.abstract, 1)
    assert found.paper.links == {**PAPER.links, "code": "https://github.com/a/b"}
    assert found.paper.upvotes == 9
    assert votes[0].change is Change.SAME, "votes change daily and are no news"


@both_databases
def test_a_journal_version_is_the_same_paper_by_doi_or_by_title_and_author(store: Engine) -> None:
    with write(store) as db:
        record(db, [arxiv(replace(PAPER, identifiers=("arxiv:2506.00001", "doi:10.1000/heart")))], NOW)
        by_doi = Paper(("doi:10.1000/heart",), "Another title")
        by_title = Paper(("doi:10.9000/x",), PAPER.title.upper(), authors=(Author("B. Roe"),))
        stranger = Paper(("doi:10.9000/y",), PAPER.title, authors=(Author("C. Poe"),))
        numbers = [
            merged.number for merged in record(db, [Sighting(A_JOURNAL, p) for p in (by_doi, by_title, stranger)], NOW)
        ]
        names = find(db, "doi:10.1000/heart")
    assert numbers[0] == 1
    assert numbers[2] != 1
    assert names is not None
    assert "arxiv:2506.00001" in names.paper.identifiers


@both_databases
def test_two_rows_that_prove_to_be_one_work_become_one_and_keep_all_names(store: Engine) -> None:
    link = "https://doi.org/10.1000/heart"
    journal = Paper(("doi:10.1000/heart",), "Quite another title", venue="Journal", links={"paper": link})
    with write(store) as db:
        first, second = record(db, [arxiv(PAPER), Sighting(A_JOURNAL, journal)], NOW)
        enqueue(db, [(second.number, 0.5)], NOW)
        add_decision(db, Decision(second.number, "reject", "review", None, "", "ann", NOW))
        gained = replace(PAPER, identifiers=(*PAPER.identifiers, "doi:10.1000/heart"), version=2)
        (third,) = record(db, [arxiv(gained)], NOW)
        found, sources = find(db, "arxiv:2506.00001"), {sighting.source for sighting in history(db, third.number)}
        gone = load(db, [first.number])
    assert third.number == second.number, "the one that was decided on stays"
    assert gone == {}
    assert found is not None
    assert found.number == second.number
    assert {"doi:10.1000/heart", "title:amodeloftheheart", "title:quiteanothertitle"} < set(found.paper.identifiers)
    assert (found.paper.title, found.paper.venue) == (PAPER.title, "Journal")
    assert found.paper.links == {**PAPER.links, "published": link}
    assert sources == {"arxiv", "journal"}


@both_databases
def test_a_preprints_page_stays_the_papers_whoever_shows_it_last(store: Engine) -> None:
    address = "https://doi.org/10.1000/heart"
    hub = replace(PAPER, version=0, links={**PAPER.links, "code": "https://github.com/a/b"})
    journal = Paper(("doi:10.1000/heart",), PAPER.title, authors=PAPER.authors, links={"paper": address})
    with write(store) as db:
        for shown in (
            Sighting(A_JOURNAL, journal),
            Sighting(HUGGING_FACE, hub),
            Sighting(A_JOURNAL, journal),
        ):
            (merged,) = record(db, [shown], NOW)
        found = find(db, "doi:10.1000/heart")
    assert merged.change is Change.SAME
    assert found is not None
    assert found.paper.links == {**hub.links, "published": address}


@both_databases
def test_two_arxiv_ids_are_two_papers_whatever_their_title(store: Engine) -> None:
    with write(store) as db:
        numbers = {
            merged.number
            for merged in record(db, [arxiv(PAPER), arxiv(replace(PAPER, identifiers=("arxiv:2506.00002",)))], NOW)
        }
    assert len(numbers) == 2


@both_databases
def test_what_may_only_update_is_not_added(store: Engine) -> None:
    with write(store) as db:
        assert record(db, [arxiv(PAPER)], NOW, add=False) == []
        assert find(db, "arxiv:2506.00001") is None


@both_databases
def test_a_step_that_fails_leaves_nothing(store: Engine) -> None:
    with pytest.raises(ZeroDivisionError), write(store) as db:
        print(record(db, [arxiv(PAPER)], NOW), 1 / 0)
    with read(store) as db:
        assert find(db, "arxiv:2506.00001") is None


papers = st.builds(
    replace,
    st.just(PAPER),
    title=st.text(max_size=5),
    abstract=st.text(max_size=5),
    version=st.integers(0, 4),
    links=st.dictionaries(st.sampled_from(["paper", "code"]), st.text(max_size=3)),
)
ranks = st.sampled_from([Rank.AGGREGATED, Rank.ARXIV])


@given(papers, ranks, papers, ranks)
def test_merging_again_adds_nothing(old: Paper, old_rank: int, new: Paper, new_rank: int) -> None:
    once = combine(old, old_rank, new, new_rank)
    assert combine(once, max(old_rank, new_rank), new, new_rank) == once
    assert set(once.links) - {"published"} == set(old.links) | set(new.links)


PREPRINT = Paper(("arxiv:2506.00007",), "A cardiac ECG foundation model", "Text.", PAPER.authors, NOW, version=1)
ARTICLE = Paper(("doi:10.1000/x",), "Cardiac ECG foundational model", "", PAPER.authors, NOW, venue="A journal")


@both_databases
@pytest.mark.parametrize("article_first", [True, False])
def test_a_preprint_and_its_article_under_a_retouched_title_are_one(store: Engine, article_first: bool) -> None:
    """Two editions of a paper, whose titles differ in an article and an ending, were queued twice."""
    seen = [arxiv(PREPRINT), Sighting(JOURNAL.named("circulation"), ARTICLE)]
    for sighting in [*(reversed(seen) if article_first else seen), *seen]:
        with write(store) as db:
            record(db, [sighting], NOW)
    with read(store) as db:
        found = find(db, "doi:10.1000/x")
        assert found is not None
        assert found == find(db, "arxiv:2506.00007")
        assert len(history(db, found.number)) == 2
    assert found.paper.title == PREPRINT.title


@both_databases
@pytest.mark.parametrize(
    "other",
    [
        replace(ARTICLE, authors=(Author("Someone Else"),)),
        replace(ARTICLE, title="Cardiac EEG foundational model"),
        replace(ARTICLE, identifiers=("arxiv:2506.00008",)),
    ],
)
def test_a_title_alike_is_not_enough(store: Engine, other: Paper) -> None:
    with write(store) as db:
        first, second = record(db, [arxiv(PREPRINT), Sighting(JOURNAL.named("circulation"), other)], NOW)
    assert first.number != second.number


@both_databases
def test_an_entry_whose_title_was_corrected_keeps_its_name(store: Engine) -> None:
    listed = Paper(("title:amodelofthehaert",), "A model of the haert", authors=PAPER.authors)
    with write(store) as db:
        first, second = record(
            db, [Sighting(CATALOG, paper) for paper in (listed, replace(listed, title="A heart"))], NOW
        )
    assert first.number == second.number
