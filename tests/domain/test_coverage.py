"""Counting how many works of a list each source covers."""

from harvester.domain.coverage import FOUND, MISSED, STORED, UNKNOWN, Coverage, Work

WORKS = [Work(f"Work {n}", (f"doi:10.1000/{n}", f"title:work{n}"), f"https://example.org/{n}") for n in range(4)]


def test_a_source_covers_what_it_has_shown_and_what_its_query_finds() -> None:
    found = Coverage(WORKS, {"arxiv": [STORED, FOUND, MISSED, MISSED], "journal": [UNKNOWN, STORED, STORED, UNKNOWN]})
    assert (found.covered("arxiv"), found.covered("journal")) == (2, 2)
    assert found.missed("arxiv") == WORKS[2:]
    assert found.missed("journal") == [], "not asked is not missed"
    assert found.missed_by_all == WORKS[3:]
    document = found.to_json()
    assert (document["works"], document["covered"]) == (4, 3)
    assert document["by_source"] == {"arxiv": 2, "journal": 2}
    assert document["missed"] == [{"id": "doi:10.1000/3", "title": "Work 3", "link": "https://example.org/3"}]
    assert document["sources"][1] == {
        "name": "journal", "covered": 2, "stored": 2, "found": 0, "not_asked": 2, "missed": []
    }  # fmt: skip


def test_without_a_source_everything_is_missed() -> None:
    assert Coverage(WORKS, {}).missed_by_all == WORKS
