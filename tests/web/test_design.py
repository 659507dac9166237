"""The design's tokens: each in one place, and the contrasts that WCAG asks of them (1.4.3 text, 1.4.11 controls)."""

import re
from itertools import product
from pathlib import Path

import pytest

import harvester.catalog.site
import harvester.web

SITE, WEB = (Path(str(package.__file__)).parent for package in (harvester.catalog.site, harvester.web))
BASE = SITE / "shared" / "base.css"
SHEETS = sorted([*SITE.rglob("*.css"), *WEB.rglob("*.css")])
LIGHT, DARK = "light", "dark"
GROUNDS = ("paper", "card", "wash")
ON = (("on-link", "link"), ("paper", "good"), ("paper", "bad"), ("ink", "mark"))  # text on buttons and marks
TEXT, CONTROL = 4.5, 3.0
WANTED = [
    *product(("ink", "soft", "link"), GROUNDS, [TEXT]),
    *((name, ground, TEXT) for name in ("good", "bad", "warn") for ground in ("paper", "card", f"{name}-wash")),
    *((ink, ground, TEXT) for ink, ground in ON),
    *(("on-few", f"h{level}", TEXT) for level in (1, 2, 3)),
    ("on-h4", "h4", TEXT),
    ("on-h5", "h5", TEXT),
    *product(("edge", "heart"), ("paper", "card"), [CONTROL]),  # borders of fields, and where one is in the navigation
    *((f"c{number}", ground, CONTROL) for number in range(10) for ground in ("paper", "card")),
]  # fmt: skip


def blocks() -> list[str]:
    """The declarations of ``:root`` on a screen, light and dark."""
    text = BASE.read_text(encoding="utf-8").partition("@media print")[0]
    return re.findall(r":root \{(.*?)\}", text, re.DOTALL)


def tokens(scheme: str) -> dict[str, str]:
    """The tokens on a screen; what dark does not name is as in light."""
    chosen = blocks()[:1] if scheme == LIGHT else blocks()
    return {name: value for block in chosen for name, value in re.findall(r"--([\w-]+): ([^;]+);", block)}


def luminance(color: str) -> float:
    """The relative luminance of ``#rrggbb``, as WCAG defines it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_of_known_colors() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_text_and_controls_stand_out(scheme: str) -> None:
    known = tokens(scheme)
    faint = {(ink, ground): round(contrast(known[ink], known[ground]), 2)
             for ink, ground, least in WANTED if contrast(known[ink], known[ground]) < least}  # fmt: skip
    assert faint == {}


def test_colors_are_named_in_one_place() -> None:
    others = {sheet.name: re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", sheet.read_text(encoding="utf-8"))
              for sheet in SHEETS if sheet != BASE}  # fmt: skip
    assert {name: found for name, found in others.items() if found} == {}


def test_every_token_exists_and_is_used() -> None:
    text = "".join(file.read_text(encoding="utf-8") for folder in (SITE, WEB) for end in ("css", "js")
                   for file in folder.rglob(f"*.{end}") if "htmx" not in file.name)  # fmt: skip
    used = set(re.findall(r"var\(--([\w-]+)\)", text)) - {"hue"}
    known = set(tokens(LIGHT))
    assert used - known == set()
    drawn = {name for name in known if re.search(rf'"--{name}"|"--c\$|`--c\$', text)}
    assert known - used - drawn == set()


def test_dark_names_every_color_again() -> None:
    light, dark = (dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in blocks()[:2])
    assert set(dark) == {name for name, value in light.items() if value.startswith("#")}
