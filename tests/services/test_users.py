"""Who may review: passwords, sessions, limits, and the command line."""

import json
import stat
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from harvester.base.errors import HarvesterError, TooManyRequests, UsageError
from harvester.services.review import users
from harvester.services.review.users import NotSignedIn, add_user, remove_user, sign_in, signed_in
from tests.conftest import both_databases
from tests.room import PASSWORD, Room, commands, free_port

HERE = "127.0.0.1"


@pytest.fixture
def room(tmp_path: Path, store_url: str) -> Iterator[Room]:
    made = Room.make(tmp_path, store=store_url)
    yield made
    made.ws.store.dispose()


@both_databases
def test_signing_in_and_out(room: Room) -> None:
    room.user("Ann")
    token = sign_in(room.ws, "ann", PASSWORD, HERE)  # names are case-insensitive
    found = signed_in(room.ws, token)
    assert found is not None
    assert (found.name, found.role) == ("Ann", "reviewer")
    assert PASSWORD not in found.password
    assert found.password.startswith("$argon2id$")
    users.sign_out(room.ws, token)
    assert signed_in(room.ws, token) is None
    assert signed_in(room.ws, "forged") is None


def test_the_login_page(room: Room) -> None:
    browser = room.browser()
    assert "harvester users add NAME" in browser.client.get("/login").text
    room.user("ann")
    assert "harvester users add NAME" not in browser.client.get("/login").text
    for name, password, status in (("ann", "wrong", 401), ("bob", PASSWORD, 401), ("ann", PASSWORD, 303)):
        assert browser.sign_in(name, password).status_code == status
    first = browser.client.cookies["harvester_session"]
    answer = browser.sign_in("ann")
    assert browser.client.cookies["harvester_session"] != first, "every login has a token of its own"
    assert signed_in(room.ws, first) is None
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert browser.client.post("/logout", data={"csrf": browser.csrf()}).headers["location"] == "/login"
    assert browser.client.get("/review").headers["location"] == "/login?then=/review"


def test_behind_https_cookies_never_leave_it(room: Room) -> None:
    room.user("ann")
    browser = room.browser()
    browser.client.base_url = "https://testserver"  # type: ignore[assignment]
    assert "secure" in browser.sign_in("ann").headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "then", ["https://evil.example.org/review", "//evil.example.org/review", "/\\evil", "/subscribe"]
)
def test_signing_in_leads_nowhere_else(room: Room, then: str) -> None:
    room.user("ann")
    browser = room.browser()
    form = {"csrf": browser.csrf("/login"), "username": "ann", "password": PASSWORD, "then": then}
    assert browser.client.post("/login", data=form).headers["location"] == "/review"


def test_a_session_ends_when_it_is_left_alone_and_after_a_fortnight(room: Room) -> None:
    room.user("ann")
    token = sign_in(room.ws, "ann", PASSWORD, HERE)
    for _ in range(27):
        room.now += timedelta(hours=11)
        assert signed_in(room.ws, token), "in use"
    room.now += timedelta(hours=12)
    assert signed_in(room.ws, token) is None
    token = sign_in(room.ws, "ann", PASSWORD, HERE)
    for _ in range(14 * 24 // 11):
        room.now += timedelta(hours=11)
        assert signed_in(room.ws, token)
    room.now += timedelta(hours=11)
    assert signed_in(room.ws, token) is None, "in use, but too old"


def test_wrong_names_and_passwords_are_one_answer(room: Room) -> None:
    room.user("ann")
    said = set()
    for name, password in (("ann", "wrong"), ("bob", PASSWORD), ("", ""), ("ann", "x" * 10_000)):
        with pytest.raises(NotSignedIn) as caught:
            sign_in(room.ws, name, password, HERE)
        said.add(str(caught.value))
    assert len(said) == 1


@both_databases
def test_tries_are_limited_by_address_and_by_name(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.user("ann")
    monkeypatch.setattr(users, "_is_password", lambda user, password: password == PASSWORD)  # hashing is not under test
    for _ in range(10):
        with pytest.raises(NotSignedIn):
            sign_in(room.ws, "ann", "wrong", HERE)
    with pytest.raises(TooManyRequests):
        sign_in(room.ws, "ann", PASSWORD, HERE)
    for other in range(40):
        with pytest.raises(NotSignedIn):
            sign_in(room.ws, "ANN", "wrong", f"10.0.0.{other}")
    with pytest.raises(TooManyRequests):
        sign_in(room.ws, "ann", PASSWORD, "10.1.1.1")
    room.now += timedelta(minutes=16)
    assert sign_in(room.ws, "ann", PASSWORD, HERE)


@both_databases
def test_a_new_password_and_a_removal_end_all_sessions(room: Room) -> None:
    room.user("ann")
    tokens = [sign_in(room.ws, "ann", PASSWORD, HERE) for _ in range(2)]
    add_user(room.ws, "ann", "admin", "another password")
    assert [signed_in(room.ws, token) for token in tokens] == [None, None]
    with pytest.raises(NotSignedIn):
        sign_in(room.ws, "ann", PASSWORD, HERE)
    token = sign_in(room.ws, "ann", "another password", HERE)
    assert users.users(room.ws)[0].sessions == 1
    assert remove_user(room.ws, "ann").role == "admin"
    assert signed_in(room.ws, token) is None
    with pytest.raises(HarvesterError, match="There is no user"):
        remove_user(room.ws, "ann")


def test_a_name_that_was_there_already_is_said_to_be(room: Room) -> None:
    """A maintainer who adds a second Ann must learn that they have taken the first one's account."""
    add = ("users", "add", "ann", "--password-stdin")
    assert harvester(room, *add, given=PASSWORD).stdout == "ann can sign in as reviewer.\n"
    again = harvester(room, *add, "--role", "admin", given=PASSWORD).stdout
    assert again.startswith("ann was there already, and now has the new password and the role admin (was reviewer);")
    assert "the role admin, as before" in harvester(room, *add, "--role", "admin", given=PASSWORD).stdout


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("", "reviewer", PASSWORD),
        ("a b", "reviewer", PASSWORD),
        ("a\nb", "reviewer", PASSWORD),
        ("x" * 65, "reviewer", PASSWORD),
        ("ann", "king", PASSWORD),
        ("ann", "reviewer", "short"),
        ("ann", "reviewer", "x" * 201),
    ],
)
def test_bad_names_roles_and_passwords(room: Room, name: str, role: str, password: str) -> None:
    with pytest.raises(UsageError):
        add_user(room.ws, name, role, password)
    assert users.users(room.ws) == []


def harvester(room: Room, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return commands.harvester(*arguments, "--config", str(room.config), given=given)


def test_the_command_line(tmp_path: Path) -> None:
    room = Room.make(tmp_path)
    added = harvester(
        room, "users", "add", "ann", "--role", "admin", "--password-stdin", "--json", given=f"{PASSWORD}\n"
    )
    assert (added.returncode, json.loads(added.stdout)[0]["role"]) == (0, "admin"), added.stderr
    assert PASSWORD not in added.stdout + added.stderr
    listed = harvester(room, "users", "list", "--json")
    assert [(user["name"], user["sessions"]) for user in json.loads(listed.stdout)] == [("ann", 0)]
    for arguments, status, words in (
        (("users", "add", "bob"), 2, "--password-stdin"),
        (("users", "add", "bob", "--role", "king", "--password-stdin"), 2, "reviewer, admin"),
        (("users", "remove", "bob"), 1, "no user 'bob'"),
    ):
        done = harvester(room, *arguments, given="a long password")
        assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (status, True, False), done.stderr
    assert harvester(room, "users", "remove", "ann").stdout == "ann can no longer review.\n"


def test_nothing_opens_to_the_network_without_a_user(tmp_path: Path) -> None:
    room = Room.make(tmp_path, web={"host": "0.0.0.0", "port": free_port()})
    done = harvester(room, "web")
    assert (done.returncode, done.stdout) == (2, "")
    assert "harvester users add NAME" in done.stderr
    secret = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


SPELLINGS = ("\u00c9mile", "E\u0301mile", "\u00e9mile", "\u00c9MILE", "e\u0301mile")


@both_databases
@pytest.mark.parametrize(
    "names",
    [SPELLINGS, ("Ba\u00df", "BASS", "bass"), ("\u0394\u03ae\u03bc\u03bf\u03c2", "\u0394\u0389\u039c\u039f\u03a3")],
)
def test_a_name_is_one_account_however_it_is_spelled(room: Room, names: tuple[str, ...]) -> None:
    for name in names:
        add_user(room.ws, name, "admin", PASSWORD)
    (account,) = users.users(room.ws)
    for name in names:
        signed = signed_in(room.ws, sign_in(room.ws, name, PASSWORD, HERE))
        assert signed is not None
        assert signed.name == account.name
    assert users.sign_out_everywhere(room.ws, names[-1]) == len(names)
    assert remove_user(room.ws, names[1]).name == account.name
    assert users.users(room.ws) == []


def test_a_crowd_at_the_door_costs_the_memory_of_two(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each argon2 hash takes 64 MiB: forty anonymous visitors took 2 GB."""
    busy, most, full = 0, 0, threading.Event()
    count = threading.Lock()

    def verify(_: object, __: str) -> bool:
        nonlocal busy, most
        with count:
            busy += 1
            most = max(most, busy)
        full.wait(30)
        with count:
            busy -= 1
        return False

    def knock(number: int) -> str:
        try:
            sign_in(room.ws, "nobody", PASSWORD, f"192.0.2.{number}")
        except (NotSignedIn, TooManyRequests) as error:
            if isinstance(error, TooManyRequests):
                full.set()  # nobody else fits: let those inside finish
            return str(error)
        return ""

    monkeypatch.setattr("harvester.services.review.users._is_password", verify)
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(knock, range(20)))
    assert most == users.HASHES
    assert any("Too many people" in answer for answer in answers)
    with pytest.raises(NotSignedIn):
        sign_in(room.ws, "nobody", PASSWORD, "192.0.2.99")
