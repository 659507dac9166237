"""What stands around an abstract goes, and nothing else does. All texts are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.furniture import without_furniture

ABSTRACT = "Crop yields fall in dry years. We predict them from satellite images, which is cheap."
CLINICAL = (
    "BACKGROUND: Early detection was supported by an electrocardiogram. Copyright law is no concern of ours. "
    "The score has been accepted in clinical practice. It appears as a promising marker. Code is available online."
)


@pytest.mark.parametrize(
    "around",
    [
        "{} © 2026 The Author(s). Published by Elsevier Inc. on behalf of an Invented College of Cardiology.",
        "{} Copyright 2026, Invented Heart Association, Inc. All rights reserved.",
        "{} This is an open access article under the CC BY license.",
        "{} This work was supported by the Invented Heart Foundation.",
        "{} This study was partly funded by grants from the Invented Stroke Council, and by nobody else.",
        "{} Funding: Invented Heart Foundation, grant 5.",
        "{} Conflict of interest: A. Doe advises a maker of pacemakers.",
        "{} PMID:99123456 | PMC:PMC9912345 | DOI:10.5555/heart.1",
        "{} Presented at the Invented Congress of Cardiology 2025.",
        "{} This paper was accepted at the workshop on Models of the Heart.",
        "Circulation of Inventions, Volume 151, Issue 4, Page 210-219, January 28, 2026. {}",
        "Inventions: Heart Failure, Ahead of Print. {}",
        "J Invented Cardiol. 2026 Jan 3:S0000-1097(25)00001-1. doi: 10.5555/j.1. Online ahead of print. {}",
        "Department of Cardiology, Invented University Hospital. {}",
        "Source: Invented Journal of Cardiology. {}",
    ],
)
def test_it_goes(around: str) -> None:
    assert without_furniture("Crops", around.format(ABSTRACT)) == ("Crops", ABSTRACT)


def test_a_description_that_is_nothing_else_leaves_no_abstract() -> None:
    said = (
        "Publication date: January 2026 Source: Invented Journal of Cardiology, Volume 40 Author(s): Ann Dee, Bob Poe"
    )
    assert without_furniture("Crops", said) == ("Crops", "")


@pytest.mark.parametrize("abstract", [ABSTRACT, CLINICAL, "", "One sentence without an end"])
def test_what_a_paper_says_stays(abstract: str) -> None:
    assert without_furniture("Crops", abstract) == ("Crops", abstract)


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("[Original research] Crops and rain", "Crops and rain"),
        ("Cardiovascular Inventions, Vol. 26, Pages 101: Crops and rain", "Crops and rain"),
        ("Crops and rain | Invented Heart Journal | Invented Press", "Crops and rain"),
        ("Crops: a review of rain", "Crops: a review of rain"),
        ("[Re] Crops", "[Re] Crops"),
        ("P(A | B) of crops", "P(A | B) of crops"),
    ],
)
def test_titles(title: str, bare: str) -> None:
    assert without_furniture(title, "")[0] == bare


@given(st.text(max_size=400), st.text(max_size=2000))
def test_no_text_is_too_odd(title: str, abstract: str) -> None:
    bare, rest = without_furniture(title, abstract)
    assert len(bare) <= len(title)
    assert len(rest) <= len(abstract)
