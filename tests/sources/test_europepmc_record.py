"""Records of Europe PMC by kind: articles, preprints, notices, parts of issues, and the odd ones. All are invented."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from harvester.domain.notices import Notice
from harvester.domain.papers import Author, Paper
from harvester.sources.abstract import abstract_of
from harvester.sources.europepmc.record import ARTICLE, PREPRINT, Reading, read_record

TODAY = date(2025, 6, 12)
RECORD: dict[str, Any] = {
    "id": "99000001",
    "source": "MED",
    "pmid": "99000001",
    "doi": "10.9999/hearts.1",
    "title": "Counting heartbeats with a small network.",
    "authorList": {"author": [{"fullName": "Doe J", "firstName": "Jane", "lastName": "Doe", "initials": "J"}]},
    "journalInfo": {"journal": {"title": "Journal of invented hearts", "isoabbreviation": "J Inv Hearts"}},
    "abstractText": "We count heartbeats.",
    "pubTypeList": {"pubType": ["Journal Article"]},
    "firstIndexDate": "2025-06-10",
    "firstPublicationDate": "2025-06-08",
}
NOTICE = {"id": "99000002", "source": "MED", "reference": "J Inv Hearts. 2025 Jul;7. doi: 10.9999/hearts.N2."}
PREPRINT_RECORD = RECORD | {
    "id": "PPR990001",
    "source": "PPR",
    "pmid": None,
    "doi": "10.9999/2025.06.01.99000001",
    "title": "Counting heartbeats with a small network\xa0",
    "journalInfo": None,
    "bookOrReportDetails": {"publisher": "medRxiv", "yearOfPublication": 2025},
    "pubTypeList": {"pubType": ["Preprint"]},
}


def reading(**changes: Any) -> Reading:
    return read_record(RECORD | changes, TODAY)


def paper(**changes: Any) -> Paper:
    found = reading(**changes).sighting
    assert found is not None
    return found.paper


def related(kind: str, **changes: Any) -> dict[str, Any]:
    return {"commentCorrectionList": {"commentCorrection": [NOTICE | {"type": kind} | changes]}}


def types(*names: str) -> dict[str, Any]:
    return {"pubTypeList": {"pubType": list(names)}}


def authors(**author: Any) -> tuple[str, ...]:
    return tuple(found.name for found in paper(authorList={"author": [author]}).authors)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"collectiveName": "on behalf of the HEART Investigators."}, ("the HEART Investigators",)),
        ({"collectiveName": "Hearts, Lungs and Blood Group"}, ("Hearts, Lungs and Blood Group",)),
        ({"lastName": "et al."}, ()),
        ({"lastName": "Doe<sup>1</sup>", "firstName": "Jane"}, ("Jane Doe",)),
        ({"lastName": "Doe MD", "firstName": "Jane"}, ("Jane Doe",)),
    ],
)
def test_names_are_cleaned_as_those_of_feeds(author: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert authors(**author) == expected


def test_an_article() -> None:
    seen = reading().sighting
    assert seen is not None
    assert (seen.source, seen.announced, seen.announce_type) == (ARTICLE, date(2025, 6, 10), "")
    assert seen.paper == Paper(
        identifiers=("doi:10.9999/hearts.1", "pmid:99000001"),
        title="Counting heartbeats with a small network",
        abstract="We count heartbeats.",
        authors=(Author("Jane Doe"),),
        published=datetime(2025, 6, 8, tzinfo=UTC),
        venue="Journal of invented hearts",
        links={"paper": "https://doi.org/10.9999/hearts.1"},
    )


def test_a_preprint_is_no_journal_article_and_has_a_version() -> None:
    seen = read_record(PREPRINT_RECORD, TODAY).sighting
    assert seen is not None
    assert (seen.source, seen.source.kind, seen.source.name) == (PREPRINT, "preprint", "europepmc")
    assert seen.announce_type == "preprint"
    assert PREPRINT.rank < ARTICLE.rank, "the article's text wins, whatever the preprint's version"
    assert (seen.paper.title, seen.paper.venue, seen.paper.version) == (
        "Counting heartbeats with a small network",
        "medRxiv",
        1,
    )
    later = read_record(PREPRINT_RECORD | {"versionNumber": 3}, TODAY).sighting
    assert later is not None
    assert later.paper.version == 3


def test_an_arxiv_preprint_has_its_arxiv_id() -> None:
    seen = read_record(PREPRINT_RECORD | {"doi": "10.48550/arxiv.2506.00001"}, TODAY).sighting
    assert seen is not None
    assert seen.paper.identifiers == ("arxiv:2506.00001",)
    assert seen.paper.links == {"paper": "https://arxiv.org/abs/2506.00001"}


def test_a_record_of_pmc_alone_has_neither_doi_nor_pubmed_id() -> None:
    only = paper(id="PMC990001", source="PMC", pmid=None, doi=None, pmcid="PMC990001", title="Hearts counted")
    assert only.identifiers == ("pmcid:PMC990001",)
    assert only.links == {"paper": "https://europepmc.org/article/PMC/PMC990001"}


def test_a_record_with_nothing_but_a_number_at_europe_pmc_is_known_by_its_title() -> None:
    only = paper(id="IND99", source="AGR", pmid=None, doi=None)
    assert only.identifiers == ("title:countingheartbeatswithasmallnetwork",)
    assert only.links == {"paper": "https://europepmc.org/article/AGR/IND99"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Hearts <i>in vivo</i> and VO<sub>2</sub>.", "Hearts in vivo and VO2"),
        ("Do hearts beat?", "Do hearts beat?"),
        ("Hearts &amp; vessels.", "Hearts & vessels"),
        ("And so on...", "And so on..."),
        ("RETRACTED: Hearts.", "RETRACTED: Hearts"),
    ],
)
def test_titles(written: str, read: str) -> None:
    assert paper(title=written).title == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<h4>Background</h4>Hearts beat.<h4>Methods</h4>We count.", "Background: Hearts beat. Methods: We count."),
        ("<h4>ABSTRACT</h4> <h4>Background: </h4> The heart beats.", "Background: The heart beats."),
        ("<title>Abstract</title>  <p>Hearts <italic>in vivo</italic>.</p> <p>We.</p>", "Hearts in vivo. We."),
        ("<jats:title>Aims</jats:title><jats:p>To count.</jats:p>", "Aims: To count."),
        ("Rates differ (p < 0.05) and n <30 or n> 40.", "Rates differ (p < 0.05) and n <30 or n> 40."),
        ("<h4>Results</h4>p<0.05 for all.", "Results: p<0.05 for all."),
        ("<h4>Methods</h4><h4>Cohort</h4>Ten hearts.", "Cohort: Ten hearts."),
        ("<h4></h4>", ""),
        ("<h4>Abstract</h4>", ""),
        ("<p> </p><h4>Background</h4>", ""),
        ("Abstract", ""),
        ("No abstract available.", ""),
        ("<h4>never closed", "never closed"),
        ("", ""),
    ],
)  # fmt: skip
def test_abstracts(written: str, read: str) -> None:
    assert abstract_of(written) == read


def test_a_long_row_of_open_headings_is_read_in_no_time() -> None:
    assert abstract_of("<h4>" * 200_000) == ""


def test_an_abstract_may_be_missing() -> None:
    assert paper(abstractText=None).abstract == ""


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ({"fullName": "Poe RP Jr", "firstName": "Rick P", "lastName": "Poe", "initials": "RP"}, "Rick P Poe, Jr."),
        ({"fullName": "Poe RP 3rd", "firstName": "Rick P", "lastName": "Poe", "initials": "RP"}, "Rick P Poe, 3rd"),
        ({"fullName": "Ivanov II", "firstName": "Ivan I", "lastName": "Ivanov", "initials": "II"}, "Ivan I Ivanov"),
        ({"fullName": "van der Doe J", "firstName": "Jan", "lastName": "van der Doe"}, "Jan van der Doe"),
        ({"fullName": "Doe J", "lastName": "Doe", "initials": "J"}, "J Doe"),
        ({"fullName": "Doe RP Jr"}, "RP Doe, Jr."),
        ({"fullName": "Öztürk Ö"}, "Ö Öztürk"),
        ({"lastName": "Anonyma"}, "Anonyma"),
        ({"collectiveName": "HEART Investigators, for the committee."}, "HEART Investigators, for the committee"),
    ],
)  # fmt: skip
def test_names(author: dict[str, str], name: str) -> None:
    assert authors(**author, authorId={"type": "ORCID", "value": "0009-9999-0000-0000"}) == (name,)


def test_nobody_is_no_author() -> None:
    assert authors(fullName=":") == ()
    assert paper(authorList=None).authors == ()


def test_affiliations_come_without_addresses() -> None:
    places = [
        {"affiliation": "Heart Hospital, Exampletown. Electronic address: jane@example.org."},
        {"affiliation": "University of Examples."},
    ]
    (author,) = paper(
        authorList={"author": [{"lastName": "Doe", "authorAffiliationDetailsList": {"authorAffiliation": places}}]}
    ).authors
    assert author.affiliation == "Heart Hospital, Exampletown.; University of Examples."


@pytest.mark.parametrize(
    ("published", "indexed", "day"),
    [
        ("2025-06-08", "2025-06-10", date(2025, 6, 8)),
        ("2025-08-01", "2025-06-10", date(2025, 6, 10)),  # only printed: the date of the issue
        ("9999-12-31", "2025-06-10", date(2025, 6, 10)),
        ("0001-01-01", "2025-06-10", date(2025, 6, 10)),
        ("2025", "2025-06-10", date(2025, 6, 10)),
        ("2025-02-30", "2025-06-10", date(2025, 6, 10)),
        ("2031-01-01", None, None),
    ],
)
def test_dates(published: str, indexed: str | None, day: date | None) -> None:
    found = paper(firstPublicationDate=published, firstIndexDate=indexed).published
    assert (found.date() if found else None) == day


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("Journal Article",), ""),
        (("research-article", "Review", "Journal Article"), "review"),
        (("Systematic Review",), "review"),
        (("Meta-Analysis", "Journal Article"), "review"),
        (("review-article",), "review"),
        (("Dataset", "Journal Article"), "dataset"),
        (("data-paper",), "dataset"),
        (("Editorial", "Comment"), "editorial"),
        (("News",), "editorial"),
        (("Randomized Controlled Trial", "Comparative Study"), ""),
    ],
)
def test_what_a_record_is_declared_to_be(names: tuple[str, ...], kind: str) -> None:
    assert paper(**types(*names)).kind == kind


def test_a_letter_without_an_abstract_is_no_research() -> None:
    assert paper(**types("Letter"), abstractText="").kind == "editorial"
    assert paper(**types("Letter")).kind == "", "a research letter"


@pytest.mark.parametrize(
    ("name", "relation", "kind"),
    [
        ("Retraction of Publication", "Retraction of", "retraction"),
        ("Published Erratum", "Erratum for", "correction"),
        ("Expression of Concern", "Expression of concern for", "concern"),
        ("Journal Article", "Retraction of", "retraction"),
    ],
)
def test_a_notice_is_no_paper(name: str, relation: str, kind: Any) -> None:
    found = reading(**types(name), **related(relation), doi="10.9999/hearts.N1", title="Retraction Note: Hearts.")
    assert found.sighting is None
    assert found.notices == (
        Notice(kind, ("doi:10.9999/hearts.n2", "pmid:99000002"), "https://doi.org/10.9999/hearts.n1"),
    )


@pytest.mark.parametrize(
    ("relation", "kind"),
    [("Retraction in", "retraction"), ("Erratum in", "correction"), ("Expression of concern in", "concern")],
)
def test_an_article_tells_of_its_notice(relation: str, kind: Any) -> None:
    found = reading(**types("Journal Article", "Retracted Publication"), **related(relation))
    assert found.sighting is not None
    own = ("doi:10.9999/hearts.1", "pmid:99000001")
    assert found.notices[0] == Notice(kind, own, "https://doi.org/10.9999/hearts.n2")
    assert {notice.kind for notice in found.notices} == {kind, "retraction"}
    assert found.sighting.paper.identifiers == own


def test_a_notice_without_a_doi_is_found_at_pubmed() -> None:
    (notice,) = reading(**related("Retraction in", reference="J Inv Hearts. 2025.")).notices
    assert notice.link == "https://pubmed.ncbi.nlm.nih.gov/99000002"


def test_a_retracted_article_without_a_notice_is_its_own() -> None:
    (notice,) = reading(**types("Retracted Publication")).notices
    assert (notice.kind, notice.link) == ("retraction", "https://doi.org/10.9999/hearts.1")


@pytest.mark.parametrize("relation", ["Comment on", "Comment in", "Update of", "Update in", "Republished in"])
def test_other_relations_say_nothing_about_the_work(relation: str) -> None:
    found = reading(**related(relation))
    assert found.notices == ()
    assert found.sighting is not None
    assert found.sighting.paper.identifiers == ("doi:10.9999/hearts.1", "pmid:99000001")


def test_a_preprint_and_its_article_have_each_others_names() -> None:
    article = {**related("Preprint of")}
    seen = read_record(PREPRINT_RECORD | article, TODAY).sighting
    assert seen is not None
    assert seen.paper.identifiers == ("doi:10.9999/2025.06.01.99000001", "doi:10.9999/hearts.n2", "pmid:99000002")
    assert seen.paper.links == {"paper": "https://doi.org/10.9999/2025.06.01.99000001"}, "its own page"
    unnamed = related("Preprint in", id="PPR990001", source="PPR", reference=None)
    assert paper(**unnamed).identifiers == ("doi:10.9999/hearts.1", "pmid:99000001")


@pytest.mark.parametrize("title", ["Editorial Board.", "Table of Contents", "Issue Information", "Contents."])
def test_a_part_of_an_issue_is_no_paper(title: str) -> None:
    assert reading(title=title) == Reading()


def test_a_patent_is_no_paper() -> None:
    assert reading(source="PAT", id="WO2025000001") == Reading()


def test_a_pdf_for_everybody_is_a_link() -> None:
    offers = [
        {"documentStyle": "pdf", "availabilityCode": "S", "url": "https://example.org/paid.pdf"},
        {"documentStyle": "pdf", "availabilityCode": "OA", "url": "https://example.org/free.pdf"},
    ]
    assert paper(fullTextUrlList={"fullTextUrl": offers}).links["pdf"] == "https://example.org/free.pdf"
    hostile = [offers[1] | {"url": "javascript:alert(1)"}]
    assert "pdf" not in paper(fullTextUrlList={"fullTextUrl": hostile}).links


def test_keywords_are_text_and_named_once() -> None:
    assert paper(keywordList={"keyword": ["<i>ECG</i>", "ECG", " "]}).keywords == ("ECG",)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"title": None}, "it has no title"),
        ({"title": "<b> </b>."}, "it has no title"),
        ({"title": 7}, "its title is not text"),
        ({"id": None, "pmid": None, "doi": None}, "it has no id"),
        ({"authorList": "Doe J"}, "its authorList has no fields"),
        ({"authorList": {"author": ["Doe J"]}}, "its author is not a list of records"),
        ({"authorList": {"author": {"lastName": "Doe"}}}, "its author is not a list of records"),
        ({"pubTypeList": {"pubType": [None]}}, "its pubType is not a list of texts"),
        ({"abstractText": ["a"]}, "its abstractText is not text"),
        ({"journalInfo": []}, "its journalInfo has no fields"),
        (types("Retraction of Publication"), "it is a retraction that names no article"),
    ],
)
def test_an_odd_record_says_why(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named}$"):
        reading(**changes)
