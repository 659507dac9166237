"""Hosts with a catalog folder each share one store: each follows the others, and none undoes their decisions."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harvester.services.catalog.sync import Synced, sync_catalog
from harvester.services.review.decisions import decide_all
from harvester.services.workspace import Workspace
from harvester.store.decisions import decision_log
from harvester.store.engine import read
from harvester.store.queue import in_state
from tests.conftest import both_databases
from tests.room import Room

Hosts = tuple[Workspace, Workspace]


@pytest.fixture
def hosts(room: Room) -> Hosts:
    """Two hosts on one store, with ten candidates."""
    for number in range(1, 11):
        room.paper(f"Hearts {number}")
    catalog = room.ws.settings.catalog.model_copy(update={"dir": Path("data/elsewhere")})
    other = replace(room.ws, settings=room.ws.settings.model_copy(update={"catalog": catalog}))
    return room.ws, other


def decide(ws: Workspace, action: str, *numbers: int, **given: str) -> list[Path]:
    done = decide_all(ws, action, [f"2506.{number:05}" for number in numbers], "ann", "", given)
    assert [one.error for one in done] == [""] * len(numbers)
    return [Path(one.entry or "") for one in done]


def changes(done: Synced) -> tuple[int, int, int]:
    assert done.problems == []
    return done.accepted, done.corrected, done.withdrawn


def accepted(ws: Workspace) -> int:
    with read(ws.store) as db:
        return len(in_state(db, "accepted"))


def log_length(ws: Workspace) -> int:
    with read(ws.store) as db:
        return len(decision_log(db))


@both_databases
def test_hosts_with_a_folder_each_do_not_undo_each_others_decisions(hosts: Hosts) -> None:
    first, second = hosts
    decide(first, "accept", 1, 2, 3, 4, 5)
    decide(second, "accept", 6, 7, 8, 9)
    for host in hosts * 3:
        assert changes(sync_catalog(host)) == (0, 0, 0)
    assert accepted(first) == log_length(first) == 9


def test_a_file_that_nobody_touched_follows_what_was_decided_elsewhere(hosts: Hosts) -> None:
    first, second = hosts
    kept, rejected = decide(first, "accept", 1, 2, modality="ecg")
    shutil.copytree(first.catalog, second.catalog)  # as git pull brings them
    assert changes(sync_catalog(second)) == (0, 0, 0)
    decide(first, "accept", 1, modality="cmr")
    decide(first, "reject", 2)
    for host in (second, first) * 2:
        assert changes(sync_catalog(host)) == (0, 0, 0)
    assert log_length(first) == 4
    copies = [second.catalog / path.relative_to(first.catalog) for path in (kept, rejected)]
    assert '"cmr"' in copies[0].read_text()
    assert not copies[1].exists()


def test_a_change_made_in_either_folder_is_one_decision(hosts: Hosts) -> None:
    first, second = hosts
    one, two = decide(first, "accept", 1, 2, modality="ecg")
    shutil.copytree(first.catalog, second.catalog)
    sync_catalog(second)
    copy = second.catalog / one.relative_to(first.catalog)
    copy.write_text(copy.read_text().replace('"ecg"', '"echo"'))
    (second.catalog / two.relative_to(first.catalog)).unlink()
    done = sync_catalog(second)
    assert changes(done) == (0, 1, 1)
    assert done.gone == ["arxiv:2506.00002"]
    assert changes(sync_catalog(first)) == (0, 0, 0)
    assert '"echo"' in one.read_text()
    assert not two.exists()


def test_many_entries_that_go_at_once_are_asked_about(hosts: Hosts) -> None:
    host, _ = hosts
    entries = decide(host, "accept", *range(1, 11))
    for entry in entries[:4]:
        entry.unlink()
    done = sync_catalog(host)
    assert (done.withdrawn, accepted(host)) == (0, 10)
    assert "4 of 10 entries are gone" in done.problems[0]
    assert "catalog build --withdraw" in done.problems[0]
    assert changes(sync_catalog(host, withdraw_many=True)) == (0, 0, 4)
    assert accepted(host) == 6


def test_the_run_report_names_withdrawn_papers(make_room: Callable[..., Room]) -> None:
    room = make_room()
    room.paper("Hearts")
    (entry,) = decide(room.ws, "accept", 1)
    entry.unlink()
    report = room.json("run", "--source", "huggingface", "--no-digest", status=1)  # nothing answers there
    assert report["catalog"] == {"accepted": 0, "corrected": 0, "withdrawn": ["arxiv:2506.00001"]}


def test_all_of_an_answer_is_taken_on_the_command_line(make_room: Callable[..., Room]) -> None:
    room = make_room()
    for number in range(1, 6):
        room.paper(f"Hearts {number}")
    for entry in decide(room.ws, "accept", *range(1, 6)):
        entry.unlink()
    room.run("catalog", "build", "--withdraw")
    assert accepted(room.ws) == 0


def test_why_nothing_is_withdrawn_is_said_on_the_command_line(make_room: Callable[..., Room]) -> None:
    room = make_room()
    for number in (1, 2):
        room.paper(f"Hearts {number}")
    decide(room.ws, "accept", 1, 2)
    room.ws.catalog.rename(room.folder / "elsewhere")
    said = room.json("catalog", "build", "--withdraw", status=1)
    assert "Nothing was withdrawn" in said["problems"][0]
    assert accepted(room.ws) == 2


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("name", "withdrawn"), [("", 0), ("ci", 1)])
def test_a_machine_for_one_night_knows_its_folder_by_name(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch, name: str, withdrawn: int
) -> None:
    """In CI each night is another host; without a name it cannot tell a removed file from one that never came."""
    first, _ = hosts
    named = first.settings.catalog.model_copy(update={"folder_name": name})
    night = replace(first, settings=first.settings.model_copy(update={"catalog": named}))
    monkeypatch.setattr("socket.gethostname", lambda: "runner-1")
    files = decide(night, "accept", 1, 2)
    assert changes(sync_catalog(night)) == (0, 0, 0)
    files[0].unlink()
    monkeypatch.setattr("socket.gethostname", lambda: "runner-2")
    assert changes(sync_catalog(night)) == (0, 0, withdrawn)
