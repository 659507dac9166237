"""The review pages through their forms, on both databases: what is shown and stored, and how bad input is answered."""

import random
from typing import Any

import pytest

from harvester.domain.decisions import changed_since
from harvester.domain.labels import Labels
from harvester.domain.papers import Author
from harvester.services.catalog.sync import sync_catalog
from harvester.services.review.decisions import decide_all
from harvester.services.review.queries import Unpublished, unpublished
from harvester.store.batches import add_publication
from harvester.store.decisions import decisions_on, newest_decision
from harvester.store.engine import write
from tests.conftest import both_databases
from tests.room import Room

BAD = "x" * 501


def titles(page: Any) -> list[str]:
    return [title.strip() for title in page.xpath("//ol[@class='rows']//span[@class='title']/text()")]


def test_an_accept_is_recorded_filed_and_shown(both: Room) -> None:
    both.fill(2)
    ann = both.browser("ann")
    answer = ann.decide("2506.00001", "accept", modality=["ecg", "cmr"], reason="fits", next="2506.00002")
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?paper=2506.00002")
    place = both.place("2506.00001")
    assert (place.state, place.filed, place.version) == ("accepted", True, 1)
    (entry,) = both.ws.catalog.rglob("*.toml")
    assert 'modality = ["ecg", "cmr"]' in entry.read_text()
    page = ann.page("/review?state=accepted")
    assert titles(page) == ["Transformers for echocardiography, part 1"]
    said = page.xpath("string(//section[@class='log'])")
    assert "ann" in said
    assert "fits" in said
    assert "CMRI" in said


def test_undo_brings_back_what_was_before(both: Room) -> None:
    both.fill(1)
    ann = both.browser("ann")
    ann.decide("2506.00001", "accept")
    ann.decide("2506.00001", "accept", 1, modality=["cmr"])
    ann.decide("2506.00001", "undo", 2)
    place, entry = both.place("2506.00001"), next(both.ws.catalog.rglob("*.toml"))
    assert (place.state, place.decision) == ("accepted", both.log("2506.00001")[0].id)
    assert 'modality = ["ecg"]' in entry.read_text()
    ann.decide("2506.00001", "undo", 3)
    assert not list(both.ws.catalog.rglob("*.toml"))
    assert "no decision left to undo" in ann.decide("2506.00001", "undo", 4).text


@both_databases
def test_a_conflict_shows_both_choices(both: Room) -> None:
    both.fill(1)
    ann, bob = both.browser("ann"), both.browser("bob")
    bob.decide("2506.00001", "reject", reason="plants")
    answer = ann.decide("2506.00001", "accept", modality=["cmr"])
    assert answer.status_code == 409
    for words in ("bob", "rejected it", "plants", "to accept it", "CMRI"):
        assert words in answer.text
    assert 'value="cmr" checked' in answer.text, "one's own labels are still chosen"
    assert [decision.action for decision in both.log("2506.00001")] == ["reject"]


def test_a_form_that_is_sent_twice_is_no_conflict_with_oneself(both: Room) -> None:
    both.fill(1)
    ann = both.browser("ann")
    assert ann.decide("2506.00001", "reject").status_code == 303
    assert ann.decide("2506.00001", "reject").status_code == 303
    assert len(both.log("2506.00001")) == 1


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"paper": "2506.99999"}, 404, "The store knows no paper"),
        ({"paper": "https://example.org/x"}, 422, "not the address of an arXiv paper"),
        ({"paper": ""}, 404, "The store knows no paper"),
        ({"action": "burn"}, 422, "There is no action"),
        ({"version": "-1"}, 422, "which version"),
        ({"version": "9" * 30}, 422, "which version"),
        ({"version": ""}, 422, "which version"),
        ({"task": ["diagnosis", "nonsense"]}, 422, "has no label &#39;nonsense&#39;"),
        ({"kind": []}, 422, "exactly one label"),
        ({"kind": ["research", "review"]}, 422, "exactly one label"),
        ({"reason": BAD}, 422, "at most 500 characters"),
        ({"view": "state=nonsense"}, 422, "There is no state"),
    ],
)
def test_bad_input_changes_nothing(room: Room, form: dict[str, Any], status: int, said: str) -> None:
    room.fill(1)
    ann = room.browser("ann")
    given = {"paper": "2506.00001", "action": "accept", "version": 0, **form}
    answer = ann.decide(**given)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text[-800:]
    assert room.log("2506.00001") == []
    assert not list(room.ws.catalog.rglob("*.toml"))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/review?paper=2506.99999", 404),
        ("/review?paper=https://example.org/", 422),
        ("/review?state=lost", 422),
        ("/review?label=modality:nonsense", 422),
        ("/review?since=yesterday", 422),
        ("/review?least=2", 422),
        ("/review?least=nan", 422),
        ("/review?page=99999999999999999999", 200),
        ("/review?q=%00%27%22*()&page=x", 200),
        ("/review/bulk?action=burn", 422),
        ("/review/batches/77", 404),
        ("/review/batches/x", 400),
        ("/review/batches/99999999999999999999", 400),
        ("/review/paper?paper=", 404),
        ("/review?paper=nope", 404),
        ("/review/paper?paper=nope", 404),
    ],
)
def test_addresses_that_name_nothing(room: Room, address: str, status: int) -> None:
    room.fill(1)
    assert room.browser("ann").client.get(address).status_code == status


@both_databases
def test_a_character_that_postgresql_refuses_is_no_fault_of_the_store(both: Room) -> None:
    both.fill(1)
    ann, anybody = both.browser("ann"), both.browser()
    for address in ("/review?source=arxiv%00", "/review/bulk?action=accept&paper=arxiv:2506.00001%00"):
        assert "2506.00001" in ann.client.get(address).text, address
    form = {"csrf": anybody.csrf("/login"), "username": "a\0b", "password": "x"}
    assert anybody.client.post("/login", data=form).status_code == 400


@both_databases
def test_search_finds_words_their_beginnings_authors_and_names(both: Room) -> None:
    both.fill(3)
    both.put("2505.00007", "Arrhythmias in Zürich", 0.5, authors=(Author("Zoë Ångström"),), abstract="About rhythm.")
    ann = both.browser("ann")
    for words in (
        "arrhythmia",
        "arrhyth",
        "ANGSTROM" if both.ws.store.dialect.name == "sqlite" else "Ångström",
        "2505.00007",
        "arXiv:2505.00007v2",
        "https://arxiv.org/abs/2505.00007",
        "zürich rhythm",
    ):
        assert titles(ann.page("/review", params={"q": words})) == ["Arrhythmias in Zürich"], words
    for words in ("unicorn", "arrhythmia unicorn", "!!!", "' OR 77=77 --", '"', "NEAR(", "a" * 5000):
        assert titles(ann.page("/review", params={"q": words})) == [], words


@both_databases
def test_search_follows_what_changes(both: Room) -> None:
    number = both.put("2505.00007", "Old words", 0.5)
    both.put("2505.00008", "Old words too", 0.5)
    ann = both.browser("ann")
    both.put_again("2505.00007", "Fresh title")
    assert titles(ann.page("/review?q=fresh")) == ["Fresh title"]
    assert titles(ann.page("/review?q=words")) == ["Old words too"]
    assert number == both.numbers["2505.00007"]


@both_databases
def test_filters_narrow_and_join(both: Room) -> None:
    echo = Labels({"task": ("segmentation",), "modality": ("echo",), "disease": ("hf",), "kind": ("review",)})
    both.put("2506.00001", "One", 0.9, labels=echo, unsure=())
    both.put("2506.00002", "Two", 0.8)
    both.put("2506.00003", "Three", 0.4, labels=echo, source="huggingface")
    ann = both.browser("ann")
    wanted = {
        "label=modality:echo": ["One", "Three"],
        "label=modality:echo&label=kind:review&source=huggingface": ["Three"],
        "label=modality:ecg&label=disease:hf": [],
        "label=kind:research": ["Two"],
        "unsure=1": ["Two", "Three"],
        "least=0.8": ["One", "Two"],
        "since=2025-06-11": ["One", "Two"],
        "until=2025-06-11": ["Two", "Three"],
        "since=2025-06-11&until=2025-06-11": ["Two"],
        "until=9999-12-31&label=": ["One", "Two", "Three"],
        "source=nowhere": [],
    }
    found = {query: titles(ann.page(f"/review?{query}")) for query in wanted}
    assert found == wanted


@both_databases
def test_accepted_papers_are_filtered_by_what_was_decided(both: Room) -> None:
    both.fill(1)
    ann = both.browser("ann")
    ann.decide("2506.00001", "accept", modality=["cmr"])
    assert len(titles(ann.page("/review?state=accepted&label=modality:cmr"))) == 1
    assert titles(ann.page("/review?state=accepted&label=modality:ecg")) == []


def test_pages_of_fifty(room: Room) -> None:
    room.fill(120)
    ann = room.browser("ann")
    assert [len(titles(ann.page(f"/review?page={page}"))) for page in (1, 2, 3, 4)] == [50, 50, 20, 0]
    page = ann.page("/review?page=2&q=transformers")
    assert page.xpath("//a[@rel='prev']/@href") == []
    (after,) = ann.page("/review?q=part").xpath("//a[@rel='next']/@href")
    assert after == "/review?q=part&page=2"


def test_what_git_changed_shows_as_decisions_of_the_files(room: Room) -> None:
    room.fill(2)
    ann = room.browser("ann")
    ann.decide("2506.00001", "accept")
    ann.decide("2506.00002", "accept")
    first, second = sorted(room.ws.catalog.rglob("*.toml"))
    first.write_text(first.read_text().replace('modality = ["ecg"]', 'modality = ["echo"]'))
    second.unlink()
    sync_catalog(room.ws)
    said = ann.page("/review?paper=2506.00001").xpath("string(//section[@class='log'])")
    assert "was added or corrected in git" in said
    assert "Echocardiography" in said
    assert "was removed in git" in ann.page("/review?paper=2506.00002").xpath("string(//section[@class='log'])")
    assert room.place("2506.00002").state == "rejected"


def test_a_batch_leaves_out_what_changed_and_says_so(both: Room) -> None:
    both.fill(4)
    ann, bob = both.browser("ann"), both.browser("bob")
    bob.decide("2506.00002", "defer")
    form = {"csrf": ann.csrf(), "action": "accept", "paper": ["0 2506.00001", "0 2506.00002", "0 nope", "0 2506.00003"]}
    answer = ann.client.post("/review/bulk", data=form)
    assert answer.status_code == 200
    for words in (
        "2506.00002: Somebody decided on it",
        "The store knows no paper &#39;nope&#39;",
        "2 decisions; 2 still in effect",
    ):
        assert words in answer.text
    bob.decide("2506.00003", "reject", 1)
    answer = ann.client.post("/review/batches/1/undo", data={"csrf": ann.csrf()})
    assert answer.headers["location"] == "/review/batches/2"
    assert list(both.states().values()) == ["pending", "deferred", "rejected", "pending"]
    again = ann.client.post("/review/batches/1/undo", data={"csrf": ann.csrf()})
    assert (again.status_code, "No decision of batch 1 is left" in again.text) == (422, True)


def test_a_batch_wants_papers_and_versions(room: Room) -> None:
    room.fill(1)
    ann = room.browser("ann")
    for form in ({}, {"paper": "2506.00001"}, {"paper": "x 2506.00001"}, {"paper": "0 "}, {"action": "undo"}):
        given = {"csrf": ann.csrf(), "action": "accept", **form}
        assert ann.client.post("/review/bulk", data=given).status_code == 422
    assert room.log("2506.00001") == []


def test_a_decision_whose_file_cannot_be_written_is_kept_and_made_good(room: Room) -> None:
    room.fill(2)
    ann = room.browser("ann")
    room.ws.catalog.mkdir(parents=True)
    (room.ws.catalog / "entries").write_text("in the way")
    answer = ann.decide("2506.00001", "accept")
    assert (answer.status_code, "The decision is kept" in answer.text) == (422, True)
    assert (room.place("2506.00001").state, room.place("2506.00001").filed) == ("accepted", False)
    (room.ws.catalog / "entries").unlink()
    ann.decide("2506.00002", "reject")
    assert room.place("2506.00001").filed
    assert len(list(room.ws.catalog.rglob("*.toml"))) == 1


def test_the_list_is_built_by_the_button(room: Room) -> None:
    room.fill(2)
    ann = room.browser("ann")
    assert "Build the list" not in ann.client.get("/review").text
    ann.decide("2506.00001", "accept")
    assert "1 entry" in ann.client.get("/review").text
    answer = ann.client.post("/review/publish", data={"csrf": ann.csrf()})
    assert "1 entries" in answer.text or "1 entry" in answer.text
    assert "Transformers for echocardiography" in (room.ws.catalog / "README.md").read_text()
    assert "Build the list" not in ann.client.get("/review").text


def test_the_button_counts_the_entries_that_the_list_shows_otherwise(both: Room) -> None:
    names, rng = both.fill(5), random.Random(1)
    counted = 0
    for step in range(40):
        name, action = rng.choice(names), rng.choice(("accept", "accept", "reject", "undo"))
        decide_all(both.ws, action, [name], "ann", "", {"task": rng.choice(("diagnosis", "prognosis"))})
        with write(both.ws.store) as db:
            if step % 15 == 12:
                counted = newest_decision(db)
                add_publication(db, "ann", counted, "", both.now)
            logs = decisions_on(db, both.numbers.values()).values()
        found = unpublished(both.ws)
        assert found == Unpublished(sum(changed_since(log, counted) for log in logs), more=False), step


def test_withdrawn_papers_are_marked_wherever_they_are_named(both: Room) -> None:
    title = "A foundation model for electrocardiograms in cardiology"
    both.put("2506.00001", title, 0.99, unsure=(), withdrawn=True, authors=(Author("Bo Cee"),))
    both.put("2506.00002", f"{title} again", 0.98, unsure=())
    ann = both.browser("ann")
    rows = ann.page("/review").xpath("//ol[@class='rows']/li")
    assert [row.xpath(".//*[@class='withdrawn']/text()") for row in rows] == [["withdrawn"], []]
    for address in ("/review/paper", "/review"):
        shown = ann.page(f"{address}?paper=2506.00001")
        assert shown.xpath("//article//span[@class='state withdrawn']/text()") == ["withdrawn"]
        assert "Its authors withdrew this paper" in shown.text_content()
        assert "withdrew" not in ann.page(f"{address}?paper=2506.00002").xpath("string(//article)")
    assert "pending, withdrawn" in ann.client.get("/review/paper?paper=2506.00002").text
    preview = ann.page("/review/bulk?action=accept&paper=arxiv:2506.00001&paper=arxiv:2506.00002")
    assert len(preview.xpath("//span[@class='state withdrawn']")) == 1
    by_rule = ann.page("/review/bulk?action=accept&rule=sure").xpath("//input[@name='paper']/@value")
    assert by_rule == ["0 arxiv:2506.00002"], "what is withdrawn is accepted one by one, if at all"


def test_a_papers_links_go_by_the_place_they_lead_to(room: Room) -> None:
    links = {"paper": "https://arxiv.org/abs/2506.00001", "code": "https://github.com/a/b"}
    room.put("2506.00001", "Hearts", links=links)
    room.put("2506.00002", "Vessels", links={**links, "paper": "https://doi.org/10.1000/x"})
    room.put("2506.00003", "Valves", links={"paper": "https://example.org/x"})
    ann = room.browser("ann")

    def shown(name: str) -> dict[str, str]:
        found = ann.page(f"/review?paper={name}").xpath("//p[@class='links']/a")
        return {link.text: link.get("href") for link in found}

    own = {"arXiv": "https://arxiv.org/abs/2506.00001", "Hugging Face": "https://huggingface.co/papers/2506.00001"}
    assert shown("2506.00001") == {**own, "Code": "https://github.com/a/b"}
    assert shown("2506.00002").keys() == {"DOI", "Code", "arXiv", "Hugging Face"}
    assert shown("2506.00003").keys() == {"arXiv", "Hugging Face"}
    assert "Paper: " in ann.page("/review?paper=2506.00003").xpath("string(//p[@class='links'])")


def test_where_a_paper_was_seen(room: Room) -> None:
    room.put("2506.00001", "Hearts", source="huggingface")
    room.put_again("2506.00001", "Hearts and vessels")
    seen = room.browser("ann").page("/review?paper=2506.00001").xpath("//section[@class='log']/ul/li")
    said = [" ".join(row.text_content().split()) for row in seen]
    assert said == [f"seen by {source}, 2025-06-12 23:30" for source in ("huggingface, version 1", "arxiv, version 2")]


def test_possible_duplicates_are_named(room: Room) -> None:
    room.put("2506.00001", "A foundation model for electrocardiograms in cardiology", authors=(Author("Ann Bee"),))
    room.put("2506.00002", "A foundation model for electrocardiogram in cardiology", authors=(Author("Bo Cee"),))
    room.put("2506.00003", "A foundation model for chest radiographs", authors=(Author("Bo Cee"),))
    near = room.browser("ann").client.get("/review/paper?paper=2506.00001").text
    assert "Possibly the same paper" in near
    assert "arxiv:2506.00002" in near
    assert "arxiv:2506.00003" not in near


def test_pages_for_the_job_say_what_there_is(room: Room) -> None:
    from harvester.domain.run_report import PaperCounts, RunReport, SourceReport
    from harvester.store.engine import write
    from harvester.store.runs import begin_run, end_run

    with write(room.ws.store) as db:
        name = begin_run(db, room.now)
        silent = SourceReport("arxiv", "failed", error="fell <b>silent</b>")
        end_run(db, RunReport(name, "partial", (silent,), PaperCounts(new=7), in_scope=5, queued=5, seconds=1.5))
        begin_run(db, room.now)
    room.fill(1)
    ann = room.browser("ann")
    ann.decide("2506.00001", "accept", modality=["cmr"])
    runs = ann.client.get("/review/runs").text
    assert "fell &lt;b&gt;silent" in runs
    assert "cut off" in runs
    assert runs.count("<rect") == 2
    labels = ann.page("/review/classifier").xpath("//tr[td[2]='ECG']/td/text()")
    assert labels[2:6] == ["1", "0", "0.00", "–"]
    assert "@" not in ann.client.get("/review/subscribers").text.replace("@media", "")


def test_the_page_of_runs_shows_the_coverage_that_was_measured_and_its_misses(room: Room) -> None:
    from harvester.domain.coverage import FOUND, MISSED, STORED, UNKNOWN, Coverage, Work
    from harvester.store.coverages import keep_coverage
    from harvester.store.engine import write

    ann = room.browser("ann")
    assert "harvester coverage LIST.md" in ann.client.get("/review/runs").text
    works = [Work(f"Work <b>{n}</b>", (f"doi:10.1000/{n}",), f"https://example.org/{n}") for n in range(120)]
    answers = {"arxiv": [STORED, FOUND, *[MISSED] * 118], "journal": [UNKNOWN, UNKNOWN, STORED, *[UNKNOWN] * 117]}
    found = Coverage(works, answers, ["arxiv, doi:10.1000/9: <i>silent</i>."])
    with write(room.ws.store) as db:
        keep_coverage(db, "lists/<u>.md", found.to_json(), room.now)
    page = ann.page("/review/runs")
    text = page.xpath("string(//section)")
    assert "The works of lists/<u>.md" in text
    assert f"3 of 120 works are covered by at least one source; measured on {room.now:%Y-%m-%d %H:%M} UTC." in text
    rows = [[cell.text for cell in row] for row in page.xpath("//section//tr")[1:]]
    assert rows == [["arxiv", "2", "1", "1", "118", "0"], ["journal", "1", "1", "0", "0", "119"]]
    assert [summary.text for summary in page.xpath("//summary")] == ["117 covered by no source", "118 missed by arxiv"]
    assert page.xpath("//section//a/@href")[0] == "https://example.org/3"
    assert "and 17 others" in text
    assert "<i>silent</i>" in text


def test_the_digest_preview_is_locked_in(room: Room) -> None:
    room.put("2506.00001", "<script>alert(1)</script> hearts")
    ann = room.browser("ann")
    ann.decide("2506.00001", "accept")
    page = ann.page("/review/digest")
    assert page.xpath("//iframe/@sandbox") == [""]
    preview = ann.client.get("/review/digest/preview")
    policy = preview.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "<script>" not in preview.text
    assert "hearts" in preview.text


def test_the_digest_page_says_what_comes_next_and_when(room: Room) -> None:
    room.fill(1)
    ann = room.browser("ann")
    page = ann.page("/review/digest")
    assert "Nobody subscribes yet" in page.text_content()
    assert "No paper is waiting" in page.text_content()
    assert page.xpath("//iframe") == [], "an empty frame says nothing"
    room.subscribe("jo@example.org")
    assert f"due on {room.now:%Y-%m-%d}, for 1 of 1 subscriber" in " ".join(
        ann.page("/review/digest").text_content().split()
    )
    ann.decide("2506.00001", "accept")
    page = ann.page("/review/digest")
    assert "1 paper so far" in page.text_content()
    assert page.xpath("//iframe/@src") == ["/review/digest/preview"]


def test_the_links_that_a_paper_may_have(room: Room) -> None:
    from harvester.web.review.view import allowed

    for good in ("https://arxiv.org/abs/1", "https://www.doi.org/10.1/x", "https://github.com/a/b"):
        assert allowed(good) == good
    for bad in (
        "http://arxiv.org/abs/1",
        "https://arxiv.org.evil.org/",
        "https://evil.org/arxiv.org",
        "javascript:alert(1)",
        "https://arxiv.org@evil.org/",
        "https://me:pw@arxiv.org/",
        "//arxiv.org/",
        "data:text/html,x",
        "",
        "https://[",
    ):
        assert allowed(bad) == "", bad
