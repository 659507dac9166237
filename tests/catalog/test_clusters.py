"""The clusters of the map: the same for the same papers, named by what tells them apart."""

import random
from typing import Any

import pytest

from harvester.catalog.entry import Entry
from harvester.catalog.site.clusters import clusters, groups
from harvester.domain.labels import Labels

from .strategies import TAXONOMY

Group = tuple[int, int, dict[str, tuple[str, ...]]]
ECG: dict[str, tuple[str, ...]] = {"task": ("diagnosis",), "modality": ("ecg",)}
CMR: dict[str, tuple[str, ...]] = {"task": ("segmentation",), "modality": ("cmr",)}
FOUR: tuple[Group, ...] = ((100, 100, ECG), (900, 100, CMR), (100, 900, {"disease": ("stroke",)}), (900, 900, {}))


def field(*groups: Group, size: int = 30) -> tuple[list[list[int]], list[Entry]]:
    """Papers in groups: the middle of each, and the labels of its papers."""
    chance = random.Random(0)
    places = [[x + chance.randint(-40, 40), y + chance.randint(-40, 40)] for x, y, _ in groups for _ in range(size)]
    labels = [Labels({"kind": ("research",), **held}) for _, _, held in groups for _ in range(size)]
    return places, [Entry(f"arxiv:2401.{n:05}", f"Paper {n}", held) for n, held in enumerate(labels)]


def found_in(places: list[list[int]], entries: list[Entry]) -> dict[str, Any]:
    return clusters(places, groups(places), entries, TAXONOMY)


def test_clusters_are_named_by_their_labels_and_stand_in_the_middle() -> None:
    places, entries = field(*FOUR, size=16)
    found = found_in(places, entries)
    assert sorted(found["name"]) == ["Diagnosis · ECG", "Other papers", "Segmentation · CMRI",
                                     "Stroke & Cerebrovascular Disease"]  # fmt: skip
    assert [found["of"].count(number) for number in range(4)] == [16, 16, 16, 16]
    for number, (x, y) in enumerate(found["at"]):
        middle = FOUR[found["of"].index(number) // 16]
        assert abs(x - middle[0]) < 40
        assert abs(y - middle[1]) < 40


def test_the_same_papers_have_the_same_clusters_and_larger_ones_come_first() -> None:
    places, entries = field(*FOUR)
    found = found_in(places, entries)
    assert found_in(places, entries) == found
    sizes = [found["of"].count(number) for number in range(len(found["name"]))]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == len(entries)


def test_no_two_clusters_have_one_name() -> None:
    found = found_in(*field((100, 100, ECG), (900, 900, ECG), (100, 900, {}), (900, 100, {})))
    assert len(set(found["name"])) == len(found["name"]) > 3
    assert any(name.endswith("(2)") for name in found["name"])


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_few_papers(size: int) -> None:
    places, entries = field((500, 500, ECG), size=size)
    found = found_in(places, entries)
    assert (len(found["of"]), len(found["name"])) == (size, min(size, 1))


def test_many_papers_join_the_cluster_around_them() -> None:
    places, entries = field(*FOUR, size=1500)
    found = found_in(places, entries)
    held = {number: {place // 1500 for place, of in enumerate(found["of"]) if of == number}
            for number in range(len(found["name"]))}  # fmt: skip
    assert all(len(groups) == 1 for groups in held.values())
