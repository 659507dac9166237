"""What lists of other shapes than the cases' say, link by link."""

import pytest

from harvester.catalog.importing.awesome import ImportedList, parse_list

from .strategies import TAXONOMY


def listed(*lines: str) -> ImportedList:
    return parse_list("\n".join(["# Hearts", "## Segmentation", "", *lines]), TAXONOMY)


def test_links_of_a_footnote_are_skipped_with_the_reason() -> None:
    found = listed(
        "- [Hearts](https://arxiv.org/abs/2401.00001)[^1]",
        "",
        "[^1]: See https://a.example and [b](https://b.example).",
    )
    assert found.unplaced == ()
    assert [(record.line, record.reason) for record in found.skipped] == [(6, "footnote")] * 2


@pytest.mark.parametrize("label", ["[Link: ", "- [:page_facing_up:](", "- [Artikel](", "- [논문]("])
def test_a_label_that_says_nothing_more_leads_to_the_paper(label: str) -> None:
    address = "https://doi.org/10.1234/x.1"
    line = f"Link: {address}" if label.startswith("[Link") else f"{label}{address})"
    (paper,) = listed("**Two slow hearts**", line).papers
    assert paper.links == {"paper": address}


def test_a_title_with_no_links_keeps_a_number_in_its_link_label() -> None:
    found = listed("**Two slow hearts** \\", "[2048] \\", "[[Site [2024]](https://example.org/a)]")
    assert [paper.title for paper in found.papers] == ["Two slow hearts"]


def test_links_in_brackets_below_a_title_are_of_its_paper() -> None:
    line = "[[One long name of a page](https://example.org/a)] [[Another long name of a page](https://example.org/b)]"
    (paper,) = listed("**Two slow hearts** \\", "[2048] \\", line).papers
    assert list(paper.links.values()) == ["https://example.org/a", "https://example.org/b"]


def test_a_title_in_bold_with_an_address_is_no_detail_of_the_paper_above() -> None:
    found = listed("**Slow hearts** \\", "[2048]", "", "**\\]\\(http\\://evil.example\\)A** \\", "[1961]")
    assert {paper.title for paper in found.papers} == {"Slow hearts", "](http://evil.example)A"}


def test_a_camel_cased_venue_is_no_method() -> None:
    (paper,) = listed("- [MedIA] Walls of hearts [[paper](https://doi.org/10.1234/x.1)]").papers
    assert (paper.venue, paper.note) == ("MedIA", "")


def test_a_name_that_leads_to_a_site_is_not_the_paper() -> None:
    found = listed("- [ACDC](https://acdc.example/) - 150 scans. [[paper](https://doi.org/10.1109/TMI.2018.2837502)]")
    assert found.papers[0].links == {
        "project": "https://acdc.example/",
        "paper": "https://doi.org/10.1109/TMI.2018.2837502",
    }


def test_a_link_in_another_is_in_one_paper_only() -> None:
    found = listed("- [Walls<a href='https://e.example/3'> of slow hearts](https://arxiv.org/abs/2201.00002)")
    assert (found.balance.links, found.balance.in_entries, found.unplaced) == (2, 2, ())
