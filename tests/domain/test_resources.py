"""Code and data in a paper's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.escape import is_web_url
from harvester.domain.papers import Paper
from harvester.domain.resources import resources, with_resources

GITHUB = {"code": "https://github.com/ann-bee/Beat.net"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our code is at https://github.com/ann-bee/Beat.net.", GITHUB),
        ("Code (github.com/ann-bee/Beat.net) is public", GITHUB),
        (r"Code: \url{https://www.github.com/ann-bee/Beat.net.git}", GITHUB),
        ("HTTP://GitHub.com/ann-bee/Beat.net/tree/main/src,", GITHUB),
        ("https://github.com/ann-bee has all", {}),
        ("https://github.com/orgs/ann-bee/people", {}),
        ("not-github.com/a/b and mygithub.com/a/b", {}),
        (r"https://github.com/a/my\_net", {"code": "https://github.com/a/my_net"}),
        ("https://gitlab.com/lab/hearts/net/-/tree/main", {"code": "https://gitlab.com/lab/hearts/net"}),
        ("https://zenodo.org/record/1234567", {"data": "https://zenodo.org/records/1234567"}),
        ("doi:10.5281/zenodo.1234567.", {"data": "https://doi.org/10.5281/zenodo.1234567"}),
        ("https://huggingface.co/datasets/a/ecg", {"data": "https://huggingface.co/datasets/a/ecg"}),
        ("weights: https://huggingface.co/a/ecg-net", {"code": "https://huggingface.co/a/ecg-net"}),
        ("https://huggingface.co/papers/2401.00001", {}),
        ("https://physionet.org/content/ptb-xl/1.0.3/", {"data": "https://physionet.org/content/ptb-xl/1.0.3"}),
        ("https://doi.org/10.13026/kfzx-aw45", {"data": "https://doi.org/10.13026/kfzx-aw45"}),
        ("figshare.com/articles/dataset/ECG/123", {"data": "https://figshare.com/articles/dataset/ECG/123"}),
        ("10.6084/m9.figshare.123.v2", {"data": "https://doi.org/10.6084/m9.figshare.123.v2"}),
        (
            "hf.co/a/net, github.com/a/b, github.com/c/d; physionet.org/content/x",
            {"code": "https://github.com/a/b", "data": "https://physionet.org/content/x"},
        ),
    ],
)
def test_what_a_paper_names(text: str, expected: dict[str, str]) -> None:
    assert resources(Paper(("arxiv:2401.00001",), "T", abstract=text)) == expected
    assert resources(Paper(("arxiv:2401.00001",), "T", comment=text)) == expected


def test_what_a_source_declares_comes_first() -> None:
    paper = Paper(("arxiv:1",), "T", "github.com/a/b", links={"code": "https://github.com/c/d", "paper": "https://a.b"})
    assert resources(paper) == {"code": "https://github.com/c/d"}
    assert with_resources(paper, {}).links == {"paper": "https://a.b"}


@given(st.text() | st.from_regex(r"(https?://)?(github|gitlab)\.com/\S+ \S+"))
def test_any_text_gives_web_addresses_or_nothing(text: str) -> None:
    assert all(is_web_url(link) for link in resources(Paper(("arxiv:1",), "T", text)).values())
