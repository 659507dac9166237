"""The pages of a list on another subject: forms ask for its taxonomy's facets, and these are stored."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from classifiers.taxonomy import load_taxonomy
from harvester.domain.labels import Labels
from harvester.services.subscribers.subscriptions import subscribers
from tests.room import NO_ENCODER, Room
from tests.services.test_init import TAXONOMY
from tests.web.review.conftest import Open

PREDICTED = Labels({"task": ("detection",), "crop": (), "kind": ("research",)})


@pytest.fixture
def room(tmp_path: Path, furnished: Path) -> Iterator[Room]:
    made = Room.make(tmp_path, like=furnished, classifier={"encoder": NO_ENCODER})
    (tmp_path / "plants.toml").write_text(TAXONOMY, encoding="utf-8")
    made.ws = replace(made.ws, taxonomy=load_taxonomy(tmp_path / "plants.toml"))
    made.put("2506.00001", "Weeds between rows", labels=PREDICTED, unsure=("crop:rice",))
    made.put("2506.00002", "Counting apples", 0.8, labels=PREDICTED, unsure=())
    yield made
    made.ws.store.dispose()


def test_forms_ask_for_the_facets_there_are(room: Room) -> None:
    ann = room.browser("ann")
    page = ann.page("/review?paper=2506.00001")
    names = set(page.xpath("//fieldset[@data-facet]/@data-facet"))
    assert names == {"task", "crop", "kind"}
    assert page.xpath("//fieldset[@data-facet]//input[@checked]/@value") == ["detection", "research"]
    (form,) = ann.page("/subscribe").forms
    assert {"task", "crop", "kind"} < set(form.fields)
    assert "modality" not in form.fields
    assert room.browser().client.get("/feeds").text.count("/feeds/crop/") == 4
    described = ann.client.get("/openapi.json").json()["paths"]["/api/entries"]["get"]["parameters"]
    names = {parameter["name"] for parameter in described}
    assert {"task", "crop", "kind", "q", "limit", "offset"} <= names
    assert "modality" not in names


def test_chosen_labels_are_kept_shown_and_served(room: Room) -> None:
    ann = room.browser("ann")
    assert ann.decide("2506.00001", "accept", task=["yield"], crop=["rice", "wheat"], kind="review").status_code == 303
    (entry,) = room.ws.catalog.rglob("*.toml")
    for line in ('task = ["yield"]', 'crop = ["wheat", "rice"]', 'kind = "review"'):
        assert line in entry.read_text()
    assert "Rice" in ann.page("/review?state=accepted&label=crop:rice").xpath("string(//main)")
    assert ann.client.get("/api/entries?crop=rice").json()["total"] == 1
    assert ann.client.get("/api/entries?crop=oats").status_code == 422
    assert "Weeds between rows" in ann.client.get("/feeds/crop/rice.atom").text
    refused = ann.decide("2506.00002", "accept", crop=["oats"], task=[], kind="research")
    assert refused.status_code == 422
    assert "crop has no label &#39;oats&#39;; it has: wheat, rice" in refused.text


def test_a_conflict_keeps_ones_own_choice(room: Room) -> None:
    room.browser("bob").decide("2506.00001", "reject")
    answer = room.browser("ann").decide("2506.00001", "accept", task=[], crop=["rice"], kind="review")
    assert answer.status_code == 409
    assert 'value="rice" checked' in answer.text
    assert 'value="review" checked' in answer.text


def test_a_facet_that_was_added_later_can_be_given(room: Room) -> None:
    """The model does not know the facet, so no prediction has it; a reviewer's labels count all the same."""
    room.put("2506.00003", "Rust on leaves", 0.7, labels=Labels({"task": ("gone", "detection"), "kind": ("gone",)}))
    ann = room.browser("ann")
    ann.decide("2506.00003", "accept", task=["detection"], crop=["wheat"], kind="research")
    (now,) = room.log("2506.00003")
    assert now.labels == Labels({"task": ("detection",), "crop": ("wheat",), "kind": ("research",)})


def test_subscribers_choose_from_them(room: Room) -> None:
    room.browser().client.post("/subscribe", data={"email": "jo@example.org", "crop": ["rice"], "every": "day"})
    (jo,) = subscribers(room.ws)
    assert jo.preferences.topics == {"crop": ("rice",)}


def test_a_reviewer_picks_labels_in_the_browser(room: Room, desk: Open) -> None:
    page = desk(address="/review?paper=2506.00001")
    page.locator("[data-facet=crop] label.chip", has_text="Rice").click()
    page.keyboard.press("a")
    expect(page.locator(".rows")).to_contain_text("accepted")
    (now,) = room.log("2506.00001")
    assert now.labels == Labels({"task": ("detection",), "crop": ("rice",), "kind": ("research",)})
