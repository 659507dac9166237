import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.errors import UsageError
from harvester.domain.identity import arxiv_version, best, doi_identifier, link_identifier, parse_identifier, title_key
from harvester.domain.papers import Author, Paper
from harvester.domain.same_work import same_title, same_work
from harvester.domain.text import clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2411.13602", ("2411.13602", 0)),
        ("2411.13602v12", ("2411.13602", 12)),
        ("arXiv:0704.0001v1", ("0704.0001", 1)),
        ("hep-th/9901001", ("hep-th/9901001", 0)),
        ("solv-int/9901001v2", ("solv-int/9901001", 2)),  # a v of its own in the archive's name
        ("math.GT/0309136v1", ("math/0309136", 1)),  # the subject class is not part of the name
        ("oai:arXiv.org:q-bio/0402001", ("q-bio/0402001", 0)),
        ("2411.136", None),
        ("v2", None),
        ("", None),
    ],
)
def test_arxiv_ids_of_both_kinds_lose_only_their_version(text: str, expected: tuple[str, int] | None) -> None:
    assert arxiv_version(text) == expected


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("info:doi/10.1000/HX.1", "10.1000/hx.1"),
        ("https://pub.example/doi/10.1000/hw.2/full", "10.1000/hw.2"),
        ("https://pub.example/article/10.1000/hw.2/fulltext.html", "10.1000/hw.2"),
        ("10.1000/cir.1.pdf", "10.1000/cir.1"),
        ("10.1000/x.2/suppl/file1.zip", "10.1000/x.2"),
        ("https://academic.example/ehe/article/doi/10.1000/ehe/xtag376/8667318?rss=1", "10.1000/ehe/xtag376"),
        ("10.1000/2021/6621950", "10.1000/2021/6621950"),  # Hindawi's: year and number are the DOI
        ("10.1000/978-3-030-1/123456", "10.1000/978-3-030-1/123456"),
        ("10.1000/2026.01.20.26340001v2", "10.1000/2026.01.20.26340001"),
        ("10.1000/2026.01.20.26340001v1.full.pdf", "10.1000/2026.01.20.26340001"),
        ("10.1000/123456v3", "10.1000/123456"),
        ("10.1000/rs.3.rs-3193191/v1", "10.1000/rs.3.rs-3193191/v1"),  # no DOI without the version
        ("10.1000/(SICI)17:15/16<1::AID-9>3.0.CO;2-2", "10.1000/(sici)17:15/16<1::aid-9>3.0.co;2-2"),
    ],
)
def test_a_doi_loses_what_addresses_put_behind_it(text: str, doi: str) -> None:
    assert doi_identifier(text) == f"doi:{doi}"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("2411.13602", "arxiv:2411.13602"),
        ("https://arxiv.org/pdf/2411.13602v1.pdf", "arxiv:2411.13602"),
        ("http://export.arxiv.org/abs/hep-th/9901001v3", "arxiv:hep-th/9901001"),
        ("10.1016/J.KNOSYS.2021.107187", "doi:10.1016/j.knosys.2021.107187"),
        ("https://doi.org/10.48550/arXiv.2411.13602", "arxiv:2411.13602"),
        ("https://www.ahajournals.org/doi/full/10.1161/JAHA.119.012788", "doi:10.1161/jaha.119.012788"),
        ("title:A Guide, to: Deep Learning", "title:aguidetodeeplearning"),
        ("nonsense", None),
    ],
)
def test_what_people_type_names_a_paper(typed: str, name: str | None) -> None:
    assert parse_identifier(typed) == name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://doi.org/10.1000/a%23b", "doi:10.1000/a#b"),
        ("https://doi.org/10.1000/a%3Fb", "doi:10.1000/a?b"),
        ("https://doi.org/10.1000/a#b", "doi:10.1000/a#b"),
        ("https://doi.org/10.1000/a?b", "doi:10.1000/a?b"),
        ("https://doi.org/10.1000/a%3Cb%3E1?utm_source=x#top", "doi:10.1000/a<b>1"),
        ("https://doi.org/10.1000/a(05)", "doi:10.1000/a(05)"),
        ("https://doi.org/10.1000/a).", "doi:10.1000/a"),
        ("https://pub.example/doi/10.1000/a%23b?rss=1#abstract", "doi:10.1000/a#b"),
        ("https://pub.example/doi/10.1000/a#abstract", "doi:10.1000/a"),
        ("https://pub.example/article?id=10.1000/a.1&type=printable", "doi:10.1000/a.1"),
        ("https://pub.example/article?id=10", None),
    ],
)
def test_a_doi_in_an_address_is_read_whole(address: str, name: str | None) -> None:
    assert link_identifier(address) == name


def test_an_address_that_names_no_paper_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"https://example\.org/x"):
        parse_identifier("https://example.org/x")
    assert link_identifier("https://[broken") is None


def test_the_best_name_is_arxiv_then_doi_then_title() -> None:
    assert best(["title:a", "doi:10.1/x", "arxiv:2411.13602"]) == "arxiv:2411.13602"
    assert best(["title:a", "doi:10.1/x"]) == "doi:10.1/x"


def test_clean_up_keeps_latex_and_drops_what_breaks_stores_and_mails() -> None:
    assert clean("Caf\u0065\u0301 \\alpha $|x|$\x00\r\nBcc: x\ud800\u200d") == "Café \\alpha $|x|$ Bcc: x\u200d"


@given(st.text())
def test_clean_text_is_one_line_encodes_and_stays_clean(text: str) -> None:
    once = clean(text)
    once.encode("utf-8")
    assert clean(once) == once
    assert "\n" not in once
    assert "\x00" not in once


@given(st.text())
def test_a_title_key_is_short_and_of_letters_and_digits(title: str) -> None:
    key = title_key(title)
    assert len(key) <= 60
    assert not any(character.isspace() for character in key)


def test_one_title_is_one_work_only_with_shared_authors_and_without_two_arxiv_ids() -> None:
    ours = Paper(("arxiv:2501.00001",), "Editorial", authors=(Author("Ann Doe"),))
    assert same_work(ours, Paper(("doi:10.1/x",), "Editorial", authors=(Author("A. DOE"), Author("B. Roe"))))
    assert not same_work(ours, Paper(("title:editorial",), "Editorial")), "a short title alone says nothing"
    assert not same_work(ours, Paper(("doi:10.1/x",), "Editorial", authors=(Author("C. Poe"),)))
    assert not same_work(ours, Paper(("arxiv:2501.00002",), "Editorial", authors=(Author("Ann Doe"),)))


def test_an_address_without_its_scheme_is_an_address() -> None:
    assert parse_identifier("arxiv.org/abs/2506.03698v2") == "arxiv:2506.03698"
    assert parse_identifier("www.arxiv.org/pdf/2506.03698.pdf") == "arxiv:2506.03698"


def by(*names: str) -> tuple[Author, ...]:
    return tuple(Author(name) for name in names)


def test_sixty_letters_and_one_surname_are_no_identity() -> None:
    """Two studies of one consortium, alike in their first sixty letters, were merged over one "Wang" of many."""
    title = "Deep learning for the automated segmentation of the left ventricle in cardiac {} imaging"
    ours = Paper(("arxiv:2501.00001",), title.format("CT"), authors=by("Ann Doe", "Li Wang"))
    assert not same_work(ours, Paper(("doi:10.1/x",), title.format("MR"), authors=by("Ann Doe", "Li Wang")))
    assert not same_work(ours, Paper(("doi:10.1/x",), title.format("CT"), authors=by("Bo Roe", "Fei Wang", "C. Poe")))
    assert same_work(ours, Paper(("doi:10.1/x",), title.format("CT"), authors=by("A. Doe", "C. Poe")))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("A cardiac ECG foundation model", "Cardiac ECG foundation model", True),
        ("A cardiac ECG foundation model", "A cardiac ECG foundational model", True),
        ("Tumor: cross-modality modeling", "Tumour - Cross-Modality Modelling", True),
        ("Hypertension from ECG", "Hypotension from ECG", False),
        ("A supervised model of the heart", "An unsupervised model of the heart", False),
        ("Segmentation from CT", "Segmentation from MR", False),
        ("The challenge of 2024", "The challenge of 2025", False),
        ("The heart, part I", "The heart, part II", False),
        ("STRASSE, am Herz", "Straße am Herz", True),
        ("?!", "…", False),
    ],
)
def test_titles_that_differ_in_forms_of_words_alone_are_one(left: str, right: str, same: bool) -> None:
    assert same_title(left, right) is same
