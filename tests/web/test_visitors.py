"""Whom the server takes a visitor for: proxies, networks, known browsers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from fastapi.routing import iter_route_contexts
from markdown_it import MarkdownIt

from harvester.base.errors import TooManyRequests, UsageError
from harvester.base.escape import markdown
from harvester.config.settings import load_settings
from harvester.domain.network import network_of
from harvester.mail.link_tokens import open_tokens
from harvester.services.operations.doctor.external import check_web
from harvester.services.review.users import TRIES_FOR, NotSignedIn, browser_token, sign_in
from harvester.services.subscribers.self_service import forget_unconfirmed
from harvester.services.subscribers.subscriptions import subscribers
from harvester.web.app import create_app
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
        stranger = {"X-Forwarded-For": "151.101.1.1"}
        assert requests.get(f"{url}/metrics", headers=stranger, timeout=60).status_code == 403, "a proxy let them in"
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


def test_metrics_are_for_private_networks_only(room: Room) -> None:
    with room.serving() as url:
        for client, status in (("203.0.113.9", 200), ("10.0.0.7", 200), ("151.101.1.1", 403), ("2606:4700::1", 403)):
            answer = requests.get(f"{url}/metrics", headers={"X-Forwarded-For": client}, timeout=60)
            assert answer.status_code == status, client


def test_no_route_redirects_to_the_host_that_a_request_names(room: Room) -> None:
    """`/review/` did; every path of the application, with and without a slash at its end."""
    client = room.browser().client
    paths = {str(route.path) for route in iter_route_contexts(create_app(room.ws).routes)}
    for path in sorted(path for path in paths if path.startswith("/")):
        for asked in (path.rstrip("/"), f"{path.rstrip('/')}/"):
            answer = client.get(asked or "/", headers={"Host": "evil.example"})
            assert "evil.example" not in answer.headers.get("location", ""), asked


def test_an_address_that_never_confirmed_or_has_left_can_be_forgotten(room: Room) -> None:
    client = room.browser().client
    for name in ("never", "left"):
        assert client.post("/subscribe", data={"email": f"{name}@example.org"}).status_code == 200
    assert client.post("/subscribe", data={"email": "root@localhost"}).status_code == 400
    tokens = open_tokens(room.ws.settings)
    key = tokens.key("left@example.org")
    client.post(f"/confirm/{tokens.confirm(key, room.now)}")
    client.post(f"/unsubscribe/{tokens.unsubscribe(key)}")
    link = f"/preferences/{tokens.preferences(key)}"
    assert 'value="erase"' in client.get(link).text
    assert client.post(link, data={"act": "erase", "sure": "yes"}).status_code == 200
    assert [one.email for one in subscribers(room.ws)] == ["never@example.org"]
    room.later(days=6)
    assert forget_unconfirmed(room.ws) == 0
    room.later(days=2)
    assert forget_unconfirmed(room.ws) == 1
    assert subscribers(room.ws) == []


def test_who_asks_again_is_not_forgotten_before_the_new_link_expires(room: Room) -> None:
    client, tokens = room.browser().client, open_tokens(room.ws.settings)
    assert client.post("/subscribe", data={"email": "late@example.org"}).status_code == 200
    room.later(days=6, hours=12)
    assert client.post("/subscribe", data={"email": "late@example.org"}).status_code == 200
    link = f"/confirm/{tokens.confirm(tokens.key('late@example.org'), room.now)}"
    room.later(days=1)
    assert forget_unconfirmed(room.ws) == 0
    assert client.post(link).status_code == 200
    (person,) = subscribers(room.ws)
    assert (person.state, person.joined) == ("active", room.now - timedelta(days=1))


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("https://evil.example/x", r"https\://evil.example/x"),
        ("see http://evil.example", r"see http\://evil.example"),
        ("www.evil.example", r"www\.evil.example"),
        ("FTP://evil.example", r"FTP\://evil.example"),
        ("Hearts: awww. wow", "Hearts: awww. wow"),
    ],
)
def test_an_address_in_a_title_is_no_link(title: str, written: str) -> None:
    """GitHub looks for addresses before it takes backslashes away."""
    assert markdown(title) == written
    assert MarkdownIt().renderInline(written) == title
