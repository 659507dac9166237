"""Odd entries in arXiv's answers: each costs only itself, and is read again by the next version."""

from datetime import UTC, datetime

import pytest

from harvester.sources.arxiv import api
from harvester.sources.arxiv.ids import read_ids_page
from harvester.sources.errors import Incomplete, Malformed
from harvester.sources.window import MANY

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
DATES = "<published>2025-06-01T00:00:00Z</published><updated>2025-06-01T00:00:00Z</updated>"
ODD = [
    "<id>http://arxiv.org/abs/2506.00009v1</id><title>No date</title>",
    f"<title>No id</title>{DATES}",
    f"<id>http://arxiv.org/abs/not-an-id</id><title>Not an id</title>{DATES}",
    "<id>http://arxiv.org/abs/2506.00009v1</id><title>T</title><published>soon</published><updated>soon</updated>",
    "<id>http://arxiv.org/abs/2506.00009v1</id><title>T</title><published>9999-99-99T00:00:00Z</published>",
    f"<id>http://arxiv.org/abs/2506.00009v1</id><title> </title>{DATES}",
    "",
]


def entry(name: str) -> str:
    return f"<id>http://arxiv.org/abs/{name}</id><title>T</title><summary>S</summary>{DATES}"


def page(*entries: str, total: int | None = None) -> bytes:
    inside = "".join(f"<entry>{one}</entry>" for one in entries)
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><title>arXiv Query</title>'
        f"<opensearch:totalResults>{len(entries) if total is None else total}</opensearch:totalResults>{inside}</feed>"
    ).encode()


@pytest.mark.parametrize("bad", ODD)
def test_an_odd_entry_costs_itself(bad: str) -> None:
    found = api.read_page(page(entry("2506.00001v1"), bad, entry("2506.00002v3")), "")
    assert [(paper.id, paper.version) for paper in found.papers] == [("arxiv:2506.00001", 1), ("arxiv:2506.00002", 3)]
    (odd,) = found.odd
    assert odd.why
    with pytest.raises(Malformed):
        api.reread(odd.raw, NOW)


@pytest.mark.parametrize("bad", ODD)
def test_the_same_odd_entry_is_the_same_whatever_comes_with_it(bad: str) -> None:
    one, other = api.read_page(page(bad, entry("2506.00001v1")), ""), api.read_page(page(bad), "")
    assert one.odd == other.odd


def test_what_can_be_read_now_is_the_paper() -> None:
    body = page(f"{entry('2506.00001v2')}<arxiv:doi>10.9999/a.1</arxiv:doi><author><name>Jane Doe</name></author>")
    (paper,) = api.read_page(body, "").papers
    raw = body.decode().partition("</opensearch:totalResults>")[2].removesuffix("</feed>")
    raw = raw.replace("<entry>", '<entry xmlns:arxiv="http://arxiv.org/schemas/atom">')
    (seen,) = api.reread(raw, NOW).sightings
    assert seen.paper == paper
    assert "doi:10.9999/a.1" in paper.identifiers


def test_names_are_read_as_titles_are() -> None:
    body = page(rf"{entry('2506.00001v2')}<author><name>Jos\'e Doe$^1$</name></author>")
    assert [author.name for author in api.read_page(body, "").papers[0].authors] == ["José Doe"]


def test_many_of_which_none_can_be_read_are_another_format() -> None:
    with pytest.raises(Malformed, match=r"none can be read\. http://arxiv\.org/abs/2506\.00009v1: it lacks an id or a"):
        api.read_page(page(*[ODD[0]] * MANY), "")


def test_by_id_an_odd_entry_is_as_good_as_missing() -> None:
    ids = ["2506.00001", "2506.00009"]
    assert [paper.id for paper in read_ids_page(page(entry("2506.00001v1"), ODD[0]), ids)] == ["arxiv:2506.00001"]
    with pytest.raises(Malformed, match=r"cannot be read\. http://arxiv\.org/abs/2506\.00009v1: it lacks"):
        read_ids_page(page(ODD[0]), ["2506.00009"])
    with pytest.raises(Incomplete):
        read_ids_page(page(entry("2506.00001v1"), total=2), ids)
