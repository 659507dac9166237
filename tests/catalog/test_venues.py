"""Which venues the catalog's entries name, and how often."""

import pytest

from harvester.catalog.entry import Entry
from harvester.catalog.venues import Venue, venues_of
from harvester.domain.labels import Labels


def entries(*venues: str) -> list[Entry]:
    return [
        Entry(f"doi:10.9999/{number}", f"Paper {number}", Labels({}), venue=name) for number, name in enumerate(venues)
    ]


def test_the_most_frequent_comes_first_and_empty_ones_do_not_count() -> None:
    found = venues_of(entries("Rhythm", "Hearts", "", "Hearts"), {"hearts": "crossref"})
    assert found == [Venue("Hearts", 2, "crossref"), Venue("Rhythm", 1)]
    assert [venue.to_json() for venue in found][1] == {"venue": "Rhythm", "entries": 1, "covered_by": None}


@pytest.mark.parametrize(
    "spelling",
    [
        "Heart & Machine",
        "The Heart and Machine",
        "heart and machine",
        "Heart and Machine 99 (2025)",
        "Heart and Machine, 2025",
        "Heart and Machine, Volume 3, pp. 1-9",
        "Heart and Machine 12(3): 4-5",
    ],
)
def test_spellings_of_one_venue_count_together(spelling: str) -> None:
    (found,) = venues_of(entries("Heart and Machine", "Heart and Machine", spelling), {"Heart & Machine": "feed"})
    assert found == Venue("Heart and Machine", 3, "feed")


def test_a_number_may_belong_to_the_name() -> None:
    names = ("IEEE 2nd Conference on Hearts", "IEEE 3rd Conference on Hearts", "Part of the Heart")
    assert {venue.title for venue in venues_of(entries(*names), {})} == set(names)
