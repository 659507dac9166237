"""Imported papers: their links lead where the list says, no score is invented for them, and no figure counts them."""

from pathlib import Path

from playwright.sync_api import expect

from harvester.services.operations.statistics import classifier
from harvester.services.review.decisions import decide_all
from tests.room import Room
from tests.web.review.conftest import Open

LINK = "https://www.ahajournals.org/doi/full/10.1161/CIR.0000000000001201"
CODE = "https://code.example.org/heart?a=1&b=(2)"
LIST = f"""# Tasks
## Diagnosis or Classification
**A scientific statement on the heart** \\
[Nov., 2024] [Circulation] \\
[[Paper]({LINK})] [[GitHub]({CODE.replace("(", "%28").replace(")", "%29")})]
"""


def imported(room: Room, folder: Path) -> str:
    """A catalog with one imported entry; returns its identifier."""
    (folder / "list.md").write_text(LIST, encoding="utf-8")
    assert room.json("catalog", "import", str(folder / "list.md"))["new"] == 1
    (row,) = room.json("queue", "--state", "accepted")
    return str(row["id"])


def test_no_score_is_invented(room: Room, tmp_path: Path) -> None:
    name = imported(room, tmp_path)
    (row,) = room.json("queue", "--state", "accepted")
    assert (row["score"], row["scope"]) == (None, None)
    assert "0.000" not in room.run("queue", "--state", "accepted")
    ann = room.browser("ann")
    page = ann.page(f"/review?state=accepted&paper={name}")
    assert page.xpath("//b[@class='usefulness']") == []
    decide_all(room.ws, "undo", [name], "ann", "", {})
    assert ann.page("/review").xpath("//b[@class='usefulness']") == [], "nor once it waits"
    assert room.json("queue")[0]["score"] is None


def test_the_figures_of_drift_leave_them_out(room: Room, tmp_path: Path) -> None:
    imported(room, tmp_path)
    room.put("2506.00001", "Rated", 0.9)
    room.put("2506.00002", "Rated as well", 0.8)
    ((_, papers, mean),) = classifier(room.ws).drift
    assert papers == 2
    assert round(mean, 6) == 0.85


def test_their_links_are_links(room: Room, tmp_path: Path, desk: Open) -> None:
    name = imported(room, tmp_path)
    page = desk()
    page.goto(f"/review?state=accepted&paper={name}")
    expect(page.locator(".links a").first).to_have_attribute("href", LINK)
    expect(page.locator(".links a", has_text="Code")).to_have_attribute(
        "href", CODE.replace("(", "%28").replace(")", "%29")
    )
    expect(page.locator(".links code")).to_have_count(0)
    page.context.route(f"{LINK}**", lambda route: route.fulfill(body="the statement"))
    with page.context.expect_page() as opened:
        page.keyboard.press("o")
    expect(opened.value).to_have_url(LINK)


def test_a_feeds_links_stay_text_until_somebody_accepts_the_paper(room: Room) -> None:
    room.put("2506.00001", "Hearts", links={"paper": "https://arxiv.org/abs/2506.00001", "code": CODE})
    ann = room.browser("ann")
    shown = "//p[@class='links']//a/@href"
    assert "code.example.org" not in "".join(ann.page("/review").xpath(shown))
    ann.decide("2506.00001", "accept")
    assert "code.example.org" in "".join(ann.page("/review?state=accepted").xpath(shown))
