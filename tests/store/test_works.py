"""One work is one paper in the store, every paper has a name, and a wrong merge can be taken apart for good."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, insert, select, text, update

from harvester.base.errors import StoreError
from harvester.domain.merging import Change
from harvester.domain.notices import Notice
from harvester.domain.papers import Author, Paper, Sighting
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.sources.journals import PROVENANCE as JOURNAL
from harvester.store import schema
from harvester.store.engine import connect, open_store, read, write
from harvester.store.notices import AMBIGUOUS, NOWHERE, UNKNOWN, attach
from harvester.store.papers import columns, find, load
from harvester.store.recording import record
from harvester.store.tables import identifiers, papers
from harvester.store.works import merges_of, take_apart
from tests.conftest import both_databases

NOW = datetime(2026, 2, 3, 23, 30, tzinfo=UTC)
TITLE = "Deep learning of the electrocardiogram for the detection of amyloidosis in adults"
A, B = JOURNAL.named("a"), JOURNAL.named("b")


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    schema.upgrade(connect(store_url))
    engine = open_store(store_url)
    yield engine
    engine.dispose()


def paper(*names: str, title: str = TITLE, by: str = "Ann Doe; Bo Roe", **known: object) -> Paper:
    authors = tuple(Author(name) for name in by.split("; ") if name)
    return Paper(names, title, "A text.", authors, **known)  # type: ignore[arg-type]


def numbers(store: Engine, *shown: Sighting) -> list[int]:
    with write(store) as db:
        return [merged.number for merged in record(db, shown, NOW)]


@both_databases
def test_an_item_whose_only_name_is_taken_gets_one_of_its_own_and_keeps_it(store: Engine) -> None:
    """It was stored without any, once more each night, and the next step of the night failed."""
    first = paper("title:" + "deeplearningoftheelectrocardiogramforthedetectionofamyloidos")
    second = replace(first, title=f"{TITLE}: part II", links={"paper": "https://h.example/2"})
    for _ in range(3):
        shown = numbers(store, Sighting(A, first), Sighting(A, second))
    with read(store) as db:
        names = sorted(db.execute(select(identifiers.c.name)).scalars())
    assert shown[0] != shown[1]
    assert len(names) == 2
    assert names[1] == f"{names[0]}~2"
    with read(store) as db:
        assert find(db, names[1]).paper.title == second.title  # type: ignore[union-attr]


@both_databases
def test_the_database_takes_no_paper_without_a_name(store: Engine) -> None:
    row = {**columns(paper("doi:10.9999/x")), "authority": 1, "added": NOW}
    with pytest.raises(StoreError, match=r"name|ck_papers_name"), write(store) as db:
        db.execute(insert(papers).values(row))
    with pytest.raises(StoreError, match=r"(?i)foreign key"), write(store) as db:
        db.execute(insert(papers).values({**row, "name": "doi:10.9999/x"}))
    (number,) = numbers(store, Sighting(A, paper("doi:10.9999/x")))
    with pytest.raises(StoreError, match=r"name|ck_papers_name"), write(store) as db:
        db.execute(update(papers).where(papers.c.number == number).values(name=None))


@both_databases
def test_versions_of_one_preprint_are_one_paper(store: Engine) -> None:
    shown = numbers(
        store,
        Sighting(A, paper("doi:10.9999/rs.3.rs-3193191/v1")),
        Sighting(A, paper("doi:10.9999/rs.3.rs-3193191/v2", title="Another title for it altogether now")),
        Sighting(A, paper("doi:10.9999/rs.3.rs-3193192/v1", title="A third title for something else entirely")),
    )
    assert shown[0] == shown[1] != shown[2]


@both_databases
def test_a_preprint_at_two_servers_and_its_article_are_one_paper_whatever_comes_first(store: Engine) -> None:
    shown = [
        Sighting(A, paper("doi:10.9999/a.1", "pmid:991", by="Doe A; Roe B")),
        Sighting(B, paper("doi:10.9999/2026.01.02.99123456")),
        Sighting(ARXIV, paper("arxiv:2601.00001", version=1)),
        Sighting(B, paper("pmcid:PMC991", title=TITLE.lower())),
    ]
    assert len(set(numbers(store, *shown))) == 1
    with read(store) as db:
        (merge, *_) = merges_of(db, 1)
    assert merge.evidence == "title"


@both_databases
def test_a_pubmed_id_that_a_record_gains_joins_two_papers(store: Engine) -> None:
    one, other = paper("pmid:991", title="A title in its first form, as indexed"), paper("doi:10.9999/a.1", by="")
    first, second = numbers(store, Sighting(A, one), Sighting(B, other))
    assert first != second
    numbers(store, Sighting(B, replace(other, identifiers=("doi:10.9999/a.1", "pmid:991"))))
    with read(store) as db:
        assert find(db, "pmid:991").number == find(db, "doi:10.9999/a.1").number  # type: ignore[union-attr]


@both_databases
def test_what_was_taken_apart_stays_apart_and_each_has_its_own_again(store: Engine) -> None:
    preprint = paper("arxiv:2601.00001", version=1, links={"paper": "https://arxiv.org/abs/2601.00001"})
    article = Sighting(A, paper("doi:10.9999/a.1", venue="Hearts", links={"paper": "https://doi.org/10.9999/a.1"}))
    shown = (article, Sighting(ARXIV, preprint))
    first, second = numbers(store, *shown)
    assert first == second
    with write(store) as db:
        number = take_apart(db, merges_of(db, first)[0], NOW)
        assert merges_of(db, first) == []
    for _ in range(2):
        assert numbers(store, *shown) == [first, number]
    with read(store) as db:
        both = load(db, [first, number])
    assert both[first].paper.venue == "Hearts"
    assert dict(both[first].paper.links) == {"paper": "https://doi.org/10.9999/a.1"}
    assert both[number].paper.venue == ""
    assert both[number].paper.id == "arxiv:2601.00001"


@both_databases
def test_an_article_that_a_preprint_claims_can_be_taken_from_it(store: Engine) -> None:
    preprint = Sighting(ARXIV, paper("arxiv:2601.00001", "doi:10.9999/a.1", version=1))
    article = Sighting(A, paper("doi:10.9999/a.1", title="Quite another work about leaves", by="Cy Poe"))
    first, second = numbers(store, preprint, article)
    assert first == second
    with write(store) as db:
        number = take_apart(db, merges_of(db, first)[0], NOW)
    assert numbers(store, article, preprint) == [number, first]
    with read(store) as db:
        both = load(db, [first, number])
    assert [both[n].paper.title for n in (first, number)] == [TITLE, "Quite another work about leaves"]


@both_databases
def test_a_notice_reaches_its_paper_once_by_identifier_or_by_the_only_whole_title(store: Engine) -> None:
    (number,) = numbers(store, Sighting(A, paper("doi:10.9999/a.1")))
    correction = Notice("correction", (), "https://doi.org/10.9999/n.1", TITLE.upper())
    retraction = Notice("retraction", ("pmid:1", "doi:10.9999/a.1"), "https://doi.org/10.9999/n.2")
    unknown = Notice("retraction", ("doi:10.9999/none",), "https://doi.org/10.9999/n.3")
    with write(store) as db:
        first = attach(db, [correction, retraction, unknown])
        again = attach(db, [correction, retraction, unknown])
    assert first.new == ((number, correction), (number, retraction))
    assert again.new == ()
    assert first.lost == again.lost == ((unknown, UNKNOWN),), "what is known is not lost"
    numbers(store, Sighting(A, paper("doi:10.9999/a.1", version=3)))
    with read(store) as db:
        found = find(db, "doi:10.9999/a.1")
    assert found is not None
    assert found.paper.withdrawn
    assert found.paper.links["retraction"] == "https://doi.org/10.9999/n.2"


@both_databases
def test_a_notice_that_reaches_no_paper_says_why(store: Engine) -> None:
    same = paper("doi:10.9999/a.1"), paper("doi:10.9999/a.2")
    first, second = numbers(store, *(Sighting(A, one) for one in same))
    assert first != second
    by_title = Notice("correction", (), "https://doi.org/10.9999/n.1", TITLE)
    nowhere = Notice("retraction", ("doi:10.9999/a.2",), "")
    unknown = Notice("concern", (), "https://doi.org/10.9999/n.2", "Another title")
    empty = Notice("concern", (), "https://doi.org/10.9999/n.3")
    with write(store) as db:
        found = attach(db, [by_title, nowhere, unknown, empty])
    assert found.new == ()
    assert found.lost == ((by_title, AMBIGUOUS), (nowhere, NOWHERE), (unknown, UNKNOWN), (empty, UNKNOWN))


@both_databases
def test_a_retraction_without_an_address_leads_to_the_articles_page(store: Engine) -> None:
    page = "https://h.example/1"
    (number,) = numbers(store, Sighting(A, replace(paper("doi:10.9999/a.1"), links={"paper": page})))
    with write(store) as db:
        ((reached, notice),) = attach(db, [Notice("retraction", ("doi:10.9999/a.1",), "")]).new
        stored = load(db, [number])[number].paper
    assert (reached, notice.link, stored.links["retraction"], stored.withdrawn) == (number, page, page, True)


NAMELESS = text(
    "INSERT INTO papers (title, abstract, authors, version, categories, venue, comment, links, keywords, withdrawn,"
    " authority, text_hash, added) VALUES (:title, '', '[]', 0, '[]', '', '', :links, '[]', false, 2, '', :added)"
)


def test_stores_with_nameless_rows_are_repaired(bare_url: str) -> None:
    """Up to 0009, such a row was added each night."""
    engine = connect(bare_url)
    _upgrade(engine, "0009")
    with write(engine) as db:
        for _ in range(3):
            links = '{"paper": "https://doi.org/10.9999/x"}'
            db.execute(NAMELESS, {"title": TITLE, "links": links, "added": NOW})
        db.execute(NAMELESS, {"title": "Untold", "links": "{}", "added": NOW})
    schema.upgrade(engine)
    with read(engine) as db:
        names = db.execute(select(papers.c.title, papers.c.name).order_by(papers.c.number)).all()
        found = find(db, "doi:10.9999/x")
    engine.dispose()
    assert [tuple(row) for row in names] == [(TITLE, "doi:10.9999/x"), ("Untold", "title:untold~2")]
    assert found is not None
    assert found.paper.title == TITLE


def _upgrade(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.connect() as db, db.begin():
        config.attributes["connection"] = db
        command.upgrade(config, revision)


@both_databases
def test_of_two_services_of_one_rank_the_first_keeps_its_text(store: Engine) -> None:
    """Europe PMC and Crossref spell venues and affiliations differently, so each night changed the paper twice."""
    one = Sighting(A, paper("doi:10.9999/a.1", venue="Journal of Hearts"))
    other = Sighting(
        B, replace(one.paper, venue="J hearts", authors=(Author("Ann Doe", "A clinic."), Author("Bo Roe")))
    )
    numbers(store, one, other)
    with write(store) as db:
        changes = [merged.change for merged in record(db, [one, other, one, other], NOW)]
    assert set(changes) == {Change.SAME}
    corrected = Sighting(A, replace(one.paper, abstract="A corrected text."))
    with write(store) as db:
        assert [merged.change for merged in record(db, [corrected, other], NOW)] == [Change.UPDATED, Change.SAME]
        assert find(db, "doi:10.9999/a.1").paper.abstract == "A corrected text."  # type: ignore[union-attr]


@both_databases
def test_a_feeds_bare_title_gives_way_to_a_text_of_the_same_rank(store: Engine) -> None:
    bare = Sighting(A, replace(paper("doi:10.9999/a.1"), abstract="", authors=()))
    whole = Sighting(B, paper("doi:10.9999/a.1"))
    numbers(store, bare, whole, bare)
    with read(store) as db:
        found = find(db, "doi:10.9999/a.1")
    assert found is not None
    assert (found.paper.abstract, found.text_source) == ("A text.", "b")
