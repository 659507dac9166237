"""``catalog check --online`` on a website of the test's own."""

import json
import signal
import time
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harvester.base.locks import file_lock
from harvester.services.catalog import link_check
from tests.room import Room, free_port
from tests.room.website import Website, sending, website

NIGHT = "2026-03-04T05:06:07Z"
LIST = "stale-list"  # nobody has built a list in these folders


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as made:
        yield made


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return folder(tmp_path)


def folder(path: Path, **catalog: object) -> Room:
    return Room.make(path, catalog={"link_interval": 0.0, **catalog})


def entry(room: Room, name: str, links: str, head: str = "") -> Path:
    path = room.folder / "data" / "catalog" / "entries" / "2024" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f'{head}id = "title:{name}"\ntitle = "{name}"\nkind = "review"\n[links]\n{links}\n'.encode())
    return path


def check(room: Room, *options: str, now: str = NIGHT, status: int = 0) -> list[dict[str, Any]]:
    found = room.json("catalog", "check", "--online", *options, now=now, status=status)
    return [finding for finding in found if finding["rule"] != LIST]


def test_each_link_is_told_for_what_it_is(room: Room, site: Website) -> None:
    gone = f"http://127.0.0.1:{free_port()}/"
    site.answers |= {
        "/ok": 200,
        "/moved": (301, {"Location": "/ok"}),
        "/moved-away": (308, {"Location": "/nothing"}),
        "/for-now": (302, {"Location": "/ok"}),
        "/refused": 403,
        "/linkedin": 999,
        "/busy": (503, {"Retry-After": "Wed, 04 Mar 2026 09:00:00 GMT", "Date": "Wed, 04 Mar 2026 05:00:00 GMT"}),
        "/broken": 500,
        "/login-first": (302, {"Location": "/login"}),
        "/login": 200,
        "/lost": (302, {"Location": "/"}),
        "/": 200,
    }
    paths = [path for path in site.answers if path not in ("/", "/login")]
    for number, link in enumerate([*(f"{site.url}{path}" for path in paths), gone, "ftp://a.example/x"]):
        entry(room, f"{number:02}", f'paper = "{link}"')
    found = {finding.get("address"): finding for finding in check(room, status=1)}
    told = {
        address.removeprefix(site.url) if address else finding["rule"]: f"{finding['grade']} {finding['rule']}"
        for address, finding in found.items()
    }
    assert told == {
        "bad-link": "error bad-link",
        "/moved": "warning moved-link",
        "/moved-away": "warning dead-link",
        "/broken": "warning dead-link",
        gone: "warning dead-link",
        "/refused": "note unclear-link",
        "/linkedin": "note unclear-link",
        "/busy": "note unclear-link",
        "/login-first": "note unclear-link",
        "/lost": "note unclear-link",
    }
    away = f"The paper link {site.url}/moved-away leads to {site.url}/nothing, which answers HTTP 404."
    assert found[f"{site.url}/moved-away"]["message"] == away
    assert found[gone]["message"] == f"The paper link {gone} does not answer: the connection was refused."
    moved = found[f"{site.url}/moved"]
    assert (moved["moved_to"], moved["file"], moved["line"]) == (f"{site.url}/ok", "entries/2024/01.toml", 5)
    assert found[f"{site.url}/refused"]["moved_to"] is None
    assert list(moved)[:5] == ["grade", "rule", "file", "line", "message"]


def test_what_cannot_be_told_fails_no_check(room: Room, site: Website) -> None:
    site.answers |= {f"/{status}": status for status in (401, 403, 451, 999)}
    site.answers["/429"] = (429, {"Retry-After": "3600"})
    entry(room, "a", "\n".join(f'p{path[1:]} = "{site.url}{path}"' for path in site.answers))
    room.run("catalog", "build")
    assert {finding["grade"] for finding in check(room, "--strict")} == {"note"}
    site.answers["/404"] = 404
    entry(room, "b", f'paper = "{site.url}/404"')
    room.run("catalog", "build")
    assert len(check(room, "--strict", status=1)) == 6


def test_people_get_one_note_for_each_host(room: Room, site: Website) -> None:
    with website("127.0.0.2") as other:
        for number in range(5):
            site.answers[f"/{number}"] = 403
            entry(room, f"p{number}", f'paper = "{site.url}/{number}"')
        other.answers["/a"] = 999
        entry(room, "q", f'paper = "{other.url}/a"')
        shown = room.run("catalog", "check", "--online")
    assert shown.count("note: ") == 2
    assert f"4 more links to {site.url.removeprefix('http://')}; --json lists them." in shown
    assert shown.endswith("7 findings.\n")


def test_one_address_is_asked_once_whoever_links_to_it(room: Room, site: Website) -> None:
    site.answers["/a"] = 200
    entry(room, "a", f'paper = "{site.url}/a#one"\ncode = "{site.url}/b"\npdf = "{site.url}/a"')
    entry(room, "b", f'paper = "{site.url}/a#two"\ncode = "{site.url}/b#readme"')
    found = check(room)
    assert sorted(site.asked) == ["GET /b", "HEAD /a", "HEAD /b"]
    assert [finding["address"] for finding in found] == [f"{site.url}/b", f"{site.url}/b#readme"]


COMMENTED = """\
# By hand; keep this.
id   = 'title:a'  # the key
title = "a"
kind = 'review'

[links]
# the first
paper  =  '{url}/old#results'   # of 2024
code = "{url}/gone"
# the end"""


def test_a_permanent_move_is_written_and_nothing_else(room: Room, site: Website) -> None:
    site.answers |= {"/old": (301, {"Location": "/new"}), "/new": 200, "/fine": 200}
    path = entry(room, "a", "")
    path.write_text(COMMENTED.format(url=site.url))
    kept = entry(room, "b", f'paper = "{site.url}/fine"\ncode = "http://[::1"', "\r\n").read_bytes()
    before = path.read_text()
    assert [finding["rule"] for finding in check(room, status=1)] == ["bad-link", "moved-link", "dead-link"]
    assert path.read_text() == before, "without --fix nothing is written"
    found = check(room, "--fix", status=1)
    assert path.read_text() == before.replace(f"'{site.url}/old#results'", f'"{site.url}/new#results"')
    assert (path.parent / "b.toml").read_bytes() == kept
    assert [(finding["grade"], finding["rule"], finding["line"]) for finding in found] == [
        ("error", "bad-link", 7),
        ("warning", "dead-link", 9),
        ("note", "moved-link", 8),
    ]
    assert found[2]["moved_to"] == f"{site.url}/new#results"
    assert [finding["rule"] for finding in check(room, "--fix", status=1)] == ["bad-link", "dead-link"]
    assert room.run("catalog", "check", now=NIGHT, status=1).count("stale-list") == 1, "the list has the old address"


@pytest.mark.parametrize(
    "links", ['links = {{ paper = "{url}/old", code = "{url}/new" }}', "links.paper = '{url}/old'"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_links_are_written_in_every_layout(room: Room, site: Website, links: str, end: str) -> None:
    site.answers |= {"/old": (308, {"Location": "/new"}), "/new": 200, "/b": 200}
    path = entry(room, "a", "")
    lines = ["# kept", links.format(url=site.url) + "  # these", 'id = "title:a"', 'title = "a"', 'kind = "review"', ""]
    path.write_bytes(end.join(lines).encode())
    check(room, "--fix")
    expected = end.join(lines).replace(f"{site.url}/old", f"{site.url}/new").replace("'", '"')
    assert path.read_bytes().decode() == expected


def test_what_somebody_writes_meanwhile_stays(room: Room, site: Website) -> None:
    path = entry(room, "a", f'paper = "{site.url}/old"\ncode = "{site.url}/old"')

    def edit_and_redirect(handler: Any) -> None:
        path.write_text(path.read_text().replace('title = "a"', 'title = "Mended"').replace("code =", 'code = "" #'))
        sending(b"HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n")(handler)

    site.answers |= {"/old": edit_and_redirect, "/new": 200}
    check(room, "--fix", status=1)
    assert 'title = "Mended"' in path.read_text()
    assert f'paper = "{site.url}/new"' in path.read_text()


def test_a_file_that_cannot_be_written_stops_no_other(room: Room, site: Website) -> None:
    site.answers |= {"/old": (301, {"Location": "/new"}), "/new": 200}
    broken = entry(room, "a", f'paper = "{site.url}/old"')

    def spoil_and_redirect(handler: Any) -> None:
        broken.write_text("id = ")
        sending(b"HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n")(handler)

    site.answers["/old"] = spoil_and_redirect
    other = entry(room, "b", f'paper = "{site.url}/old"')
    found = check(room, "--fix", status=1)
    assert [(finding["grade"], finding["rule"], Path(finding["file"]).name) for finding in found] == [
        ("error", "broken-toml", "a.toml"),
        ("error", "unwritten-link", "a.toml"),
        ("note", "moved-link", "b.toml"),
    ]
    assert "/new" in other.read_text()
    assert broken.read_text() == "id = "


def test_answers_are_remembered_for_as_long_as_they_count(room: Room, site: Website) -> None:
    site.answers |= {"/ok": 200, "/moved": (301, {"Location": "/ok"}), "/403": 403, "/500": 500}
    entry(room, "a", "\n".join(f'a{name[1:]} = "{site.url}{name}"' for name in [*site.answers, "/404"]))
    first = check(room)
    assert site.asked[:3] == ["HEAD /403", "GET /403", "GET /404"], "a host that refuses HEAD is spared it"
    assert len(site.asked) == 7

    def asked_again(now: str, *options: str) -> list[str]:
        site.log.clear()
        check(room, *options, now=now)
        return sorted({path for _, _, path in site.log})

    assert asked_again("2026-03-04T05:06:08Z") == ["/500"]
    assert [finding["message"] for finding in check(room)] == [finding["message"] for finding in first]
    assert asked_again("2026-03-05T05:06:07Z") == ["/403", "/404", "/500", "/moved", "/ok"]
    assert asked_again("2026-03-05T05:06:08Z", "--recheck") == ["/403", "/404", "/500", "/moved", "/ok"]
    entry(room, "a", f'paper = "{site.url}/ok"')
    assert asked_again("2026-04-03T05:06:08Z") == []
    assert asked_again("2026-04-04T05:06:08Z") == ["/ok"]
    assert list(json.loads((room.folder / link_check.MEMORY).read_text())["answers"]) == [f"{site.url}/ok"]


def test_a_remembered_answer_has_its_day(room: Room, site: Website) -> None:
    entry(room, "a", f'paper = "{site.url}/404"')
    check(room)
    (later,) = check(room, now="2026-03-05T01:00:00Z")
    assert later["message"].endswith("answers HTTP 404 (asked on 2026-03-04).")


def test_how_long_links_count_is_configured(tmp_path: Path, site: Website) -> None:
    room = folder(tmp_path, link_days=0)
    site.answers["/ok"] = 200
    entry(room, "a", f'paper = "{site.url}/ok"')
    assert check(room) == check(room) == []
    assert len(site.log) == 2


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"answers": []}', '{"answers": {"x": 1}}', "[" * 100_000, "\ud800"])
def test_a_damaged_memory_only_costs_questions(room: Room, site: Website, damage: str) -> None:
    memory = room.folder / link_check.MEMORY
    memory.parent.mkdir(exist_ok=True)
    memory.write_bytes(damage.encode("utf-8", "surrogatepass"))
    entry(room, "a", f'paper = "{site.url}/404"')
    assert [finding["rule"] for finding in check(room)] == ["dead-link"]
    assert recalled(room) == [f"{site.url}/404"]


def recalled(room: Room) -> list[str]:
    return list(link_check.recall(room.folder / link_check.MEMORY))


def test_no_link_no_memory(room: Room) -> None:
    assert check(room) == []
    assert not (room.folder / "data").exists()


def test_a_network_that_is_down_is_said_once(room: Room, site: Website) -> None:
    site.answers["/ok"] = 200
    entry(room, "known", f'paper = "{site.url}/ok"\ncode = "{site.url}/404"')
    check(room)
    for name in "abcd":
        entry(room, name, f'paper = "https://{name}.invalid/1"\ncode = "https://{name}.invalid/2"')
    found = check(room)
    assert [(finding["grade"], finding["rule"]) for finding in found] == [
        ("warning", "offline"),
        ("warning", "dead-link"),  # what was known before
    ]
    assert "None of the 4 hosts" in found[0]["message"]
    site.answers["/new"] = 200
    entry(room, "new", f'paper = "{site.url}/new"')
    assert len(check(room)) == 9, "where one host answers, the others are gone"


def test_two_checks_do_not_ask_at_once(room: Room, site: Website) -> None:
    entry(room, "a", f'paper = "{site.url}/404"')
    with file_lock((room.folder / link_check.MEMORY).with_suffix(".lock"), wait=False):
        said = room.run("catalog", "check", "--online", status=75)
    assert "Another check is asking the links; try again when it has finished." in said
    assert site.log == []


def test_hosts_are_asked_in_turn_and_all_together(tmp_path: Path, site: Website) -> None:
    room = folder(tmp_path, link_interval=0.3)
    with website("127.0.0.2") as second, website("127.0.0.3") as third:
        sites = (site, second, third)
        for one in sites:
            one.answers |= {f"/{number}": 200 for number in range(4)}
        for number in range(4):
            links = (f'p{place} = "{one.url}/{number}"' for place, one in enumerate(sites))
            entry(room, f"p{number}", "\n".join(links))
        assert check(room) == []
    for one in sites:
        assert len(one.log) == 4
        assert all(later[0] - earlier[0] >= 0.29 for earlier, later in pairwise(one.log))
    assert max(one.log[0][0] for one in sites) < min(one.log[-1][0] for one in sites)


def test_a_check_goes_on_where_it_was_stopped(tmp_path: Path, site: Website) -> None:
    room = folder(tmp_path, link_interval=0.8)  # long enough for a busy machine to stop it before its end
    site.answers |= {f"/{number:02}": 200 for number in range(40)}
    entry(room, "a", "\n".join(f'p{path[1:]} = "{site.url}{path}"' for path in site.answers))
    interruptible = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # background jobs of a shell are not
    running = room.start("catalog", "check", "--online", now=NIGHT, preexec_fn=interruptible)
    deadline = time.monotonic() + 60
    while len(site.log) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    known = recalled(room)
    assert (running.returncode, out) == (130, "")
    assert f"{len(known)} of 40 links have answered; the next check goes on with the others." in err
    assert 3 <= len(known) < 20
    site.log.clear()
    folder(tmp_path).run("catalog", "check", "--online", now=NIGHT)  # without pauses
    assert not {f"{site.url}{path}" for _, _, path in site.log} & set(known)
    assert len(recalled(room)) == 40


def test_private_networks_can_be_excluded(tmp_path: Path, site: Website) -> None:
    room = folder(tmp_path, allow_private=False)
    entry(room, "a", "\n".join(f'p{number} = "{site.url}/{number}"' for number in range(6)))
    found = check(room)
    assert {(finding["grade"], finding["rule"]) for finding in found} == {("note", "unclear-link")}
    excluded = "is on a private network, which [catalog] allow_private excludes."
    assert [excluded in finding["message"] for finding in found] == [True] * 6
    assert site.log == []


@pytest.mark.parametrize("option", ["--fix", "--recheck"])
def test_options_about_answers_need_questions(room: Room, option: str) -> None:
    assert f"{option} is about what links answer; add --online." in room.run("catalog", "check", option, status=2)
