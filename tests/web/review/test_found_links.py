"""Code and data that a paper names, kept or declined on the review page."""

import pytest

from tests.conftest import both_databases
from tests.room import Room


@both_databases
@pytest.mark.parametrize(
    ("form", "kept"), [({"offered": "links", "links": "yes"}, True), ({"offered": "links"}, False)]
)
def test_a_reviewer_keeps_or_declines_what_is_found(both: Room, form: dict[str, str], kept: bool) -> None:
    both.put("2506.00001", "Beats", comment="Code: github.com/a/b", upvotes=3)
    ann = both.browser("ann")
    page = ann.page("/review?paper=2506.00001")
    (box,) = page.xpath("//input[@name='links'][@checked]")
    assert box.xpath("string(../..//a/@href)") == "https://github.com/a/b"
    assert "3 upvotes at Hugging Face" in page.text_content()
    ann.decide("2506.00001", "accept", **form)
    (entry,) = both.ws.catalog.rglob("*.toml")
    assert ("code =" in entry.read_text()) is kept
    assert not ann.page("/review?paper=2506.00001").xpath("//input[@name='links']"), "files win from now on"
