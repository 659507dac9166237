"""One work of Crossref as our record: what each kind becomes. All records are invented."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from harvester.domain.notices import Notice
from harvester.domain.papers import Author, Paper
from harvester.sources.crossref.record import ARTICLE, POSTED, Reading, read_record
from harvester.sources.crossref.venues import DEFAULT_VENUES, checked, filters, titles

LATEST = date(2025, 6, 14)
WORK: dict[str, Any] = {
    "DOI": "10.9999/Jex.2025.00001",
    "type": "journal-article",
    "title": ["A study of hearts"],
    "container-title": ["Heart &amp; Machine"],
    "author": [{"given": "Jane", "family": "Doe"}],
    "created": {"date-parts": [[2025, 6, 11]]},
    "published-online": {"date-parts": [[2025, 6, 10]]},
}


def read(**changes: Any) -> Reading:
    return read_record({**WORK, **changes}, LATEST)


def paper(**changes: Any) -> Paper:
    seen = read(**changes).sighting
    assert seen is not None
    return seen.paper


def day(*numbers: int | None) -> dict[str, Any]:
    return {"date-parts": [list(numbers)]}


def test_an_article() -> None:
    seen = read().sighting
    assert seen is not None
    assert (seen.source, seen.announced, seen.announce_type) == (ARTICLE, date(2025, 6, 11), "")
    assert seen.paper == Paper(
        identifiers=("doi:10.9999/jex.2025.00001",),
        title="A study of hearts",
        authors=(Author("Jane Doe"),),
        published=datetime(2025, 6, 10, tzinfo=UTC),
        venue="Heart & Machine",
        links={"paper": "https://doi.org/10.9999/jex.2025.00001"},
    )


def test_a_preprint_is_no_journals_article() -> None:
    posted = {"type": "posted-content", "container-title": [], "group-title": "Cardiology"}
    seen = read(**posted, institution=[{"name": "medRxiv"}], DOI="10.9999/rs.3.rs-1/v2").sighting
    assert seen is not None
    assert (seen.source, seen.announce_type) == (POSTED, "preprint")
    assert (seen.source.kind, seen.source.name) == ("preprint", "crossref")
    assert (seen.paper.venue, seen.paper.version) == ("medRxiv", 2)
    assert paper(**posted).venue == "Cardiology"


def test_the_preprint_that_an_article_names_is_the_same_work() -> None:
    relation = {
        "has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.2501.00001", "asserted-by": "object"}],
        "is-version-of": [{"id-type": "doi", "id": "https://doi.org/10.9999/RS.1"}, {"id-type": "uri", "id": "10.9/x"}],
        "has-review": [{"id-type": "doi", "id": "10.9999/review"}],
    }
    found = paper(relation=relation)
    assert found.identifiers == ("doi:10.9999/jex.2025.00001", "arxiv:2501.00001", "doi:10.9999/rs.1")


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"title": ["The <i>heart</i> &amp;amp; its\n machine"]}, "The heart & its machine"),
        ({"title": ["Hearts"], "subtitle": ["A study"]}, "Hearts: A study"),
        ({"title": ["Hearts: a study"], "subtitle": ["A Study"]}, "Hearts: a study"),
        ({"title": ["Hearts?"], "subtitle": ["A study"]}, "Hearts? A study"),
        ({"title": ["", "Hearts"]}, "Hearts"),
        ({"title": ["On <mml:math><mml:mi>x</mml:mi></mml:math>"]}, "On x"),
        ({"title": [r"Sch\"odinger's heart"]}, "Schödinger's heart"),
    ],
)
def test_titles(fields: dict[str, Any], title: str) -> None:
    assert paper(**fields).title == title


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<jats:title>Abstract</jats:title>\n <jats:p>We study hearts.</jats:p>", "We study hearts."),
        (
            "<jats:sec><jats:title>Aims</jats:title><jats:p>To see.</jats:p></jats:sec><jats:sec><jats:title>Results"
            "</jats:title><jats:p>p&lt;0.05.</jats:p></jats:sec>",
            "Aims: To see. Results: p<0.05.",
        ),
        ("<jats:p/>", ""),
        ("null", ""),
        ("<jats:p>Abstract</jats:p><jats:p>We did.</jats:p>", "We did."),
        ("<p>Bare.</p>", "Bare."),
        (
            "<jats:p>With <jats:alternatives><jats:tex-math>\\documentclass{minimal}$$x$$</jats:tex-math><mml:math>"
            "<mml:mi>x</mml:mi></mml:math></jats:alternatives>.</jats:p>",
            "With x.",
        ),
    ],
)
def test_abstracts(markup: str, text: str) -> None:
    assert paper(abstract=markup).abstract == text


def test_authors_and_groups() -> None:
    listed = [
        {"given": "Jane", "family": "Doe", "suffix": "Jr", "affiliation": [{"name": "A &amp; B"}, {"name": "C"}]},
        {"name": "HEART-EXAMPLE Investigators"},
        {"family": "Poe"},
        {"given": "et al."},
        {"name": "et al."},
        {"name": "and others"},
        {"given": "Rick", "family": "Roe", "suffix": "PhD"},
    ]
    assert paper(author=listed).authors == (
        Author("Jane Doe, Jr.", "A & B; C"),
        Author("HEART-EXAMPLE Investigators"),
        Author("Poe"),
        Author("Rick Roe"),
    )
    assert paper(author=None).authors == ()


@pytest.mark.parametrize(
    ("dates", "published"),
    [
        ({"published-online": None, "published-print": day(2025, 5), "issued": day(None)}, (2025, 5, 1)),
        ({"published-print": day(2025, 6)}, (2025, 6, 10)),
        ({"published-online": day(2019)}, (2019, 1, 1)),
        ({"published-online": day(2025, 9, 1)}, (2025, 6, 11)),
        ({"published-online": day(1025, 6, 1), "posted": day(2025, 2, 30)}, (2025, 6, 11)),
        ({"published-online": {"date-parts": "2025"}, "issued": {"date-parts": [[]]}}, (2025, 6, 11)),
    ],
)
def test_the_earliest_sane_date_counts(dates: dict[str, Any], published: tuple[int, int, int]) -> None:
    assert paper(**dates).published == datetime(*published, tzinfo=UTC)


def test_a_work_may_have_no_date() -> None:
    assert paper(**{"published-online": None, "created": None, "issued": day(None)}).published is None


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("retraction", "retraction"),
        ("withdrawal", "retraction"),
        ("removal", "retraction"),
        ("erratum", "correction"),
        ("corrigendum", "correction"),
        ("expression_of_concern", "concern"),
        ("Expression-of-Concern", "concern"),
    ],
)
def test_a_notice_is_no_paper(label: str, kind: str) -> None:
    found = read(**{"update-to": [{"type": label, "DOI": "10.9999/JEX.1", "label": "x"}], "title": []})
    assert found.sighting is None
    (notice,) = found.notices
    assert (notice.kind, notice.of) == (kind, ("doi:10.9999/jex.1",))
    assert notice.link == "https://doi.org/10.9999/jex.2025.00001"


def test_a_new_version_is_no_notice() -> None:
    assert paper(**{"update-to": [{"type": "new_version", "DOI": "10.9999/jex.1"}]}).title == "A study of hearts"
    assert read(**{"updated-by": [{"type": "new_version", "DOI": "10.9999/jex.1"}]}).notices == ()


def test_an_article_tells_of_its_notice() -> None:
    found = read(**{"updated-by": [{"type": "retraction", "DOI": "10.9999/n"}], "title": ["RETRACTED: Of hearts"]})
    assert found.sighting is not None
    assert found.sighting.paper.title == "Of hearts"
    assert found.notices == (Notice("retraction", ("doi:10.9999/jex.2025.00001",), "https://doi.org/10.9999/n"),)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ["RETRACTED ARTICLE: A study of hearts"]},
        {"update-to": [{"type": "retraction", "DOI": "10.9999/jex.2025.00001"}]},
    ],
)
def test_an_article_may_be_its_own_notice(fields: dict[str, Any]) -> None:
    found = read(**fields)
    assert found.sighting is not None
    assert found.sighting.paper.title == "A study of hearts"
    own = "https://doi.org/10.9999/jex.2025.00001"
    assert found.notices == (Notice("retraction", ("doi:10.9999/jex.2025.00001",), own),)


@pytest.mark.parametrize("kind", ["journal-issue", "component", "peer-review", "book", "grant", "", None])
def test_what_is_no_paper_is_left_out(kind: str | None) -> None:
    assert read(type=kind) == Reading()


@pytest.mark.parametrize("title", ["Editorial Board", "Front Matter", "Table of Contents", "Publication Information"])
def test_parts_of_an_issue_are_no_papers(title: str) -> None:
    assert read(title=[title]) == Reading()


def test_a_dataset_says_so() -> None:
    assert paper(type="dataset").kind == "dataset"
    assert paper(type="book-chapter").kind == ""


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": []}, "no title"),
        ({"title": None}, "no title"),
        ({"title": ["<i></i>"]}, "no title"),
        ({"title": "A study"}, "its title is not a list of texts"),
        ({"DOI": "none"}, "no DOI"),
        ({"author": ["Jane Doe"]}, "its author is not a list of records"),
        ({"relation": []}, None),
        ({"relation": ["x"]}, "its relation has no fields"),
    ],
)
def test_an_odd_work_says_what_is_wrong(fields: dict[str, Any], why: str | None) -> None:
    if why is None:
        assert paper(**fields)
        return
    with pytest.raises(ValueError, match=why):
        read(**fields)


def test_venues_are_checked() -> None:
    assert [checked(venue) for venue in DEFAULT_VENUES] == list(DEFAULT_VENUES)
    assert checked(" 13618415 ") == "1361-8415"
    assert checked("Medical  Image Analysis") == "Medical Image Analysis"
    with pytest.raises(ValueError, match="check digit"):
        checked("1361-8416")
    with pytest.raises(ValueError, match="give its ISSN"):
        checked("Hearts, Lungs: and Machines")


def test_issns_and_titles_are_asked_for_apart() -> None:
    venues = ("1361-8415", "Heart Journal", "0031-3203")
    assert filters(venues) == ["issn:1361-8415,issn:0031-3203", "container-title:Heart Journal"]
    assert filters(()) == []
    assert titles(venues) == {"Medical Image Analysis", "Heart Journal", "Pattern Recognition"}
