"""How names are split: particles, suffixes, groups, initials, and scripts with the surname first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.domain.person_names import PersonName, split_name


@pytest.mark.parametrize(
    ("text", "given", "particle", "family", "suffix"),
    [
        ("Ann Bee", "Ann", "", "Bee", ""),
        ("Bee, Ann", "Ann", "", "Bee", ""),
        ("Ann M. Bee", "Ann M.", "", "Bee", ""),
        ("Jan van der Berg", "Jan", "van der", "Berg", ""),
        ("van der Berg, Jan", "Jan", "van der", "Berg", ""),
        ("van der Berg, Jr., Jan", "Jan", "van der", "Berg", "Jr."),
        ("van der Berg, Jan, Jr.", "Jan", "van der", "Berg", "Jr."),
        ("Jan van der Berg, Jr.", "Jan", "van der", "Berg", "Jr."),
        ("Ann Bee Sr", "Ann", "", "Bee", "Sr"),
        ("Bee III, Ann", "Ann", "", "Bee", "III"),
        ("Ann Bee 2nd", "Ann", "", "Bee", "2nd"),
        ("Ann Bee, MD, PhD", "Ann", "", "Bee", "MD PhD"),
        ("Ann Bee, M.D.", "Ann", "", "Bee", "M.D."),
        ("Bee AM", "AM", "", "Bee", ""),
        ("van der Berg J", "J", "van der", "Berg", ""),
        ("De Luca M", "M", "", "De Luca", ""),
        ("Bee A.M.", "A.M.", "", "Bee", ""),
        ("van der Bee J.-P.", "J.-P.", "van der", "Bee", ""),
        ("Иванов И.И.", "И.И.", "", "Иванов", ""),
        ("Jun L.", "Jun", "", "L.", ""),
        ("Maria da Silva e Bee", "Maria", "da", "Silva e Bee", ""),
        ("Bee AM Jr", "AM", "", "Bee", "Jr"),
        ("Jun LI", "Jun", "", "LI", ""),
        ("J P", "J", "", "P", ""),
        ("Frank Van Damme", "Frank", "", "Van Damme", ""),
        ("Frank Van der Damme", "Frank", "", "Van der Damme", ""),
        ("Nguyen Van Minh", "Nguyen Van", "", "Minh", ""),
        ("Minh Van Nguyễn", "Minh Van", "", "Nguyễn", ""),
        ("João da Silva Santos", "João", "da", "Silva Santos", ""),
        ("José Ortega y Gasset", "José", "", "Ortega y Gasset", ""),
        ("Jean d'Alembert", "Jean", "", "d'Alembert", ""),
        ("Xiang (Sean) Bee", "Xiang (Sean)", "", "Bee", ""),
        ("ann bee", "ann", "", "bee", ""),
        ("de Bee", "", "de", "Bee", ""),
        ("Suharto", "", "", "Suharto", ""),
        ("李明", "", "", "李明", ""),
        ("李 明", "明", "", "李", ""),
        ("山本 はなこ", "はなこ", "", "山本", ""),
        ("김 하나", "하나", "", "김", ""),
        ("Li 李明", "Li", "", "李明", ""),
        ("Bee Jr.", "", "", "Bee", "Jr."),
        ("Ann Board", "Ann", "", "Board", ""),
        ("Board, Ann", "Ann", "", "Board", ""),
        ("J.P. Center", "J.P.", "", "Center", ""),
        ("Center, David M., Jr.", "David M.", "", "Center", "Jr."),
        ("Mary van School", "Mary", "van", "School", ""),
        ("Council DM", "DM", "", "Council", ""),
        ("ANN COLLEGE", "ANN", "", "COLLEGE", ""),
    ],
)
def test_people(text: str, given: str, particle: str, family: str, suffix: str) -> None:
    assert split_name(text) == PersonName(given, particle, family, suffix)


@pytest.mark.parametrize(
    "text",
    [
        "The Heart Study Group", "Heart Consortium", "Bee and Sons", "Bee & Sons", "University of Hearts, Beatville",
        "Dept. of Cardiology", "on behalf of all", "Beat Investigators", "心臓医学会", "北京大学", "et al.", "others",
        "A, B, C, D", ",", ", Ann", "", "Team 7", "Beat Inc", "Heart: a network",
        "Heart Center", "Center for Hearts", "Editorial Board", "Beatville Medical School", "CORE School", "The Board",
        "Heart Center, Beatville", "School of Hearts", "Steering Council",
    ],
)  # fmt: skip
def test_what_is_no_person_stays_whole(text: str) -> None:
    assert split_name(text) == PersonName(literal=text)


@given(st.text(max_size=30) | st.text("Aavn dé.,李", max_size=20))
def test_nothing_is_lost(text: str) -> None:
    name = split_name(text)
    parts = (name.given, name.particle, name.family, name.suffix, name.literal)
    assert letters("".join(parts)) == letters(text)


def letters(text: str) -> list[str]:
    return sorted("".join(text.replace(",", "").split()))
