"""The names of venues in references to them."""

import pytest

from harvester.domain.venue_names import without_issue


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("npj Digital Medicine (2025)", "npj Digital Medicine"),
        ("Medical Image Analysis 99 (2025) 102844", "Medical Image Analysis"),
        ("IEEE Trans. Med. Imaging, vol. 42, no. 3, pp. 1-10, 2023", "IEEE Trans. Med. Imaging"),
        ("Phys. Rev. E 105, 024401 (2022)", "Phys. Rev. E"),
        ("Sensors 2021, 21(3), 100", "Sensors"),
        ("Heart Robots 3:12-20", "Heart Robots"),
        ("Nature Medicine volume 27, pages 1-5 (2021)", "Nature Medicine"),
        ("Proc. SPIE 12032 (2022)", "Proc. SPIE"),
        ("MICCAI 2023, pp. 1-10", "MICCAI 2023"),
        ("Computing in Cardiology 2024", "Computing in Cardiology 2024"),
        ("Medical Imaging 2020: Image Processing", "Medical Imaging 2020: Image Processing"),
        ("Circulation: Arrhythmia and Electrophysiology", "Circulation: Arrhythmia and Electrophysiology"),
        ("2024 IEEE ISBI", "2024 IEEE ISBI"),
        ("MICCAI 2021: Nowhere, September 27-October 1, 2021", "MICCAI 2021: Nowhere, September 27-October 1, 2021"),
        ("(2025)", "(2025)"),
        ("", ""),
    ],
)
def test_a_reference_ends_where_its_volume_begins(reference: str, name: str) -> None:
    assert without_issue(reference) == name
