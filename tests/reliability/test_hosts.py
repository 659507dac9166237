"""Several processes on one store, as on several hosts: locks, decisions, the mail ledger, all services at once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import pairwise

import requests

from harvester.base.clock import rfc3339
from harvester.domain.decisions import LEADS_TO, standing
from harvester.mail.link_tokens import open_tokens
from harvester.services.subscribers.subscriptions import subscribers
from harvester.services.workspace import open_workspace
from harvester.store.decisions import decisions_on
from harvester.store.engine import read
from harvester.store.queue import find_candidate
from tests.conftest import ROOT, both_databases
from tests.room import Room, Sink, free_port

SCHEDULE = """
[schedule]
port = {port}
digest = "0 6 * * *"
run = ""
backup = ""
audit = ""
morning = ""
"""
# Each holder of the lock records when it acquired and released it; a process that is refused tries again.
HOLD = """
import os, sys, time
from pathlib import Path
from harvester.base.errors import LockHeld
from harvester.services.workspace import open_workspace
from harvester.store.locks import lock
ws = open_workspace(Path(sys.argv[1]))
diary = os.open("diary", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
print("ready", flush=True)
sys.stdin.readline()
times = refused = 0
while times < 5:
    try:
        with lock(ws.store, "run"):
            came = time.monotonic_ns()
            time.sleep(0.02)
            os.write(diary, f"{came} {time.monotonic_ns()}\\n".encode())
            times += 1
    except LockHeld:
        refused += 1
        time.sleep(0.005)
"""
# Reviewers who decide on one and the same paper as fast as they can, and say which of their decisions were recorded.
DECIDE = """
import sys
from pathlib import Path
from harvester.services.review.decisions import decide_all
from harvester.services.workspace import open_workspace
ws = open_workspace(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for n in range(4):
    for action in ("accept", "reject", "undo"):
        (done,) = decide_all(ws, action, [sys.argv[2]], sys.argv[3], "", {})
        assert not done.error or (action == "undo" and "no decision left" in done.error), done.error
        print("nothing left" if done.error else "already" if done.repeated else action)
"""


def at_once(room: Room, script: str, each: Sequence[Sequence[str]]) -> list[list[str]]:
    """Run a script in several processes that begin together; returns the lines that each printed."""
    said = []
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HARVESTER_NOW": rfc3339(room.now)}
    with ExitStack() as all_of_them:
        started = [
            all_of_them.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", script, str(room.config), *arguments],
                    cwd=room.config.parent,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for arguments in each
        ]
        for process in started:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in started:
            out, err = process.communicate(timeout=240)
            assert process.returncode == 0, err
            said.append(out.splitlines())
    return said


@both_databases
def test_a_lock_has_one_holder_at_a_time(room: Room) -> None:
    at_once(room, HOLD, [()] * 3)
    held = sorted(tuple(map(int, line.split())) for line in (room.config.parent / "diary").read_text().splitlines())
    assert len(held) == 15
    assert all(left <= came for (_, left), (came, _) in pairwise(held))


@both_databases
def test_reviewers_of_one_paper_leave_one_whole_story(room: Room) -> None:
    """Every decision that was acknowledged as new is in the log, once, and only those; none repeats what stood."""
    number, names = room.paper("Hearts"), ("ann", "bob", "cat")
    room.decide(number, "reject")
    said = dict(zip(names, at_once(room, DECIDE, [("2506.00001", name) for name in names]), strict=True))
    with read(room.ws.store) as db:
        place, log = find_candidate(db, number), decisions_on(db, [number])[number]
    assert [len(lines) for lines in said.values()] == [12] * 3
    recorded = {name: [line for line in lines if line in LEADS_TO or line == "undo"] for name, lines in said.items()}
    assert {name: [made.action for made in log if made.by == name] for name in names} == recorded
    for before, made in enumerate(log[1:], 1):
        stood = standing(log[:before]).decision
        assert made.action != (stood.action if stood else "undo"), f"decision {before} says nothing new"
    assert place
    assert place.version == len(log) == 1 + sum(map(len, recorded.values()))
    assert place.state == standing(log).state
    assert place.filed
    assert bool(list((room.ws.catalog / "entries").rglob("*.toml"))) == (place.state == "accepted")


@both_databases
def test_nobody_gets_a_digest_twice(room: Room, smtp: Sink) -> None:
    people = [f"reader{n}@example.org" for n in range(8)]
    for person in people:
        room.subscribe(person)
    room.accept("Hearts")
    command = [sys.executable, "-m", "harvester", "digest", "send", "--json", "--config", str(room.config)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HARVESTER_NOW": rfc3339(room.now)}
    with ExitStack() as all_of_them:
        started = [
            all_of_them.enter_context(subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True))
            for _ in range(3)
        ]
        ended = [(process.communicate(timeout=240), process.returncode) for process in started]
    assert {status for _, status in ended} <= {0, 75}, ended
    assert sum(json.loads(out)["sent"] for (out, _), status in ended if status == 0) == len(people)
    assert sorted(message["To"] for message in smtp.messages) == people
    assert room.deliveries() == {"sent": len(people)}


def test_web_scheduler_and_commands_side_by_side(
    make_room: Callable[[str], Room], postgres_url: str, smtp: Sink
) -> None:
    """The scheduler mails what is due while a command tries the same, and a reader unsubscribes on the web pages."""
    room = make_room(postgres_url)
    room.subscribe("jo@example.org")
    room.accept("Hearts")
    config = (
        room.config.read_text() + '[schedule]\ndigest = "0 6 * * *"\nrun = ""\nbackup = ""\naudit = ""\nmorning = ""\n'
    )
    room.config.write_text(config + f"port = {free_port()}\n")
    base = [sys.executable, "-m", "harvester"]
    at = {**os.environ, "PYTHONPATH": str(ROOT)}
    today, tomorrow = ({**at, "HARVESTER_NOW": moment} for moment in ("2025-06-12T23:30:00Z", "2025-06-13T08:00:00Z"))
    first = [*base, "schedule", "--once", "--config", str(room.config)]
    subprocess.run(first, env=today, check=True, stdout=subprocess.DEVNULL)
    with ExitStack() as all_of_them:

        def start(*arguments: str) -> "subprocess.Popen[str]":
            command = [*base, *arguments, "--config", str(room.config)]
            process = subprocess.Popen(command, env=tomorrow, stdout=subprocess.PIPE, text=True)
            all_of_them.enter_context(process)
            all_of_them.callback(process.kill)
            return process

        web, scheduler = start("web", "--json"), start("schedule", "--json")
        url = _url(web)
        assert _url(scheduler)
        assert start("digest", "send").wait(200) in (0, 75)
        tokens = open_tokens(room.ws.settings)
        leave = f"{url}/unsubscribe/{tokens.unsubscribe(tokens.key('jo@example.org'))}"
        while not smtp.raw:
            assert scheduler.poll() is None
            time.sleep(0.1)
        assert requests.post(leave, data={"List-Unsubscribe": "One-Click"}, timeout=60).status_code == 200
        assert 'harvester_subscribers{state="unsubscribed"} 1.0' in requests.get(f"{url}/metrics", timeout=60).text
        for process in (web, scheduler):
            process.send_signal(signal.SIGTERM)
        assert scheduler.wait(200) == 0
        web.wait(200)
    assert len(smtp.raw) == 1
    assert [subscriber.state for subscriber in subscribers(open_workspace(room.config))] == ["unsubscribed"]


def _url(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return str(json.loads("".join(process.stdout.readline() for _ in range(3)))["url"])
