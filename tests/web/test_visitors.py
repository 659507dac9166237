"""Whom the server takes a visitor for: proxies, networks, known browsers."""

from collections.abc import Callable

import pytest
import requests

from harvester.base.errors import TooManyRequests, UsageError
from harvester.config.settings import load_settings
from harvester.domain.network import network_of
from harvester.services.operations.doctor.external import check_web
from harvester.services.review.users import TRIES_FOR, NotSignedIn, browser_token, sign_in
from tests.conftest import ROOT
from tests.room import PASSWORD, Room


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_limits_count_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_every_limit_asks_one_place_where_a_request_comes_from() -> None:
    modules = sorted((ROOT / "harvester" / "web").rglob("*.py"))
    asking = {path.name for path in modules if "request.client" in path.read_text(encoding="utf-8")}
    assert asking == {"forms.py", "health.py"}, "and `whoami` shows it"


def test_only_trusted_proxies_are_believed(make_room: Callable[..., Room]) -> None:
    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    room = make_room(base_url="http://127.0.0.1:1")
    assert check_web(room.ws.settings).message.startswith("No web server answers")
    with room.serving() as url:
        seen = requests.get(f"{url}/whoami", headers=said, timeout=60).json()
        assert seen == {"client": "203.0.113.9", "scheme": "https"}
    settings = room.ws.settings
    web = settings.web.model_copy(update={"trusted_proxies": ("10.0.0.0/8",)})
    object.__setattr__(settings, "web", web)
    with room.serving() as url:
        seen = requests.get(f"{url}/whoami", headers=said, timeout=60).json()
        assert seen == {"client": "127.0.0.1", "scheme": "http"}
        digest = settings.digest.model_copy(update={"base_url": url})
        found = check_web(settings.model_copy(update={"digest": digest}))
        assert (found.state, "one from 127.0.0.1 by http" in found.message) == ("ok", True)


def test_a_proxy_that_is_no_address_is_named(room: Room) -> None:
    wrong = room.folder / "wrong.toml"
    wrong.write_text(room.config.read_text().replace("[web]", '[web]\ntrusted_proxies = ["proxy.lan"]'))
    with pytest.raises(UsageError, match="neither an address nor a network"):
        load_settings(wrong)


@pytest.mark.parametrize(
    ("headers", "secure"),
    [({}, False), ({"Host": "digest.example.org"}, True), ({"X-Forwarded-For": "203.0.113.9"}, True)],
)
def test_cookies_are_secure_behind_a_proxy_that_says_nothing_of_https(
    room: Room, headers: dict[str, str], secure: bool
) -> None:
    answer = room.browser().client.get("/login", headers=headers)
    assert ("secure" in answer.headers["set-cookie"].lower()) is secure


def test_strangers_do_not_lock_a_user_out_of_a_known_browser(room: Room) -> None:
    room.user("ann")
    room.user("bob")
    browser = browser_token(room.ws, sign_in(room.ws, "ann", PASSWORD, "192.0.2.1"))
    for number in range(TRIES_FOR):
        try:
            sign_in(room.ws, "ann", "guess", f"198.51.100.{number}")
        except (NotSignedIn, TooManyRequests):
            continue
    with pytest.raises(TooManyRequests):
        sign_in(room.ws, "ann", PASSWORD, "192.0.2.1")
    assert sign_in(room.ws, "ann", PASSWORD, "192.0.2.1", browser=browser)
    for forged in ("", "1.x", browser + "x"):
        with pytest.raises(TooManyRequests):
            sign_in(room.ws, "ann", PASSWORD, "192.0.2.1", browser=forged)
    for _ in range(9):
        with pytest.raises(NotSignedIn):
            sign_in(room.ws, "ann", "guess", "192.0.2.1", browser=browser)
    with pytest.raises(TooManyRequests):
        sign_in(room.ws, "ann", PASSWORD, "192.0.2.1", browser=browser)
    assert sign_in(room.ws, "bob", PASSWORD, "192.0.2.1", browser=browser)
