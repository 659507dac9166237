"""Decisions, the catalogue's files that follow them, and files that win, on both databases."""

import os
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from harvester.base.errors import UsageError
from harvester.config.settings import load_settings
from harvester.domain.candidates import QueueFilter, parse_state
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.predictions import Prediction
from harvester.services.catalog.lists import build, import_list
from harvester.services.catalog.sync import sync_catalog
from harvester.services.review.decisions import CATALOG_LOCK, Decided, decide_all, settle
from harvester.services.review.documents import paper_document, queue_document
from harvester.services.review.explanations import explain_if_possible
from harvester.services.review.queries import paper_detail, queue_page
from harvester.services.workspace import Workspace, taxonomy_of
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store import schema
from harvester.store.engine import connect, open_store, write
from harvester.store.locks import lock
from harvester.store.predictions import save
from harvester.store.queue import enqueue, find_candidate, rescore
from harvester.store.recording import record
from harvester.store.tables import candidates as candidates_table
from tests.conftest import both_databases
from tests.room import Room

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)


@pytest.fixture
def ws(tmp_path: Path, store_url: str) -> Iterator[Workspace]:
    """A working folder with three candidates, the first of them predicted as an ECG diagnosis."""
    room = Room.make(tmp_path, "http://127.0.0.1:1", store_url)
    settings = load_settings(room.config)
    schema.upgrade(connect(settings.store_url))
    opened = Workspace(settings, open_store(settings.store_url), taxonomy_of(settings), lambda: NOW)
    with write(opened.store) as db:
        for number in range(1, 4):
            put(opened, db, number)
    yield opened
    opened.store.dispose()


def put(ws: Workspace, db: object, number: int) -> None:
    paper = Paper(
        (f"arxiv:2506.0000{number}",),
        f"Paper {number} about the heart",
        "Abstract.",
        (Author("Ann Doe"),),
        NOW,
        NOW,
        1,
        links={"paper": f"https://arxiv.org/abs/2506.0000{number}"},
    )
    (merged,) = record(db, [Sighting(ARXIV, paper)], NOW)  # type: ignore[arg-type]
    labels = Labels({"task": ("diagnosis",), "modality": ("ecg",), "disease": (), "kind": ("research",)})
    prediction = Prediction(1 - number / 10, True, labels, ("task:prognosis",), {}, "model")
    save(db, [(merged.number, paper, prediction)], NOW)  # type: ignore[arg-type]
    enqueue(db, [(merged.number, prediction.scope)], NOW)  # type: ignore[arg-type]


def candidates(ws: Workspace, state: str, limit: int | None = None) -> list[dict[str, Any]]:
    """What ``queue --json`` shows."""
    return queue_document(queue_page(ws, QueueFilter(state), limit).rows, ws.taxonomy)


def whole(ws: Workspace, name: str) -> dict[str, Any]:
    """What ``show --json`` shows, except for the explanation."""
    return paper_document(paper_detail(ws, name), ws.taxonomy)


def explained(ws: Workspace, name: str) -> Any:
    """The explanation that ``show --json`` shows."""
    detail = paper_detail(ws, name)
    return paper_document(detail, ws.taxonomy, explain_if_possible(ws, detail))["explanation"]


def decide(ws: Workspace, action: str, name: str = "2506.00001", **given: str) -> Decided:
    return decide_all(ws, action, [name], "ann", "", given)[0]


def text_of(decided: Decided) -> str:
    assert decided.entry is not None
    return Path(decided.entry).read_text(encoding="utf-8")


@both_databases
def test_the_queue_is_best_first_and_says_what_is_unsure(ws: Workspace) -> None:
    queue = candidates(ws, "pending")
    assert [row["id"] for row in queue] == ["arxiv:2506.00001", "arxiv:2506.00002", "arxiv:2506.00003"]
    assert queue[0]["modality"] == ["ecg"]
    assert queue[0]["unsure"] == ["task:prognosis"]
    assert len(candidates(ws, "pending", 2)) == 2
    with pytest.raises(UsageError, match="pending, accepted"):
        parse_state("lost")


@both_databases
def test_accept_writes_the_entry_and_undo_takes_it_back(ws: Workspace) -> None:
    accepted = decide(ws, "accept", modality="echo,ecg", task="")
    assert accepted.state == "accepted"
    text = text_of(accepted)
    assert 'id = "arxiv:2506.00001"' in text
    assert 'modality = ["ecg", "echo"]' in text, "in the taxonomy's order"
    assert "task = []" in text
    undone = decide(ws, "undo")
    assert (undone.state, undone.entry) == ("pending", None)
    assert not Path(accepted.entry or "").exists()
    assert [decision["action"] for decision in whole(ws, "2506.00001")["decisions"]] == ["accept", "undo"]


def test_undo_of_a_correction_brings_the_former_labels_back(ws: Workspace) -> None:
    decide(ws, "accept")
    corrected = decide(ws, "accept", modality="pcg")
    assert '"pcg"' in text_of(corrected)
    assert '"ecg"' in text_of(decide(ws, "undo"))


@both_databases
def test_each_paper_is_decided_by_itself(ws: Workspace) -> None:
    done = decide_all(ws, "reject", ["2506.00001", "9999.99999", "2506.00002"], "ann", "off topic", {})
    assert [decided.state for decided in done] == ["rejected", "", "rejected"]
    assert "9999.99999" in done[1].error
    assert whole(ws, "2506.00001")["decisions"][0]["reason"] == "off topic"


@pytest.mark.parametrize(
    ("facet", "text"), [("modality", "eeg"), ("kind", "research,review"), ("kind", ""), ("organ", "x")]
)
def test_a_label_that_the_taxonomy_lacks_changes_nothing(ws: Workspace, facet: str, text: str) -> None:
    with pytest.raises(UsageError, match=facet):
        decide(ws, "accept", **{facet: text})
    assert whole(ws, "2506.00001")["state"] == "pending"


def test_an_entry_that_people_wrote_comes_back_with_their_labels(ws: Workspace) -> None:
    file = ws.catalog / "entries" / "2023" / "by-hand.toml"
    file.parent.mkdir(parents=True)
    written = 'id = "title:byhand"\ntitle = "By hand"\nkind = "review"\ntask = ["segmentation"]\nmodality = ["cmr"]\n'
    file.write_text(written)
    sync_catalog(ws)
    (gone,) = decide_all(ws, "undo", ["title:byhand"], "ann", "", {})
    assert (gone.state, gone.error, file.exists()) == ("pending", "", False)
    (back,) = decide_all(ws, "accept", ["title:byhand"], "ann", "", {})
    text = (ws.catalog / str(back.entry)).read_text()
    assert all(part in text for part in ('kind = "review"', '"segmentation"', '"cmr"'))


def test_nothing_left_to_undo_is_said(ws: Workspace) -> None:
    assert "no decision left" in decide(ws, "undo").error


def test_what_a_crash_left_unwritten_is_written_by_the_next_step(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision is recorded before the file is written; here the power fails in between."""
    monkeypatch.setattr("harvester.services.review.decisions.write_entry", _power_cut)
    with pytest.raises(SystemExit):
        decide(ws, "accept")
    monkeypatch.undo()
    assert not list(ws.catalog.rglob("*.toml"))
    build(ws)
    assert len(list(ws.catalog.rglob("*.toml"))) == 1
    assert "Paper 1 about the heart" in (ws.catalog / "README.md").read_text()


def _power_cut(*_: object) -> None:
    raise SystemExit


def test_a_folder_that_cannot_be_written_is_named_and_the_decision_kept(ws: Workspace) -> None:
    ws.catalog.parent.mkdir(parents=True, exist_ok=True)
    ws.catalog.write_text("a file where the folder should be")
    failed = decide(ws, "accept")
    assert str(ws.catalog) in failed.error
    assert "decision is kept" in failed.error
    ws.catalog.unlink()
    build(ws)
    assert len(list(ws.catalog.rglob("*.toml"))) == 1


@both_databases
def test_files_win_added_corrected_and_removed(ws: Workspace) -> None:
    entry = Path(decide(ws, "accept").entry or "")
    decide(ws, "accept", "2506.00002")
    entry.write_text(entry.read_text().replace('"ecg"', '"echo"') + "# a hand-written note\n")
    other = entry.parent / "by-hand.toml"
    other.write_text(
        'id = "doi:10.1000/x"\ntitle = "By hand"\nkind = "review"\n[links]\npaper = "https://doi.org/10.1000/x"\n'
    )
    done = sync_catalog(ws)
    assert (done.accepted, done.corrected, done.withdrawn, done.problems) == (1, 1, 0, [])
    assert whole(ws, "2506.00001")["decisions"][-1]["labels"]["modality"] == ["echo"]
    assert whole(ws, "10.1000/x")["state"] == "accepted"

    again = sync_catalog(ws)
    assert (again.accepted, again.corrected, again.withdrawn) == (0, 0, 0)
    assert "# a hand-written note" in text_of(decide(ws, "accept", modality="cmr")), "hand edits survive"

    entry.unlink()
    assert sync_catalog(ws).withdrawn == 1
    assert whole(ws, "2506.00001")["state"] == "rejected"
    assert decide(ws, "undo").state == "accepted"
    assert entry.exists()


def test_a_lost_folder_withdraws_nothing(ws: Workspace) -> None:
    for number in (1, 2, 3):
        decide(ws, "accept", f"2506.0000{number}")
    os.rename(ws.catalog, ws.catalog.with_name("elsewhere"))
    done = sync_catalog(ws)
    assert done.withdrawn == 0
    assert "restore the folder" in done.problems[0]
    assert len(candidates(ws, "accepted")) == 3


def test_a_broken_entry_is_named_and_not_taken_for_a_withdrawal(ws: Workspace) -> None:
    entry = Path(decide(ws, "accept").entry or "")
    decide(ws, "accept", "2506.00002")
    entry.write_text("title = ")
    done = sync_catalog(ws)
    assert done.withdrawn == 0
    assert entry.name in done.problems[0]


def test_a_newer_version_keeps_the_decision(ws: Workspace) -> None:
    decide(ws, "reject")
    with write(ws.store) as db:
        newer = Paper(("arxiv:2506.00001",), "A new title", "Other.", version=2, withdrawn=True)
        record(db, [Sighting(ARXIV, newer)], NOW)
        found = find_candidate(db, 1)
    assert found is not None
    assert found.state == "rejected"
    assert whole(ws, "2506.00001")["title"] == "A new title"


def test_a_renamed_file_stays_the_papers_entry(ws: Workspace) -> None:
    for number in (1, 2):
        entry = Path(decide(ws, "accept", f"2506.0000{number}").entry or "")
        renamed = entry.rename(entry.with_name(f"renamed-{number}.toml"))
        done = sync_catalog(ws)
        assert (done.accepted, done.corrected, done.withdrawn, done.problems) == (0, 0, 0, [])
        assert len(whole(ws, f"2506.0000{number}")["decisions"]) == 1
        assert renamed.exists()
    assert text_of(decide(ws, "accept", modality="cmr")) == (ws.catalog / "entries/2025/renamed-1.toml").read_text()
    decide(ws, "reject", "2506.00002")
    assert [path.name for path in ws.catalog.rglob("*.toml")] == ["renamed-1.toml"]
    assert '"cmr"' in (ws.catalog / "entries/2025/renamed-1.toml").read_text()


def test_two_files_of_one_paper_are_named_and_only_one_counts(ws: Workspace) -> None:
    """The earlier file counts, whatever the two are called, and the decision is not repeated every night."""
    with write(ws.store) as db:
        named = Paper(("arxiv:2506.00001", "doi:10.1000/x"), "Paper 1 about the heart", "Abstract.", version=1)
        record(db, [Sighting(ARXIV, named)], NOW)
    entry = Path(decide(ws, "accept").entry or "")
    for name in ("0-before.toml", "z-after.toml"):
        other = entry.with_name(name)
        other.write_text(
            'id = "doi:10.1000/x"\ntitle = "By hand"\nkind = "review"\n[links]\npaper = "https://a.org/b"\n'
        )
        for _ in range(3):
            done = sync_catalog(ws)
            assert (done.accepted, done.corrected, done.withdrawn) == (0, 0, 0)
            (problem,) = done.problems
            assert name in problem
            assert entry.name in problem
        assert [decision["action"] for decision in whole(ws, "2506.00001")["decisions"]] == ["accept"]
        other.unlink()
    assert sync_catalog(ws).problems == []


def test_a_malformed_address_among_several_names_changes_nothing(ws: Workspace) -> None:
    with pytest.raises(UsageError, match=r"example\.org"):
        decide_all(ws, "reject", ["2506.00001", "https://example.org/x", "2506.00002"], "ann", "", {})
    assert len(candidates(ws, "pending")) == 3


def test_the_sentences_that_labels_rest_on(ws: Workspace) -> None:
    abstract = "We classify arrhythmias from the twelve-lead electrocardiogram. The weather was fine."
    with write(ws.store) as db:
        paper = Paper(("arxiv:2506.00001",), "Paper 1 about the heart", abstract, version=2)
        record(db, [Sighting(ARXIV, paper)], NOW)
        record(db, [Sighting(ARXIV, Paper(("arxiv:2506.00009",), "Never classified", "Abstract."))], NOW)
    assert whole(ws, "2506.00001")["explanation"] is None, "only where it is asked for"
    assert explained(ws, "2506.00009") is None
    decide(ws, "accept", modality="ecg,echo", task="")
    found = explained(ws, "2506.00001")
    assert set(found) == {"modality:ecg", "modality:echo", "kind:research"}, "of the labels in force"
    first = found["modality:ecg"][0]
    assert first["sentence"] == abstract.split(". ")[0] + "."
    assert 0 < first["drop"] <= 1


def test_build_and_import_wait_for_the_catalogue(ws: Workspace, tmp_path: Path) -> None:
    listed = tmp_path / "list.md"
    listed.write_text("# Data\n### ECG\n**Another one** \\\n[2023] [X] \\\n[[Paper](https://a.org/b)]\n")
    for step in (lambda: build(ws), lambda: import_list(ws, [listed])):
        with ThreadPoolExecutor(1) as pool:
            with lock(ws.store, CATALOG_LOCK):
                waiting = pool.submit(step)
                with pytest.raises(TimeoutError):
                    waiting.result(0.5)
            waiting.result(30)


def test_import_names_what_it_could_not_read(ws: Workspace, tmp_path: Path) -> None:
    broken = ws.catalog / "entries" / "2024" / "broken.toml"
    broken.parent.mkdir(parents=True)
    broken.write_text("title = ")
    listed = tmp_path / "list.md"
    listed.write_text("# Data\n### ECG\n**Another one** \\\n[2023] [X] \\\n[[Paper](https://a.org/b)]\n")
    done = import_list(ws, [listed])
    assert done.new == 1
    assert any("broken.toml" in problem for problem in done.problems)
    assert done.to_json()["problems"] == list(done.problems)


def test_import_takes_a_list_in_once(ws: Workspace, tmp_path: Path) -> None:
    listed = tmp_path / "list.md"
    listed.write_text(
        "# Data\n### ECG\n**Paper 1 about the heart** \\\n[2024] [Somewhere] \\\n[[Paper](https://example.org/p)]\n\n"
        "**Another one** \\\n[2023] [MICCAI] \\\n[[Paper](https://arxiv.org/abs/2307.14433)]\n"
    )
    assert import_list(ws, [listed], dry_run=True).new == 2
    assert not list(ws.catalog.rglob("*.toml"))
    first, second = import_list(ws, [listed]), import_list(ws, [listed])
    assert (first.new, first.merged) == (2, 0)
    assert (second.new, second.merged) == (0, 2)
    assert whole(ws, "2307.14433")["state"] == "accepted"
    known = whole(ws, "2506.00001")
    assert known["state"] == "accepted", "a listed title is the harvested paper of that title"
    assert known["decisions"][0]["via"] == "files"
    assert len(candidates(ws, "accepted")) == 2


def accepted(ws: Workspace, *numbers: int) -> list[Path]:
    return [Path(decide(ws, "accept", f"2506.0000{number}").entry or "") for number in numbers]


def test_all_entries_removed_are_all_withdrawn(ws: Workspace) -> None:
    """A catalogue emptied in git stayed accepted night after night, since a lost folder looked the same."""
    entries = accepted(ws, 1, 2)
    build(ws)
    for entry in entries:
        entry.unlink()
    done = sync_catalog(ws)
    assert (done.withdrawn, done.problems) == (2, [])


def test_an_entry_that_was_renamed_and_broken_in_one_edit_is_not_withdrawn(ws: Workspace) -> None:
    first, second = accepted(ws, 1, 2)
    text = first.read_text()
    first.unlink()
    broken = first.with_name("renamed.toml")
    for faulty in (text + "task = [", "title = "):
        broken.write_text(faulty)
        done = sync_catalog(ws)
        assert done.withdrawn == 0
        assert any("renamed.toml" in problem for problem in done.problems)
        assert len(candidates(ws, "accepted")) == 2
    broken.write_text(text + "task = [")
    second.unlink()
    assert sync_catalog(ws).withdrawn == 1, "the other one is gone"
    assert whole(ws, "2506.00001")["state"] == "accepted"


def test_a_file_that_somebody_is_at_work_on_is_not_removed(ws: Workspace) -> None:
    (entry,) = accepted(ws, 1)
    entry.write_text("title = <<<<<<< HEAD")
    rejected = decide(ws, "reject")
    assert entry.name in rejected.error
    assert "decision is kept" in rejected.error
    assert entry.exists()
    entry.unlink()
    assert sync_catalog(ws).problems == []
    assert whole(ws, "2506.00001")["state"] == "rejected"


def test_a_failed_item_says_where_its_paper_stands(ws: Workspace) -> None:
    known, unknown = decide_all(ws, "undo", ["https://arxiv.org/abs/2506.00001v3", "9999.99999"], "ann", "", {})
    assert known.to_json() == {"id": "arxiv:2506.00001", "state": "pending", "entry": None, "error": known.error}
    assert unknown.to_json() == {"id": "9999.99999", "state": None, "entry": None, "error": unknown.error}


@both_databases
def test_a_paper_withdrawn_while_it_waits_comes_last_and_says_so(ws: Workspace) -> None:
    with write(ws.store) as db:
        record(db, [Sighting(ARXIV, Paper(("arxiv:2506.00001",), "Gone", "", version=2, withdrawn=True))], NOW)
        rescore(db, "model")
    queue = candidates(ws, "pending")
    assert [(row["id"][-1], row["withdrawn"]) for row in queue] == [("2", False), ("3", False), ("1", True)]


def test_an_entry_gets_the_code_and_data_that_the_paper_names(ws: Workspace) -> None:
    name_resources(ws, "2506.00001")
    text = text_of(decide(ws, "accept"))
    assert tomllib.loads(text)["links"] == {
        "paper": "https://arxiv.org/abs/2506.00001",
        "code": "https://github.com/a/b",
        "data": "https://physionet.org/content/ecg",
    }
    assert whole(ws, "2506.00001")["resources"] == {
        "code": "https://github.com/a/b",
        "data": "https://physionet.org/content/ecg",
    }


def test_declined_links_stay_away_even_if_the_file_is_written_later(ws: Workspace) -> None:
    name_resources(ws, "2506.00001")
    (done,) = decide_all(ws, "accept", ["2506.00001"], "ann", "", {}, links=False)
    assert "code" not in text_of(done)
    Path(done.entry or "").unlink()
    with write(ws.store) as db:
        waits = candidates_table.c.state == "accepted"
        db.execute(update(candidates_table).where(waits).values(filed=False, entry=None))  # as after a crash
    assert settle(ws) == []
    assert "code" not in text_of(done)


def name_resources(ws: Workspace, name: str) -> None:
    paper = paper_detail(ws, name).paper
    told = "Code: github.com/a/b, data: https://physionet.org/content/ecg/"
    with write(ws.store) as db:
        record(db, [Sighting(ARXIV, replace(paper, comment=told, version=2))], NOW)
