"""The completeness audit: the store compared with the stand-in's OAI-PMH, over HTTP and as a real process."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from classifiers.classifier import Classifier
from classifiers.records import Prediction, Text
from harvester.domain.papers import Paper, Sighting
from harvester.services.harvest.audit import audit
from harvester.services.learning.classify import load_classifier
from harvester.services.workspace import Workspace, open_workspace
from harvester.sources.arxiv import oai
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.sources.arxiv.oai import Record
from harvester.sources.errors import Malformed
from harvester.store import schema
from harvester.store.engine import connect, read, write
from harvester.store.locks import lock
from harvester.store.papers import find, unhydrated
from harvester.store.queue import enqueue, find_candidate
from harvester.store.recording import record
from harvester.store.tables import candidates, identifiers, odd_records, papers, predictions, sightings
from tests.conftest import Upstream, both_databases
from tests.room import Room, harvester

THURSDAY, THE_30TH = "2025-06-12T23:30:00Z", "2025-06-30T23:30:00Z"
BEFORE = datetime(2025, 6, 1, tzinfo=UTC)
LATE = "arxiv:2506.06342"  # eess.SP; held back by moderation until the 16th
HEART, ECG = "arxiv:2506.06349", "arxiv:2506.06310"  # eess.SP; announced on the 10th and the 11th, in scope
DELETED = "arxiv:2506.06057"  # cs.AI; arXiv deletes it on 30 June


def make(folder: Path, upstream: Upstream, store: str = "", *categories: str) -> Room:
    """A working folder that audits a few small sets."""
    room = Room.make(folder, upstream.url, store)
    listed = ", ".join(f'"{category}"' for category in categories or ("eess.SP",))
    sections = f"""\
[harvest.oai]
url = "{upstream.url}/oai"
[harvest.arxiv_rss]
enabled = false
url = "{upstream.url}/rss"
categories = [{listed}]
"""
    room.config.write_text(room.config.read_text() + sections)
    return room


class Remembering:
    """The shipped classifier, which classifies each text once, since the same texts come in every test."""

    def __init__(self, real: Classifier) -> None:
        self.real, self.said = real, dict[Text, Prediction]()

    def predict(self, texts: Sequence[Text]) -> list[Prediction]:
        if new := [text for text in texts if text not in self.said]:
            self.said.update(zip(new, self.real.predict(new), strict=True))
        return [self.said[text] for text in texts]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Remembering:
    room = Room.make(tmp_path_factory.mktemp("model"), "http://127.0.0.1:1")
    return Remembering(load_classifier(open_workspace(room.config)))


@pytest.fixture
def opened(
    tmp_path: Path, upstream: Upstream, store_url: str, classifier: Remembering, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    schema.upgrade(connect(store_url))
    monkeypatch.setenv("HARVESTER_NOW", THURSDAY)
    for job in ("harvest.audit", "learning.classify"):
        monkeypatch.setattr(f"harvester.services.{job}.load_classifier", lambda _ws: classifier)
    ws = open_workspace(make(tmp_path, upstream, store_url).config)
    yield ws
    ws.store.dispose()


def held(ws: Workspace, name: str, **changed: Any) -> int:
    """Put a paper into the store as an earlier night would have; returns its number."""
    paper = replace(Paper((name,), f"Held since long: {name}", "Of the heart.", version=1), **changed)
    with write(ws.store) as db:
        return record(db, [Sighting(ARXIV, paper)], BEFORE)[0].number


def stored(ws: Workspace, name: str) -> Paper | None:
    with read(ws.store) as db:
        found = find(db, name)
    return found.paper if found else None


def odd(room: Room) -> list[Any]:
    with read(room.ws.store) as db:
        return list(db.execute(odd_records.select()))


def snapshot(ws: Workspace) -> list[list[Any]]:
    """All stored data about papers."""
    with read(ws.store) as db:
        return [list(db.execute(table.select())) for table in (papers, identifiers, sightings, predictions, candidates)]


class TestThroughTheCommandLine:
    def test_what_is_missing_is_listed_brought_in_and_gone(self, tmp_path: Path, upstream: Upstream) -> None:
        room = make(tmp_path, upstream)
        before = room.json("audit", now=THURSDAY, status=1)
        assert {HEART, ECG} <= set(before["missing"])
        assert before["checked"] == len(before["missing"]) + before["lacking_out_of_scope"]
        assert before["since"] == "2025-06-05"
        assert (before["repaired"], before["error"]) == (0, None)
        assert room.json("queue") == [], "nothing is changed without --repair"

        done = room.json("audit", "--repair", now=THURSDAY)
        assert done["missing"] == before["missing"]
        assert done["repaired"] == len(done["missing"])
        queue = room.json("queue")
        assert {row["id"] for row in queue} <= set(done["missing"])
        assert done["queued"] == len(queue) > 0
        assert room.json("show", queue[0]["id"])["authors"], "the text is the API's"

        after = room.json("audit", now=THURSDAY)
        assert (after["missing"], after["outdated"], after["withdrawn"]) == ([], [], [])
        assert after["checked"] == before["checked"]

    def test_a_record_that_no_version_could_read_yet_is_audited_by_the_first_that_can(
        self, tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its format was new, and by the time that it can be read OAI-PMH lists it no more."""
        room, real = make(tmp_path, upstream), oai._record

        def strict(found: Any) -> Record:
            if "2506.06349" in str(found.findtext("{*}header/{*}identifier")):
                raise Malformed("its format is new.")
            return real(found)

        with monkeypatch.context() as old:
            old.setattr(oai, "_record", strict)
            first = room.json("audit", "--repair", now=THURSDAY)
            assert "its format is new. It was left out." in first["notes"]
            assert HEART not in first["missing"]
            room.json("audit", now=THURSDAY)
        assert [(row.source, row.why) for row in odd(room)] == [("arxiv_oai", "its format is new.")], "kept once"
        with write(room.ws.store) as db:
            db.execute(odd_records.update().values(version="0.0.1"))
        monkeypatch.setattr(oai, "list_records", lambda *_: iter(()))
        assert room.json("audit", now=THURSDAY, status=1)["missing"] == [HEART]
        assert len(odd(room)) == 1, "nothing is changed without --repair"
        done = room.json("audit", "--repair", now=THURSDAY, status=1)
        assert (done["missing"], done["repaired"]) == ([HEART], 1)
        assert "lists no record at all" in done["error"], "which what was kept does not hide"
        monkeypatch.undo()
        assert room.json("audit", "--repair", now=THURSDAY)["missing"] == []
        assert odd(room) == []
        assert room.json("show", HEART)["authors"]

    def test_a_paper_that_a_run_lost_is_found(self, tmp_path: Path, upstream: Upstream) -> None:
        """Moderation held 2506.06342 back from the 10th to the 16th; a run without overlap never sees it."""
        upstream.control(today="2025-06-16")
        room = make(tmp_path, upstream)
        said = room.run("audit", "--days", "1", now="2025-06-16T23:30:00Z", status=1)
        assert LATE in said
        assert "with --repair" in said

    def test_a_failure_is_one_sentence_and_what_was_found_is_told(self, tmp_path: Path, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/oai", "kind": "html", "skip": 1}])
        room = make(tmp_path, upstream, "", "eess.SP", "eess.IV")
        done = harvester(
            "audit",
            "--repair",
            "--json",
            folder=room.folder,
            environment={**room.environment, "HARVESTER_NOW": THURSDAY},
        )
        assert done.returncode == 1
        assert done.stderr.startswith("Error: The audit is incomplete: arXiv's OAI-PMH sent a web page")
        assert len(done.stderr.splitlines()) == 1
        assert '"missing": [\n    "arxiv:' in done.stdout
        assert room.json("queue"), "what was found in the other set was brought in"

    def test_a_run_that_is_going_on(self, tmp_path: Path, upstream: Upstream) -> None:
        room = make(tmp_path, upstream)
        ws = open_workspace(room.config)
        with lock(ws.store, "run"):
            assert "Another run" in room.run("audit", "--repair", now=THURSDAY, status=75)
        assert upstream.log() == []

    @pytest.mark.parametrize(
        ("arguments", "sections", "named"),
        [
            (["--days", "0"], "", "--days"),
            (["--days", "soon"], "", "--days"),
            ([], "enabled = false", "[harvest.oai]"),
        ],
    )
    def test_wrong_use(
        self, tmp_path: Path, upstream: Upstream, arguments: list[str], sections: str, named: str
    ) -> None:
        room = make(tmp_path, upstream)
        room.config.write_text(room.config.read_text().replace("[harvest.oai]", f"[harvest.oai]\n{sections}"))
        assert named in room.run("audit", *arguments, now=THURSDAY, status=2)
        assert upstream.log() == []


class TestComparing:
    def test_nothing_changes_without_repair(self, opened: Workspace) -> None:
        held(opened, "arxiv:2506.99999")
        before = snapshot(opened)
        assert audit(opened).missing
        assert snapshot(opened) == before

    def test_the_configured_sets_each_once(self, opened: Workspace, upstream: Upstream) -> None:
        found = audit(categorised(opened, "eess.SP", "eess.IV", "eess.SP"))
        assert found.sets == ("eess:eess:SP", "eess:eess:IV")
        asked = [parse_qs(urlsplit(entry["path"]).query) for entry in upstream.log()]
        assert [query["set"] for query in asked] == [["eess:eess:SP"], ["eess:eess:IV"]]
        assert {query["from"][0] for query in asked} == {"2025-06-05"}
        assert len(found.checked) < 16 + 32, "some are in both sets, and are one"

    def test_outdated_ones_are_refreshed(self, opened: Workspace) -> None:
        held(opened, ECG, version=0)
        held(opened, HEART, version=9)
        assert list(audit(opened).outdated) == [ECG]

        done = audit(opened, repair=True)
        assert ECG not in done.missing
        assert done.refreshed == 1
        refreshed = stored(opened, ECG)
        assert refreshed is not None
        assert refreshed.version >= 1
        assert not refreshed.title.startswith("Held")
        assert audit(opened).outdated == {}

    @both_databases
    def test_what_the_api_does_not_show_yet_is_kept_as_oai_tells_it(
        self, opened: Workspace, upstream: Upstream
    ) -> None:
        upstream.control(faults=[{"match": "/api/query", "kind": "stale", "count": -1}])
        done = audit(opened, repair=True)
        assert done.error is None
        assert done.repaired == len(done.missing)
        (note,) = [note for note in done.notes if "does not return" in note]
        with read(opened.store) as db:
            waiting = [f"arxiv:{base}" for base in unhydrated(db)]
        assert waiting, "the next night asks the API again"
        assert all(name in note for name in waiting)
        kept = stored(opened, waiting[0])
        assert kept is not None
        assert kept.abstract
        assert kept.authors
        assert audit(opened).missing == {}

    def test_an_api_that_fails_loses_nothing(self, opened: Workspace, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/api/query", "kind": "html", "count": -1}])
        failed = audit(opened, repair=True)
        assert failed.error is not None
        assert (failed.repaired, failed.queued) == (0, 0)
        upstream.control(faults=[])
        done = audit(opened, repair=True)
        assert (done.missing.keys(), done.error) == (failed.missing.keys(), None)
        assert done.repaired == len(failed.missing)

    def test_records_without_a_text_are_looked_up(self, opened: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        bare = [Record(base, 0, BEFORE.date()) for base in (HEART.removeprefix("arxiv:"), "2506.99999")]
        monkeypatch.setattr("harvester.sources.arxiv.oai.list_records", lambda *_: iter(bare))
        found = audit(opened)
        assert list(found.missing) == [HEART]
        assert "arxiv:2506.99999" in found.notes[0]


class TestDeletedRecords:
    @pytest.fixture
    def late(self, opened: Workspace, upstream: Upstream) -> Workspace:
        upstream.control(today="2025-06-30")
        return replace(categorised(opened, "cs.AI"), clock=lambda: datetime.fromisoformat(THE_30TH))

    @both_databases
    def test_one_that_the_store_holds_becomes_withdrawn(self, late: Workspace) -> None:
        held(late, DELETED)
        assert list(audit(late, days=1).withdrawn) == [DELETED]
        before = stored(late, DELETED)
        assert before is not None
        assert not before.withdrawn

        done = audit(late, days=1, repair=True)
        assert list(done.withdrawn) == [DELETED]
        assert done.notes == []
        after = stored(late, DELETED)
        assert after == replace(before, withdrawn=True)
        assert audit(late, days=1).withdrawn == {}

    def test_one_that_it_lacks_is_not_missing(self, late: Workspace) -> None:
        found = audit(late, days=1)
        assert DELETED in found.checked
        assert DELETED not in found.missing
        assert found.withdrawn == {}

    def test_a_candidate_is_left_alone_and_told(self, late: Workspace) -> None:
        number = held(late, DELETED)
        with write(late.store) as db:
            enqueue(db, [(number, 0.9)], BEFORE)
        done = audit(late, days=1, repair=True)
        assert done.notes == [f"{DELETED} was deleted at arXiv; it is pending in the queue and stays there."]
        with read(late.store) as db:
            place = find_candidate(db, number)
        assert place is not None
        assert (place.state, place.version) == ("pending", 0)


class TestUpstreamsFailures:
    def test_an_expired_token_begins_the_list_again(self, opened: Workspace, upstream: Upstream) -> None:
        plain = audit(opened)
        upstream.control(faults=[{"match": "/oai", "kind": "badtoken"}])
        found = audit(opened)
        assert (found.missing, found.checked, found.error) == (plain.missing, plain.checked, None)

    @pytest.mark.parametrize(
        ("fault", "asked"),
        [
            ({"kind": "html"}, 2),  # the next set may be intact
            ({"kind": "badtoken", "count": -1}, 4),  # a service that does not answer gets no further requests
            ({"kind": "status", "status": 503}, 1),
        ],
    )
    def test_a_failure_is_told_once(
        self, opened: Workspace, upstream: Upstream, fault: dict[str, Any], asked: int
    ) -> None:
        upstream.control(faults=[{"match": "/oai", "count": -1, **fault}], clear_log=True)
        found = audit(categorised(opened, "eess.SP", "eess.IV"))
        assert found.error is not None
        assert found.error.count("OAI-PMH") + found.error.count("/oai") == 1
        assert found.checked == set()
        assert len(upstream.log()) == asked

    def test_an_empty_answer_proves_nothing(self, opened: Workspace, upstream: Upstream) -> None:
        upstream.control(faults=[{"match": "/oai", "kind": "empty", "count": -1}])
        assert "no record at all" in str(audit(opened).error)

    def test_an_empty_set_is_told(self, opened: Workspace) -> None:
        found = audit(categorised(opened, "eess.SP", "eess.NO"))
        assert found.error is None
        assert "nothing in eess:eess:NO" in found.notes[0]

    def test_a_clock_that_is_wrong(self, opened: Workspace) -> None:
        ahead = replace(opened, clock=lambda: datetime(2025, 6, 16, 12, tzinfo=UTC))
        assert "clock" in str(audit(ahead).error)

    def test_requests_go_through_arxivs_gate(self, opened: Workspace, upstream: Upstream) -> None:
        harvest = opened.settings.harvest
        assert harvest.arxiv is not None
        spaced = harvest.model_copy(update={"arxiv": harvest.arxiv.model_copy(update={"min_interval": 1.0})})
        ws = replace(opened, settings=opened.settings.model_copy(update={"harvest": spaced}))
        upstream.control(clear_log=True)
        audit(categorised(ws, "eess.SP", "eess.IV", "q-bio.QM"))
        times = [entry["time"] for entry in upstream.log()]
        assert len(times) == 3
        assert all(later - earlier > 0.5 for earlier, later in pairwise(times))  # the round trip takes time


def categorised(ws: Workspace, *categories: str) -> Workspace:
    """The same workspace with other sets to audit."""
    harvest = ws.settings.harvest
    assert harvest.arxiv_rss is not None
    rss = harvest.arxiv_rss.model_copy(update={"categories": categories})
    return replace(
        ws, settings=ws.settings.model_copy(update={"harvest": harvest.model_copy(update={"arxiv_rss": rss})})
    )
