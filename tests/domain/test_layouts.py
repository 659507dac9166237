"""A kept layout, fitted to the catalog of today."""

from harvester.domain.labels import Labels
from harvester.domain.layouts import Layout, fitted

ECG = Labels({"modality": ("ecg",)})
MRI = Labels({"modality": ("cmr",), "task": ("segmentation",)})
KEPT = Layout(
    "mark", ["a", "gone", "b", "c"], [[0, 0], [9, 9], [2, 2], [3, 3]], [0, 1, 2, 0], [[2, 1], [0], [3, 0], []]
)


def test_a_new_paper_is_put_where_the_first_with_its_labels_is() -> None:
    found = fitted(KEPT, {"new": MRI, "c": ECG, "b": MRI, "a": ECG, "newer": Labels({"modality": ("cmr",)})})
    assert found
    assert found.ids == ["new", "c", "b", "a", "newer"]
    assert found.places == [[2, 2], [3, 3], [2, 2], [0, 0], [2, 2]]
    assert found.groups == [1, 0, 1, 0, 1]  # of the groups 0 and 2
    assert found.similar == [[], [], [1, 3], [2], []]  # without the paper that is gone


def test_too_few_known_papers_make_no_layout() -> None:
    assert fitted(KEPT, {"a": ECG, "x": ECG, "y": ECG}) is None
    assert fitted(KEPT, {"a": ECG, "x": ECG}) is not None
