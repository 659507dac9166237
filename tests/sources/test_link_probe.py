"""Links followed on the wire, on websites that are polite, broken or hostile."""

import time
from collections.abc import Iterator
from itertools import pairwise
from resource import RUSAGE_SELF, getrusage
from threading import Thread

import pytest

from harvester.domain.link_answers import Astray, Failure, Reply, Trace
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.link_probe import UNANSWERED, UNCONNECTED, Hosts, Stopped, follow
from tests.room import free_port
from tests.room.website import Raw, Website, sending, website

SLOW = sending(b"HTTP/1.1 200 OK\r\nX: ", b"y", pause=0.1, forever=True)
QUICK = HttpSettings(timeout=20.0, read_limit=60.0, max_wait=1.5, attempts=2)
IMPATIENT = QUICK.model_copy(update={"timeout": 1.5, "read_limit": 2.0})


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as made:
        yield made


def asked(link: str, hosts: Hosts | None = None, settings: HttpSettings = QUICK, **options: bool) -> Trace:
    return follow(hosts or Hosts(QUICK, lambda _host: 0.0), Transport(settings, **options), link)


def test_a_page_that_answers_is_asked_once_and_not_read(site: Website) -> None:
    site.answers["/a"] = sending(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536, forever=True)
    assert asked(f"{site.url}/a").reply == Reply(200)
    assert site.asked == ["HEAD /a"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 406, 500, 501, 503])
def test_what_refuses_head_is_asked_again_with_get(site: Website, status: int) -> None:
    site.answers |= {"HEAD /a": status, "/a": sending(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536, forever=True)}
    assert asked(f"{site.url}/a").reply.status == 200
    assert site.asked == ["HEAD /a", "GET /a"]


@pytest.mark.parametrize("silence", [sending(), sending(b"\0\0SSH-2.0\r\n"), SLOW])
def test_what_breaks_on_head_is_asked_again_with_get(site: Website, silence: Raw) -> None:
    site.answers |= {"HEAD /a": silence, "/a": 200}
    assert asked(f"{site.url}/a", settings=IMPATIENT).reply == Reply(200)


def test_a_host_that_refuses_head_is_not_asked_so_again(site: Website) -> None:
    site.answers |= {"HEAD /a": 405, "/a": 200, "/b": 200}
    hosts = Hosts(QUICK, lambda _host: 0.0)
    for path in ("/missing", "/a", "/b"):
        asked(f"{site.url}{path}", hosts)
    assert site.asked == ["HEAD /missing", "GET /missing", "HEAD /a", "GET /a", "GET /b"]


def test_redirects_are_followed_to_the_end(site: Website) -> None:
    with website() as other:
        site.answers |= {"/a": (301, {"Location": "/b"}), "/b": (302, {"Location": f"{other.url}/c#part"})}
        trace = asked(f"{site.url}/a")
    assert trace == Trace(((f"{site.url}/a", 301), (f"{site.url}/b", 302)), f"{other.url}/c#part", Reply(404))
    assert other.asked == ["HEAD /c", "GET /c"]


def test_a_cookie_is_carried_through_one_link_only(site: Website) -> None:
    seen: list[str | None] = []

    def gate(handler: object) -> None:
        cookie = handler.headers.get("Cookie")  # type: ignore[attr-defined]
        seen.append(cookie)
        status = b"200 OK\r\n" if cookie else b"302 Found\r\nLocation: /a\r\nSet-Cookie: seen=1\r\n"
        handler.wfile.write(b"HTTP/1.1 " + status + b"Content-Length: 0\r\n\r\n")  # type: ignore[attr-defined]

    site.answers["/a"] = gate
    hosts, transport = Hosts(QUICK, lambda _host: 0.0), Transport(QUICK)
    assert [follow(hosts, transport, f"{site.url}/a").reply.status for _ in range(2)] == [200, 200]
    assert seen == [None, "seen=1"] * 2


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"/a": (302, {"Location": "/a"})}, Astray.CIRCLES),
        ({"/a": (301, {"Location": "/b"}), "/b": (307, {"Location": "/a#x"})}, Astray.CIRCLES),
        ({"/a": (302, {"Location": "/a", "Set-Cookie": "a=" + "x" * 4000})}, Astray.CIRCLES),
        ({f"/{'a' * n}": (301, {"Location": f"/{'a' * (n + 1)}"}) for n in range(1, 40)}, Astray.TOO_MANY),
        ({"/a": (301, {"Location": "file:///etc/passwd"})}, Astray.NO_PAGE),
        ({"/a": (301, {"Location": "javascript:alert(1)"})}, Astray.NO_PAGE),
        ({"/a": (301, {"Location": "gopher://127.0.0.1:25/x"})}, Astray.NO_PAGE),
        ({"/a": (301, {"Location": "http://[::1"})}, Astray.NOWHERE),
        ({"/a": (301, {"Location": "http://a.example:99999/"})}, Astray.NOWHERE),
        ({"/a": (301, {"Location": "/" + "a" * 50_000})}, Astray.NOWHERE),
        ({"/a": (301, {"Location": "http://10.0.0.1/"})}, Astray.INSIDE),
        ({"/a": (302, {"Location": "http://169.254.169.254/latest/meta-data"})}, Astray.INSIDE),
        ({"/a": (302, {"Location": "http://[fd00::1]/"})}, Astray.INSIDE),
        ({"/a": (302, {"Location": "http://0x0a000001/"})}, Astray.INSIDE),
        ({"/a": sending(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01, forever=True)}, Failure.STALLED),
        ({"/a": SLOW}, Failure.STALLED),
        ({"/a": sending(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(900)))}, Failure.NOT_HTTP),
        ({"/a": sending(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n")}, Failure.NOT_HTTP),
        ({"/a": sending(b"HTTP/1.1 abc\r\n\r\n")}, Failure.NOT_HTTP),
        ({"/a": sending()}, Failure.HUNG_UP),
    ],
)
def test_what_is_no_page_is_named(site: Website, answers: dict[str, Raw], problem: str) -> None:
    site.answers |= answers
    assert asked(f"{site.url}/a", settings=IMPATIENT).reply.problem == problem


def test_a_redirect_without_an_end_is_not_read(site: Website) -> None:
    """The client library reads the body of a redirect, of whatever size."""
    site.answers |= {
        "HEAD /a": 405,
        "/a": sending(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", b"x" * 65_536, forever=True),
        "/b": 200,
    }
    before = getrusage(RUSAGE_SELF).ru_maxrss
    assert asked(f"{site.url}/a").end == f"{site.url}/b"
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 50_000, "kilobytes"


def test_odd_headers_harm_nobody(site: Website, capfd: pytest.CaptureFixture[str]) -> None:
    site.answers["/a"] = sending(b"HTTP/1.1 200 OK\r\n: no name\r\nno colon\r\nX\0: y\r\n\xff: \xfe\r\n\r\n")
    assert asked(f"{site.url}/a").reply.status == 200
    assert capfd.readouterr().err == ""


def test_from_this_host_to_this_host_is_no_way_inside(site: Website) -> None:
    with website("127.0.0.2") as other:
        site.answers["/a"] = (301, {"Location": f"{other.url}/b"})
        other.answers["/b"] = 200
        assert asked(f"{site.url}/a").reply.status == 200


def test_private_hosts_can_be_excluded(site: Website) -> None:
    site.answers["/a"] = 200
    assert asked(f"{site.url}/a", allow_private=False).reply == Reply(problem=Astray.PRIVATE)
    assert site.asked == []


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("http://nowhere.invalid/refused-reset-SSL-timed out", Failure.NO_NAME),
        ("http://127.0.0.1:9/NameResolution-SSL", Failure.REFUSED),
        ("http://a..example/", Failure.INVALID),
        (f"http://{'a' * 64}.example/", Failure.INVALID),
    ],
)
def test_no_word_of_an_address_explains_a_failure(link: str, problem: str) -> None:
    assert asked(link).reply.problem == problem


def test_plain_http_behind_https_is_not_trusted(site: Website) -> None:
    assert asked(site.url.replace("http:", "https:")).reply.problem == Failure.UNTRUSTED


def test_requests_to_one_host_keep_apart_whoever_sends_them(site: Website) -> None:
    with website() as other:
        site.answers |= {"/a": 200, "/b": 200, "/c": 405}
        other.answers |= {"/a": (302, {"Location": f"{site.url}/a"}), "/b": (302, {"Location": f"{site.url}/b"})}
        hosts = Hosts(QUICK, lambda _host: 0.2)
        links = [f"{other.url}/a", f"{other.url}/b", f"{site.url}/a", f"{site.url}/c"]
        threads = [Thread(target=asked, args=(link, hosts)) for link in links]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for log in (site.log, other.log):
        assert all(later[0] - earlier[0] >= 0.19 for earlier, later in pairwise(sorted(log)))
    assert len(site.log) == 5


def test_a_short_pause_is_waited_out(site: Website) -> None:
    turns = iter([b"HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
    site.answers["/a"] = lambda handler: sending(next(turns))(handler)
    assert asked(f"{site.url}/a").reply.status == 200
    (first, _, _), (second, _, _) = site.log
    assert second - first >= 1.0


def test_a_long_pause_is_respected(site: Website) -> None:
    for number in range(9):
        site.answers[f"/{number}"] = (429, {"Retry-After": "600"}) if number else (503, {"Retry-After": "600"})
    hosts = Hosts(QUICK, lambda _host: 0.0)
    replies = [asked(f"{site.url}/{number}", hosts).reply for number in range(9)]
    assert [reply.status for reply in replies] == [503, 429, 429, 429, 0, 0, 0, 0, 0]
    assert {reply.problem for reply in replies[4:]} == {Astray.LATER}
    assert site.asked == ["HEAD /0", "HEAD /1", "HEAD /2", "HEAD /3"]


def test_one_link_with_a_limit_of_its_own_stops_no_other(site: Website) -> None:
    hosts = Hosts(QUICK, lambda _host: 0.0)
    for number in range(6):
        site.answers |= {f"/{number}": 200, f"/slow{number}": (429, {"Retry-After": "600"})}
    paths = [path for number in range(6) for path in (f"/slow{number}", f"/{number}")]
    assert [asked(f"{site.url}{path}", hosts).reply.status for path in paths] == [429, 200] * 6


def test_a_host_that_is_not_there_is_not_asked_for_every_link(site: Website) -> None:
    hosts, hasty = Hosts(QUICK, lambda _host: 0.0), QUICK.model_copy(update={"timeout": 0.3})
    for path in ("/a", "/b", "/c", "/d", "/e", "/f"):
        site.answers[path] = lambda _handler: time.sleep(2)
    replies = [asked(f"{site.url}{path}", hosts, hasty).reply for path in site.answers]
    assert [reply.problem for reply in replies] == [Failure.STALLED] * UNANSWERED + [Astray.SILENT] * 2
    assert {path for _, _, path in site.log} == {"/a", "/b", "/c", "/d"}
    gone = f"http://127.0.0.1:{free_port()}"
    assert {asked(f"{gone}/{n}", hosts).reply.problem for n in range(UNCONNECTED + 3)} == {Failure.REFUSED}


def test_who_is_stopped_asks_no_more(site: Website) -> None:
    hosts = Hosts(QUICK, lambda _host: 60.0)
    site.answers["/a"] = 200
    asked(f"{site.url}/a", hosts)

    def wait() -> None:
        with pytest.raises(Stopped):
            asked(f"{site.url}/a", hosts)

    waiting = Thread(target=wait)
    waiting.start()
    hosts.stop()
    waiting.join(5)
    assert not waiting.is_alive()
    assert len(site.log) == 1
