"""What addresses and answers of links mean."""

from datetime import UTC, datetime, timedelta

import pytest

from harvester.domain.link_answers import (
    Astray,
    Failure,
    LinkAnswer,
    Reply,
    Trace,
    answer_from,
    is_fresh,
    judge,
    unreached,
)
from harvester.domain.links import host, is_error_page, is_home, is_login, is_of_one_visit, redirect_target

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LINK = "https://lab.example/beats/data"


def led(*steps: str | int, **reply: object) -> LinkAnswer:
    """The verdict on addresses and the statuses between them; without a `problem`, the last status is the reply's."""
    *redirects, end = [steps[index : index + 2] for index in range(0, len(steps), 2)]
    status = int(end[1]) if len(end) > 1 else 0
    trace = Trace(tuple((str(url), int(code)) for url, code in redirects), str(end[0]), Reply(status, **reply))  # type: ignore[arg-type]
    return judge(trace, NOW)


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ((200, 201, 203, 204, 206, 226, 300), "alive"),
        ((404, 410, 500, 502, 503, 504, 520, 530, 599), "dead"),
        ((400, 401, 402, 403, 405, 406, 407, 408, 418, 421, 423, 425, 429, 430, 451, 498, 999, 666), "unclear"),
        ((301, 302, 303, 304, 305, 307, 308), "unclear"),  # without a Location
    ],
)
def test_what_a_status_means(statuses: tuple[int, ...], state: str) -> None:
    assert {status: led(LINK, status).state for status in statuses} == dict.fromkeys(statuses, state)


def test_a_host_that_says_when_to_come_back_is_not_dead() -> None:
    assert led(LINK, 503, retry_after=0.0).state == "unclear"
    assert led(LINK, 500, retry_after=9.0).state == "dead"


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (Failure.NO_NAME, "dead"),
        (Failure.REFUSED, "dead"),
        (Failure.TIMED_OUT, "dead"),
        (Failure.STALLED, "dead"),
        (Failure.UNTRUSTED, "unclear"),
        (Failure.NOT_HTTP, "unclear"),
        (Astray.CIRCLES, "dead"),
        (Astray.TOO_MANY, "dead"),
        (Astray.INSIDE, "dead"),
        (Astray.LATER, "unclear"),
        (Astray.SILENT, "unclear"),
        (Astray.PRIVATE, "unclear"),
        ("ProtocolError", "dead"),
    ],
)
def test_what_no_answer_means(problem: str, state: str) -> None:
    assert led(LINK, problem=problem).state == state


def test_every_reason_is_the_end_of_a_sentence() -> None:
    assert led(LINK, 404).why == "answers HTTP 404"
    assert led(LINK, problem=Failure.NO_NAME).why == "does not answer: its name cannot be resolved"
    assert led(LINK, 301, f"{LINK}2", 410).why == f"leads to {LINK}2, which answers HTTP 410"
    assert led(LINK, problem=Astray.CIRCLES).why == "redirects in circles"
    reset = led(LINK, 302, "https://b.example/", problem=Failure.RESET)
    assert reset.why == "leads to https://b.example/, which does not answer: the connection was reset"


NEW = "https://new.example/data"


@pytest.mark.parametrize(
    ("steps", "new"),
    [
        ((LINK, 301, NEW, 200), NEW),
        ((LINK, 308, f"{LINK}/", 308, NEW, 200), NEW),
        ((LINK, 302, NEW, 200), ""),
        ((LINK, 307, NEW, 301, f"{NEW}2", 200), ""),
        ((LINK, 301, NEW, 302, f"{NEW}2", 200), NEW),  # what is permanent ends at the first step that is not
        ((LINK, 301, NEW, 403), ""),
        ((LINK, 301, NEW, 404), ""),
        (("http://lab.example/a", 301, "https://lab.example/a", 200), "https://lab.example/a"),
        (("https://lab.example/a", 301, "http://lab.example/a", 200), ""),
        (("http://lab.example/a", 301, "http://www.lab.example/a", 200), "http://www.lab.example/a"),
        (("http://lab.example/", 301, "https://www.lab.example/", 200), "https://www.lab.example/"),
        (("https://lab.example/index.html", 301, "https://lab.example/", 200), "https://lab.example/"),
        (("https://doi.org/10.1/x", 301, NEW, 200), ""),
        (("https://doi.org/10.1/x", 302, NEW, 200), ""),
        (("http://dx.doi.org/10.1/x", 301, "https://doi.org/10.1/x", 302, NEW, 200), "https://doi.org/10.1/x"),
        (("https://purl.org/a", 301, NEW, 200), ""),
        (("https://short.example/a", 301, "https://doi.org/10.1/x", 302, NEW, 200), "https://doi.org/10.1/x"),
        ((LINK, 301, f"{NEW}?cookieSet=1", 200), ""),
        ((LINK, 301, f"{NEW};jsessionid=12", 200), ""),
        ((LINK, 301, "https://u:p@new.example/data", 200), ""),
        ((LINK, 301, f"{LINK}?cookieSet=1", 301, LINK, 200), ""),
        ((LINK, 301, f"{LINK}#part", 200), ""),
        ((LINK, 301, f"{NEW}#part", 200), f"{NEW}#part"),
    ],
)
def test_where_a_link_has_moved_for_good(steps: tuple[str | int, ...], new: str) -> None:
    assert led(*steps).moved_to == new
    assert (led(*steps).state == "moved") == bool(new)


@pytest.mark.parametrize(
    "end",
    [
        "https://lab.example/",
        "https://lab.example",
        "https://lab.example/en",
        "https://lab.example/index.php",
        "https://other.example/",
        "https://other.example/de/home.html",
        "https://parking.example/?d=lab.example",
        "https://consent.lab.example/agree?continue=https%3A%2F%2Flab.example%2Fbeats",
        "https://lab.example/login?next=%2Fbeats",
        "https://lab.example/users/sign_in",
        "https://lab.example/Shibboleth.sso/Login",
        "https://idp.lab.example/authorize",
        "https://accounts.other.example/x",
        "https://lab.example/404.html",
        "https://lab.example/error/page-not-found",
    ],
)
@pytest.mark.parametrize("status", [301, 302])
def test_a_stand_in_is_neither_alive_nor_a_new_address(end: str, status: int) -> None:
    found = led(LINK, status, end, 200)
    assert (found.state, found.moved_to) == ("unclear", "")
    assert end in found.why


def test_another_sites_home_page_is_no_home() -> None:
    found = led("https://lab.example/", 301, "https://casino.example/", 200)
    assert (found.state, found.moved_to) == ("unclear", "")
    assert found.why.startswith("leads to another site's home page")


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("https://a.example/?p=12", ""),
        ("https://a.example/#/beats", ""),
        ("https://a.example/ai", ""),
        ("https://a.example/en-gb/", "home"),
        ("https://a.example/author/ann", ""),
        ("https://a.example/blog/in", ""),
        ("https://a.example/catalogin", ""),
        ("https://grand-challenge.example/error-analysis", ""),
        ("https://a.example/logon.aspx", "login"),
        ("https://auth.example/x", "login"),
        ("https://a.example/not_found", "error"),
        ("https://a.example/papers/404-beats", ""),
        ("https://a.example/x?PHPSESSID=1", "visit"),
        ("https://a.example/x?expression=1&residual=2", ""),
        ("https://a.example/10.1002/(SICI)1097<1::AID-SIM9>3.0.CO;2-2", ""),
    ],
)
def test_what_an_address_says_by_itself(address: str, kinds: str) -> None:
    tests = {"home": is_home, "login": is_login, "error": is_error_page, "visit": is_of_one_visit}
    assert " ".join(name for name, holds in tests.items() if holds(address)) == kinds


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/x", "https://a.example/x"),
        ("y?z=1#w", "https://a.example/d/y?z=1#w"),
        ("//b.example", "https://b.example/"),
        ("?q=a b", "https://a.example/d/p?q=a%20b"),
        ("/für", "https://a.example/f%C3%BCr"),
        ("/fÃ¼r", "https://a.example/f%C3%BCr"),  # UTF-8 as HTTP libraries hand it over
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("/a%2Fb%zz", "https://a.example/a%2Fb%zz"),
        ("/\x1b[31m", "https://a.example/%1B[31m"),
        ("file:///etc/passwd", "file:///etc/passwd"),
    ],
)
def test_where_a_redirect_leads(location: str, target: str) -> None:
    assert redirect_target("https://a.example/d/p", location) == target


@pytest.mark.parametrize(
    "location", ["http://[::1", "http://a.example:99999/", "http://a.example:x/", "/" + "a" * 9999]
)
def test_where_no_redirect_can_lead(location: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        redirect_target("https://a.example/", location)


def test_the_host_of_an_address() -> None:
    assert host("https://User:pw@Lab.Example:8080/X") == "lab.example:8080"


@pytest.mark.parametrize(
    ("answer", "fresh"),
    [
        (led(LINK, 200), timedelta(days=30)),
        (led(LINK, 404), timedelta(days=1)),
        (led(LINK, 301, NEW, 200), timedelta(days=1)),
        (led(LINK, 403), timedelta(days=1)),
        (led(LINK, 429, retry_after=600.0), timedelta(seconds=600)),
        (led(LINK, 429, retry_after=9e9), timedelta(days=1)),
        (led(LINK, 404, retry_after=9.0), timedelta(days=1)),
        (led(LINK, 999), timedelta(days=1)),
        (led(LINK, 500), timedelta(0)),
        (led(LINK, problem=Failure.NO_NAME), timedelta(0)),
        (led(LINK, problem=Failure.STALLED), timedelta(0)),
    ],
)
def test_how_long_an_answer_counts(answer: LinkAnswer, fresh: timedelta) -> None:
    moment, alive_for = timedelta(seconds=1), timedelta(days=30)
    assert not is_fresh(answer, NOW + fresh, alive_for)
    assert not is_fresh(answer, NOW - moment, alive_for), "the clock was set back"
    if fresh:
        assert is_fresh(answer, NOW + fresh - moment, alive_for)


def test_an_answer_is_remembered_as_it_was() -> None:
    for answer in (led(LINK, 301, NEW, 200), led(LINK, 301, NEW, 429, retry_after=12.5), led(LINK, problem="reset")):
        assert answer_from(answer.to_json()) == answer
    good = led(LINK, 301, NEW, 200).to_json()
    damaged: list[object] = [None, [], "x", {}, good | {"state": "asleep"}, good | {"asked": "soon"}]
    damaged += [good | {"status": "many"}, {key: good[key] for key in list(good)[:4]}]
    damaged += [good | {"moved_to": "javascript:alert(1)"}, good | {"moved_to": ""}, good | {"state": "alive"}]
    damaged += [good | {"retry_after": wait} for wait in (-1, 1e300, float("nan"), float("inf"), "soon")]
    damaged += [good | {"status": float("inf")}]
    assert [answer_from(record) for record in damaged] == [None] * 17


def test_a_network_is_to_blame_only_if_nothing_was_reached() -> None:
    def asked(*hosts: str, **other: LinkAnswer) -> dict[str, LinkAnswer]:
        return {f"https://{name}.example/": led(LINK, problem=Failure.NO_NAME) for name in hosts} | {
            f"https://{name}.example/x": answer for name, answer in other.items()
        }

    assert unreached(asked("a", "b", "c")) == 3
    assert unreached(asked("a", "b", c=led(LINK, problem=Failure.TIMED_OUT))) == 3
    assert unreached(asked("a", "b")) == 0
    assert unreached({}) == 0
    assert unreached(asked("a", "b", "c", d=led(LINK, 404))) == 0
    assert unreached(asked("a", "b", "c", d=led(LINK, problem=Failure.REFUSED))) == 0
