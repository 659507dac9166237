"""Charts are well-formed, show foreign text as text, and are reproducible."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.base.svg import Bar, columns, element, label, picture, rows

SVG = "{http://www.w3.org/2000/svg}"
bars = st.lists(st.builds(Bar, st.integers(0, 10**6), st.text(), st.sampled_from(["", "ok", "failed"])), max_size=20)


@given(bars, st.text())
def test_every_chart_is_well_formed_and_says_its_texts(given_bars: list[Bar], name: str) -> None:
    def draw() -> str:
        shapes = [*columns(given_bars, step=18, width=14, height=80), label(name, 0, 12, text_anchor="end")]
        shapes += rows(given_bars, left=90, top=20, step=19, thickness=13, length=100)
        return str(picture(200, 100, name, shapes, {"class": name}))

    drawn = draw()
    assert draw() == drawn
    root = etree.fromstring(drawn.encode())
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {"svg", "rect", "title", "text"}
    assert [rect.get("class") for rect in root.findall(f"{SVG}rect")] == [bar.mark or None for bar in given_bars] * 2


def test_text_that_looks_like_markup_stays_text() -> None:
    hostile = "</title><script>alert(1)</script> \" ' & \x00\x0b🫀"
    root = etree.fromstring(element("g", {"id": hostile}, element("title", {}, hostile)))
    assert root.findtext("title") == hostile.replace("\x00\x0b", "")
    assert len(root) == 1


def test_the_tallest_column_fills_the_height_and_none_is_invisible() -> None:
    assert heights(0, 5, 10) == ["2", "40", "80"]
    assert heights(0) == ["2"]


def heights(*values: int) -> list[str | None]:
    drawn = columns([Bar(value, "") for value in values], step=18, width=14, height=80)
    return [etree.fromstring(bar).get("height") for bar in drawn]


def test_the_longest_row_fills_the_length() -> None:
    drawn = rows([Bar(1, "one"), Bar(4, "four")], left=90, top=20, step=19, thickness=13, length=100)
    assert [(etree.fromstring(bar).get("y"), etree.fromstring(bar).get("width")) for bar in drawn] == [
        ("20", "25"),
        ("39", "100"),
    ]
