"""A shared splitter: the sentences that explain a label and those in a mail are the same."""

import subprocess
import sys
from itertools import pairwise

import pytest

from classifiers.explain import parts_of
from classifiers.records import Text
from classifiers.sentences import sentences
from harvester.digest.extracts import extract

ABSTRACT = (
    'We follow Doe et al. 2020, i.e. T. Roe, e.g. CT vs. MRI. "It" works. (Twice) 12 of 13 hearts, cf. Fig. 3? '
    "[Data] are open. “Yes” we say. see below."
)
PARTS = [
    "We follow Doe et al. 2020, i.e. T. Roe, e.g. CT vs. MRI.",
    '"It" works.',
    "(Twice) 12 of 13 hearts, cf. Fig. 3?",
    "[Data] are open.",
    "“Yes” we say. see below.",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("no end", ["no end"]),
        ("One. Two!\nThree?", ["One.", "Two!", "Three?"]),
        (ABSTRACT, PARTS),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_explanation_and_mail_have_the_same_sentences() -> None:
    assert parts_of(Text("a", "A title", ABSTRACT)) == ["A title", *PARTS]
    assert set(extract(ABSTRACT).split(" … ")) <= {*PARTS, *map(" ".join, pairwise(PARTS))}


def test_the_splitter_is_light_to_import() -> None:
    script = "import sys, classifiers.sentences; print({'numpy', 'sklearn', 'torch'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
