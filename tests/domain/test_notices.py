"""Notices and furniture are told from papers by their titles."""

import pytest

from harvester.domain.folding import without_lead
from harvester.domain.notices import sift
from harvester.domain.papers import Paper, Sighting
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.sources.journals import PROVENANCE as JOURNAL


def seen(title: str) -> Sighting:
    return Sighting(JOURNAL, Paper(("doi:10.9999/n.1",), title, links={"paper": "https://doi.org/10.9999/n.1"}))


@pytest.mark.parametrize(
    ("title", "kind", "about"),
    [
        ("Retraction Note: Networks for echocardiography", "retraction", "Networks for echocardiography"),
        ("Notice of Retraction: Networks", "retraction", "Networks"),
        ("Retraction to: Networks", "retraction", "Networks"),
        ("Author Correction: A transformer for CMR", "correction", "A transformer for CMR"),
        ("Publisher’s Correction to: Networks", "correction", "Networks"),
        ("Correction to: “Networks”", "correction", "Networks"),
        ("Erratum for: Networks", "correction", "Networks"),
        ("Corrigendum to “Networks” [Int. J. Cardiol. 400 (2025) 1–9]", "correction", "Networks"),
        ("Retraction notice to 'Networks' [Med. Image Anal. 71 (2021)]", "retraction", "Networks"),
        ("Corrigendum to: Networks", "correction", "Networks"),
        ("Expression of Concern: CT of the coronaries", "concern", "CT of the coronaries"),
        ("Editorial Expression of Concern: Networks", "concern", "Networks"),
        ("Correction - Networks", "correction", "Networks"),
        ("Correction—Networks", "correction", "Networks"),
        ("Erratum – Networks", "correction", "Networks"),
        ("Withdrawal notice: Networks", "retraction", "Networks"),
        ("Removal notice to: Networks", "retraction", "Networks"),
        ("Retraction and replacement of: Networks", "retraction", "Networks"),
        ("Retraction for Doe et al., “Networks”", "retraction", "Networks"),
        ("Correction for Doe et al., Networks of hearts", "correction", "Networks of hearts"),
        ("[Correction] Networks", "correction", "Networks"),
        ("Errata: Networks", "correction", "Networks"),
        ("Amendment to: Networks", "correction", "Networks"),
        ("Note of concern: Networks", "concern", "Networks"),
        ("Retraction statement: Networks", "retraction", "Networks"),
        ("Publisher’s Retraction: Networks", "retraction", "Networks"),
        ("Notice of Removal: Networks", "retraction", "Networks"),
        ("Notice of Violation of IEEE Publication Principles Networks", "concern", "Networks"),
        ("Comments and Corrections to “Networks”", "correction", "Networks"),
        ("Corrigendum on “Networks”", "correction", "Networks"),
        ("Corrigendum à « Networks »", "correction", "Networks"),
        ("Erratum zu: Networks", "correction", "Networks"),
        ("Erratum to Networks of hearts", "correction", "Networks of hearts"),
        ("Erratum in: Networks", "correction", "Networks"),
        ("Correction to the article “Networks”", "correction", "Networks"),
        ("Erratum for the article: Networks", "correction", "Networks"),
        ("Correction to Doe et al: Networks", "correction", "Networks"),
        ("Clarification: Networks", "correction", "Networks"),
        ("[Department of Error] Networks", "correction", "Networks"),
    ],
)
def test_a_notice_names_its_article(title: str, kind: str, about: str) -> None:
    found = sift([seen(title)])
    (notice,) = found.notices
    assert (notice.kind, notice.title, notice.link) == (kind, about, "https://doi.org/10.9999/n.1")
    assert notice.name == title
    assert found.papers == found.furniture == ()


@pytest.mark.parametrize(
    "title",
    [
        "RETRACTED ARTICLE: Networks for echocardiography", "Retracted: Networks for echocardiography",
        "[Retracted] Networks for echocardiography", "WITHDRAWN: Networks for echocardiography",
        "Networks for echocardiography [RETRACTED]", "REMOVED: Networks for echocardiography",
        "(WITHDRAWN) Networks for echocardiography", "Networks for echocardiography - RETRACTED ARTICLE",
        "This article has been retracted: Networks for echocardiography",
    ],
)  # fmt: skip
def test_a_retracted_article_keeps_its_own_title(title: str) -> None:
    found = sift([seen(title)])
    assert found.papers[0].paper.title == "Networks for echocardiography"
    (notice,) = found.notices
    assert (notice.kind, notice.of) == ("retraction", ("doi:10.9999/n.1",))


@pytest.mark.parametrize(
    "title",
    [
        "Table of Contents", "In This Issue", "Issue Information", "Reviewer Acknowledgment", "Editorial Board",
        "Front Cover", "Masthead", "List of Reviewers", "Correction", "Corrigendum", "Editorial Board Members",
        "Aims and Scope", "Guide for Authors", "About the Cover", "Calendar of Events", "Inside Front Cover: A heart",
        "Cover Feature: A heart", "Erratum for Doe et al.", "Correction to Lancet Digit Health 2025; 7: e1–10",
        "[Department of Error] Department of Error",
        "Retraction Note", "Issue Information ‐ TOC", "Editorial Board/Table of Contents", "Aims & Scope",
        "Full Title Page", "Copyright page", "IEEE Transactions on Hearts Publication Information",
        "IEEE Journal of Hearts Information for Authors", "Acknowledgment to the Reviewers of Hearts in 2025",
        "Thank you to our reviewers", "2025 Peer Reviewers", "Contents of Volume 12", "Meeting Calendar",
        "Erratum regarding missing statements in previously published articles", "Highlights from the Issue",
    ],
)  # fmt: skip
def test_what_an_issue_consists_of_besides_is_no_paper(title: str) -> None:
    found = sift([seen(title)])
    assert found.furniture == (title,)
    assert found.papers == found.notices == ()


@pytest.mark.parametrize(
    "title",
    [
        "Reply", "Response by Doe to Letter Regarding Article, “Deep Learning for Aortic Stenosis”",
        "Letter by Roe Regarding Article, “Networks”", "Editorial", "Letter to the Editor",
        "Reply to the authors", "The authors reply:", "Editorial: Networks at last", "Guest Editorial: Networks",
        "Obituary: Jane Doe", "Comment on “Networks”", "Re: Networks", "Response to: Networks",
    ],
)  # fmt: skip
def test_letters_are_editorial(title: str) -> None:
    (paper,) = sift([seen(title)]).papers
    assert (paper.paper.kind, paper.paper.title) == ("editorial", title)


@pytest.mark.parametrize(
    "title",
    [
        "Correction of motion in cardiac MRI: a network",
        "Attenuation correction by learning",
        "Response of the heart to exercise, learned from ECG",
        "Response to cardiac resynchronization predicted from the ECG",
        "Reply time of paramedics and survival",
        "Covered stents in CT",
        "Retraction of the leaflet in TEER",
        "The contents of plaques, segmented",
        "Withdrawal of beta-blockers",
        "Correction-free cardiac MRI by a network",
        "Correction-based registration of heart sounds",
        "Retraction–relaxation coupling of the ventricle",
        "Removal of stents: a video analysis", "Amendment of diet and heart failure: a cohort",
        "Highlights of cardiac MRI by networks", "Errata in cardiology reports found by language models",
        "Covers of heart sounds: a data set", "A trial that was withdrawn",
        "Correction to normal sinus rhythm by ablation", "Addendum to a guideline",
        "Corrections and outcomes in TGA: CT",
        "Editorial boards of cardiology journals: a network", "Comments on social media about statins",
        "Clarification of mitral anatomy by CT", "Title pages of trials: a text analysis",
        "Reviewers of AI in cardiology",
    ],
)  # fmt: skip
def test_words_of_notices_in_a_title_make_none(title: str) -> None:
    (paper,) = sift([seen(title)]).papers
    assert (paper.paper.title, paper.paper.kind) == (title, "")


def test_arxiv_has_no_notices() -> None:
    shown = Sighting(ARXIV, Paper(("arxiv:2501.00001",), "Correction: a game of masks"))
    assert sift([shown]).papers == (shown,)


def test_what_a_feed_puts_before_a_title_is_dropped_unless_it_is_the_mark_of_a_notice() -> None:
    assert without_lead("[Original research] Networks") == "Networks"
    for title in ("[Retracted] Networks", "[Correction] Networks", "[Expression of Concern] Networks"):
        assert without_lead(title) == title
