"""HTTP as RFC 9110 has it, for every route of the application's own table."""

import gzip
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from harvester.web.app import create_app
from tests.room import Room
from tests.web.test_routes import break_store, write_entry
from tests.web.test_server import web

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"}


@pytest.fixture
def app(room: Room) -> FastAPI:
    write_entry(room, 1, "Old hearts")
    write_entry(room, 2, "New hearts")
    return create_app(room.ws)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False, headers={"Accept-Encoding": "identity"}) as made:
        yield made


def test_the_interface_does_what_its_description_says(room: Room, app: FastAPI) -> None:
    assert app
    with web(room) as (url, _):
        command = [Path(sys.executable).parent / "schemathesis", "run", f"{url}/openapi.json"]
        options = ["--checks", "all", "--max-examples", "40", "--seed", "1", "--no-color"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False, cwd=room.config.parent)
    assert done.returncode == 0, done.stdout
    assert "Tested: 2" in done.stdout


def paths(app: FastAPI) -> dict[str, set[str]]:
    """The methods that each path of the application's table takes, with 1 for its parameters."""
    taken: dict[str, set[str]] = {}
    for route in iter_route_contexts(app.routes):
        if route.methods:
            path = "".join("1" if part.startswith("{") else part for part in _parts(str(route.path)))
            taken.setdefault(path, set()).update(route.methods)
    return taken


def _parts(path: str) -> list[str]:
    return path.replace("{", "\0{").replace("}", "}\0").split("\0")


def test_head_is_get_without_the_body(app: FastAPI, client: TestClient) -> None:
    asked = [path for path, methods in paths(app).items() if "GET" in methods]
    assert len(asked) > 25
    for path in [*asked, "/static/style.css", "/feeds/all.atom", "/data/index.json", "/nowhere"]:
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        kept = [
            {name: value for name, value in answer.headers.items() if name != "set-cookie"} for answer in (got, head)
        ]
        if path != "/metrics":  # which tells of this very process
            assert kept[0] == kept[1], path


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "set-cookie"}


def test_a_refused_method_names_those_that_are_taken(app: FastAPI, client: TestClient) -> None:
    for path, methods in paths(app).items():
        taken = methods | ({"HEAD"} if "GET" in methods else set())
        for method in sorted(METHODS - taken - {"HEAD"}):
            answer = client.request(method, path)
            assert answer.status_code == 405, (method, path)
            assert taken <= set(answer.headers["allow"].split(", ")) <= taken | {"GET", "HEAD"}, path
    assert client.post("/static/style.css").headers["allow"] == "GET, HEAD"


def test_public_answers_are_compressed_and_private_ones_are_not(client: TestClient) -> None:
    for path in ("/", "/static/style.css", "/subscribe", "/api/entries"):
        plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip", path
        assert packed.content == plain.content
        assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 6)), "the level that is fast"
        assert packed.headers["vary"] == "Accept-Encoding"
        assert packed.headers.get("etag", "").removeprefix("W/") == plain.headers.get("etag", "")
    form = client.get("/suggest", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in form.headers
    assert "csrf" in form.text


def test_a_packed_page_is_known_again(client: TestClient) -> None:
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    again = client.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_own_files_never_need_to_be_asked_for_again(client: TestClient) -> None:
    page = client.get("/subscribe").text
    for part in page.split('="')[1:]:
        address = part.partition('"')[0]
        if address.startswith("/static/"):
            assert client.get(address).headers["cache-control"] == "public, max-age=31536000, immutable"
            assert client.get(f"{address}0").headers["cache-control"] == "no-cache"
    assert "/static/style.css?v=" in page


def test_errors_of_the_interface_are_json(room: Room, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    for path, status in (("/api/nothing", 404), ("/api/entries/none", 404), ("/api/entries?limit=0", 422)):
        answer = client.get(path)
        assert (answer.status_code, list(answer.json())) == (status, ["detail"]), path
    assert client.get("/nothing").headers["content-type"].startswith("text/html")
    room.ws.catalog.joinpath("entries", "2025", "1.toml").unlink()  # so that it is read, and abstracts asked for, anew
    break_store(room)
    answer = client.get("/archive")
    assert answer.status_code == 503
    assert "A request was answered with 503: " in caplog.text
