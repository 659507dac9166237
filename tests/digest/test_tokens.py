"""Tokens are valid for a single action; addresses are plain or refused."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.address import parse_address
from harvester.mail.link_tokens import BadToken, ExpiredToken, Tokens, open_tokens
from tests.room import Room

NOW = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
TOKENS = Tokens("a secret of the tests")
KEY = TOKENS.key("jo@example.org")


def test_the_key_hides_the_address_and_ignores_case() -> None:
    assert TOKENS.key("Jo@Example.org") == KEY
    assert TOKENS.key("max@example.org") != KEY
    assert Tokens("another secret of tests").key("jo@example.org") != KEY
    assert len(KEY) == 22


def test_confirmations_expire_after_48_hours_of_the_given_clock() -> None:
    token = TOKENS.confirm(KEY, NOW)
    assert TOKENS.read_confirm(token, NOW + timedelta(hours=48)) == KEY
    with pytest.raises(ExpiredToken, match="48 hours"):
        TOKENS.read_confirm(token, NOW + timedelta(hours=48, seconds=1))


def test_unsubscribing_works_for_ever() -> None:
    assert TOKENS.read_unsubscribe(TOKENS.unsubscribe(KEY)) == KEY


def test_a_token_is_good_for_one_act_only() -> None:
    with pytest.raises(BadToken):
        TOKENS.read_unsubscribe(TOKENS.confirm(KEY, NOW))
    with pytest.raises(BadToken):
        TOKENS.read_confirm(TOKENS.unsubscribe(KEY), NOW)
    with pytest.raises(BadToken):
        TOKENS.read_unsubscribe(Tokens("another secret of tests").unsubscribe(KEY))


@given(st.text(max_size=100))
def test_nothing_made_up_is_a_token(text: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.read_unsubscribe(text)
    with pytest.raises(BadToken):
        TOKENS.read_confirm(text, NOW)


@given(st.integers(0, 65), st.integers(1, 127))
def test_every_changed_letter_is_noticed(place: int, change: int) -> None:
    token = TOKENS.unsubscribe(KEY)
    forged = token[:place] + chr((ord(token[place]) + change) % 128) + token[place + 1 :]
    if place == len(token) - 1:  # the last letter of base64 has bits that mean nothing
        return
    with pytest.raises(BadToken):
        TOKENS.read_unsubscribe(forged)


def test_the_secret_is_made_once_and_for_its_owner_only(room: Room) -> None:
    path = room.config.parent / "data" / "secret.key"
    key = open_tokens(room.ws.settings).key("jo@example.org")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_tokens(room.ws.settings).key("jo@example.org") == key
    path.write_text("")
    with pytest.raises(HarvesterError, match=r"secret\.key does not contain a secret key; restore it"):
        open_tokens(room.ws.settings)


def test_a_configured_secret(make_room: Callable[..., Room], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_WEB__SECRET", "a secret of the tests")
    room = make_room()
    assert open_tokens(room.ws.settings).key("jo@example.org") == KEY
    assert not (room.config.parent / "data" / "secret.key").exists()
    monkeypatch.setenv("HARVESTER_WEB__SECRET", "short")
    with pytest.raises(UsageError, match="at least 16 characters"):
        open_tokens(make_room().ws.settings)


@pytest.mark.parametrize(
    ("given_as", "sent_to"),
    [
        (" jo@example.org ", "jo@example.org"),
        ("Jo.Doe+papers@Example.ORG", "Jo.Doe+papers@example.org"),
        ("o'neil_{x}@a-b.example.org", "o'neil_{x}@a-b.example.org"),
        ("root@localhost", "root@localhost"),
        ("ward3@mail.clinic.local", "ward3@mail.clinic.local"),
        ("jo@Bücher.example", "jo@xn--bcher-kva.example"),
        ("jo@straße.example", "jo@xn--strae-oqa.example"),
        ("a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".cdefg", "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".cdefg"),
    ],
)
def test_addresses(given_as: str, sent_to: str) -> None:
    assert parse_address(given_as) == sent_to


@pytest.mark.parametrize(
    "text",
    [
        "", "jo", "@example.org", "jo@", "jo@example", "jo@@example.org", "jo@example..org", "jo@-a.org",
        "jo@127.0.0.1", "jo@[127.0.0.1]", ".jo@example.org", "jo.@example.org", "j o@example.org", '"j o"@example.org',
        "Jo <jo@example.org>", "jo@example.org, max@example.org", "jo@example.org\nBcc: max@example.org",
        "jo@example.org\r\nBcc: max", "jo\r\n@example.org", "jö@example.org", "jo@exa\0mple.org", "jo@e xample.org",
        "jo@\u202eexample.org", "a" * 65 + "@example.org", "a@" + "b." * 130 + "org", "jo@example.org>",
        "jo(c)@example.org",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a valid e-mail address") as error:
        parse_address(text)
    assert "\n" not in str(error.value)


@given(st.text() | st.tuples(st.text(max_size=8), st.text(max_size=8)).map("@".join))
def test_an_accepted_address_fits_a_header_and_a_command(text: str) -> None:
    try:
        address = parse_address(text)
    except UsageError:
        return
    local, _, domain = address.rpartition("@")
    assert address.isascii()
    assert address.isprintable()
    assert domain == domain.lower()
    assert not set(address) & set(' <>,;:()[]"\\\r\n')
    assert len(local) <= 64
    assert len(address) <= 254
    assert parse_address(address) == address
