"""Papers added by their repository: every request goes through the transport to a real server on this machine."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harvester.base.errors import CatalogError, HarvesterError
from harvester.catalog.folder import load_catalog
from harvester.config.catalog import CatalogSettings
from harvester.services.catalog.add import add
from harvester.services.catalog.repository import LONGEST, file_sources, raw_address, repository_at
from harvester.services.workspace import Workspace
from tests.room import Room

LABELS = {"task": "diagnosis", "modality": "ecg", "disease": "", "kind": "research"}
README = """\
# Valve
Code.
## Citation
```
@article{poe2023valve,
  title = {Valves from sound alone},
  author = {Poe, Ada and Lux, Ben},
  journal = {Invented Letters},
  year = {2023}
}
```
"""
CFF = """\
cff-version: 1.2.0
message: Please cite the paper.
title: valve
authors:
  - family-names: Poe
    given-names: Ada
preferred-citation:
  type: article
  title: Valves from sound alone
  authors:
    - family-names: Poe
      given-names: Ada
  doi: 10.1000/valve
  year: 2023
"""


@dataclass
class Host:
    """A host of repositories: pages by path, each a status, a body and headers."""

    url: str = ""
    pages: dict[str, tuple[int, bytes, Mapping[str, str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: str | bytes = "", status: int = 200, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = (status, data, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            status, body, headers = made.pages.get(self.path, (404, b"404: Not Found", {}))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield made
        server.shutdown()


@pytest.fixture
def room(tmp_path: Path, host: Host) -> Room:
    return Room.make(tmp_path, "http://127.0.0.1:9", catalog={"raw_url": host.url, "gitlab_url": host.url})


@pytest.fixture
def ws(room: Room) -> Iterator[Workspace]:
    yield room.ws
    room.ws.store.dispose()


def ids(ws: Workspace) -> list[str]:
    return [entry.id for entry in load_catalog(ws.catalog, ws.taxonomy).entries]


@pytest.mark.parametrize(
    ("address", "home", "raw"),
    [
        ("https://github.com/poe/valve", "https://github.com/poe/valve", "R/poe/valve/HEAD/README.md"),
        ("https://github.com/poe/valve/", "https://github.com/poe/valve", "R/poe/valve/HEAD/README.md"),
        ("http://www.github.com/poe/va.lve.git", "https://github.com/poe/va.lve", "R/poe/va.lve/HEAD/README.md"),
        ("github.com/poe/valve", "https://github.com/poe/valve", "R/poe/valve/HEAD/README.md"),
        ("git@github.com:poe/valve.git", "https://github.com/poe/valve", "R/poe/valve/HEAD/README.md"),
        ("git+https://github.com/poe/valve.git", "https://github.com/poe/valve", "R/poe/valve/HEAD/README.md"),
        ("https://github.com/poe/valve?tab=readme-ov-file#cite", "https://github.com/poe/valve",
         "R/poe/valve/HEAD/README.md"),
        ("https://github.com/poe/valve/issues/3", "https://github.com/poe/valve", "R/poe/valve/HEAD/README.md"),
        ("https://github.com/poe/valve/tree/main", "https://github.com/poe/valve", "R/poe/valve/main/README.md"),
        ("https://github.com/poe/valve/tree/main/sub/one", "https://github.com/poe/valve/tree/main/sub/one",
         "R/poe/valve/main/sub/one/README.md"),
        ("https://github.com/poe/valve/blob/dev/README.md", "https://github.com/poe/valve",
         "R/poe/valve/dev/README.md"),
        ("https://github.com/poe/valve/blob/dev/doc/Read%20me.md", "https://github.com/poe/valve/tree/dev/doc",
         "R/poe/valve/dev/doc/Read%20me.md"),
        ("https://raw.githubusercontent.com/poe/valve/refs/heads/main/README.md", "https://github.com/poe/valve",
         "R/poe/valve/main/README.md"),
        ("https://gitlab.com/heart/group/valve", "https://gitlab.com/heart/group/valve",
         "L/heart/group/valve/-/raw/HEAD/README.md"),
        ("https://gitlab.com/heart/valve/-/tree/main?ref_type=heads", "https://gitlab.com/heart/valve",
         "L/heart/valve/-/raw/main/README.md"),
        ("https://gitlab.com/heart/valve/-/blob/main/docs/README.rst",
         "https://gitlab.com/heart/valve/-/tree/main/docs", "L/heart/valve/-/raw/main/docs/README.rst"),
        ("git@gitlab.com:heart/valve.git", "https://gitlab.com/heart/valve", "L/heart/valve/-/raw/HEAD/README.md"),
    ],
)  # fmt: skip
def test_any_address_of_a_repository_gives_its_readme(address: str, home: str, raw: str) -> None:
    settings = CatalogSettings()
    found = repository_at(settings, address)
    assert found is not None
    bases = {"R": settings.raw_url, "L": settings.gitlab_url}
    assert (found.home, raw_address(settings, found, found.file or "README.md")) == (home, bases[raw[0]] + raw[1:])


@pytest.mark.parametrize(
    "address",
    ["https://github.com/poe", "https://github.com/", "https://github.example/a/b", "https://github.com/a/../b",
     "https://github.com.evil.example/a/b", "https://gitlab.com/poe", "poe/valve", "2101.00001", "10.1000/valve",
     "http://[x/a/b", "https://gist.github.com/poe/abc"],
)  # fmt: skip
def test_other_addresses_are_no_repository(address: str) -> None:
    assert repository_at(CatalogSettings(), address) is None


def test_readme_and_citation_file_are_one_paper(ws: Workspace, host: Host) -> None:
    host.put("/poe/valve/HEAD/README.md", README)
    host.put("/poe/valve/HEAD/CITATION.cff", CFF)
    entry = add(ws, "https://github.com/poe/valve.git", LABELS)
    assert (entry.id, entry.title, entry.authors) == (
        "doi:10.1000/valve", "Valves from sound alone", ("Ada Poe", "Ben Lux"),
    )  # fmt: skip
    assert dict(entry.links) == {
        "paper": "https://doi.org/10.1000/valve",
        "code": "https://github.com/poe/valve",
    }


def test_a_citation_file_is_enough(ws: Workspace, host: Host) -> None:
    host.put("/poe/valve/HEAD/CITATION.cff", CFF)
    assert add(ws, "https://github.com/poe/valve", LABELS).id == "doi:10.1000/valve"


def test_a_readme_may_have_another_name_and_encoding(ws: Workspace, host: Host) -> None:
    host.put("/poe/valve/HEAD/README.rst", README.replace("Poe, Ada", "Pöe, Ada").encode("utf-16"))
    assert add(ws, "https://github.com/poe/valve", LABELS).authors == ("Ada Pöe", "Ben Lux")


def test_a_folder_of_a_repository_has_its_own_readme(ws: Workspace, host: Host) -> None:
    host.put("/lab/all/main/valve/README.md", README)
    entry = add(ws, "https://github.com/lab/all/tree/main/valve", LABELS)
    assert entry.links["code"] == "https://github.com/lab/all/tree/main/valve"


def test_a_project_at_gitlab(ws: Workspace, host: Host) -> None:
    host.put("/heart/group/valve/-/raw/HEAD/README.md", README)
    address = f"{host.url}/heart/group/valve"
    assert add(ws, f"{address}/-/tree/HEAD", LABELS).links["code"] == address


def test_software_of_a_record_stays_beside_the_repository(ws: Workspace, host: Host) -> None:
    archived = "@software{v, title={valve}, author={Poe, Ada}, doi={10.5281/zenodo.42}}"
    host.put("/poe/valve/HEAD/README.md", README + archived)
    links = add(ws, "https://github.com/poe/valve", LABELS).links
    assert (links["code"], links["code-2"]) == ("https://github.com/poe/valve", "https://doi.org/10.5281/zenodo.42")


def _missing(_: Host) -> None:
    pass


def _without_record(host: Host) -> None:
    host.put("/poe/valve/HEAD/README.md", "# Valve\nNothing to cite.\n")


def _broken(host: Host) -> None:
    host.put("/poe/valve/HEAD/README.md", README.replace("alone},", "alone").replace("  author", "```\n  author"))


def _moved(host: Host) -> None:
    host.put("/poe/valve/HEAD/CITATION.cff", status=301, Location="/lux/valve2/HEAD/CITATION.cff")
    host.put("/lux/valve2/HEAD/CITATION.cff", CFF)


def _elsewhere(host: Host) -> None:
    host.put("/poe/valve/HEAD/CITATION.cff", status=302, Location="http://elsewhere.example/x")


def _limited(host: Host) -> None:
    host.put("/poe/valve/HEAD/CITATION.cff", "API rate limit exceeded", 403)


def _told_to_wait(host: Host) -> None:
    host.put("/poe/valve/HEAD/CITATION.cff", "", 429, Retry_After="3600")


def _down(host: Host) -> None:
    host.put("/poe/valve/HEAD/CITATION.cff", "", 502)


def _picture(host: Host) -> None:
    host.put("/poe/valve/HEAD/README.md", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(200)))


@pytest.mark.parametrize(
    ("prepare", "message", "remedy"),
    [
        (_missing, r"poe/valve has no README or CITATION\.cff, does not exist, or is private", "Check the address"),
        (_without_record, r"poe/valve \(README\.md\) contains no BibTeX record with a title", "Give a README"),
        (_broken, r"\(README\.md\), line 5: the record poe2023valve cannot be read: its title is never closed",
         "Correct it"),
        (_moved, r"poe/valve redirects to https://github\.com/lux/valve2", "Add https://github.com/lux/valve2 if"),
        (_elsewhere, r"poe/valve is not read: .* redirects to another host, http://elsewhere\.example/x", "Check"),
        (_limited, r"poe/valve is not read: .*slow down \(HTTP 403\)", "Try again later"),
        (_told_to_wait, r"poe/valve is not read: .*says to wait 3600 s", "Try again later"),
        (_down, r"poe/valve is not read: .*HTTP 502", "Try again later"),
        (_picture, r"README\.md of https://github\.com/poe/valve is not a text file", "Give a README"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_named_with_its_remedy(
    ws: Workspace, host: Host, prepare: Callable[[Host], None], message: str, remedy: str
) -> None:
    prepare(host)
    with pytest.raises(HarvesterError, match=message) as caught:
        add(ws, "https://github.com/poe/valve", LABELS)
    assert (caught.value.remedy or "").startswith(remedy)
    assert ids(ws) == []


def test_a_sign_in_page_is_no_readme(ws: Workspace, host: Host) -> None:
    for name in ("CITATION.cff", "README.md"):
        host.put(f"/heart/valve/-/raw/HEAD/{name}", status=302, Location="/users/sign_in")
    host.put("/users/sign_in", "<html>Sign in</html>")
    with pytest.raises(HarvesterError, match="does not exist, or is private"):
        add(ws, f"{host.url}/heart/valve", LABELS)


def test_the_usual_hosts_are_never_on_a_private_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an attack on the name server."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: [(2, 1, 6, "", ("10.0.0.7", 443))])
    ws = Room.make(tmp_path, "http://127.0.0.1:9").ws
    with pytest.raises(HarvesterError, match=r"is on a private network \(10\.0\.0\.7\)"):
        add(ws, "https://github.com/poe/valve", LABELS)
    ws.store.dispose()


def test_an_answer_that_is_too_long_is_refused(tmp_path: Path, host: Host) -> None:
    sections: Any = {"catalog": {"raw_url": host.url}, "harvest": {"max_bytes": 1000}}
    ws = Room.make(tmp_path, "http://127.0.0.1:9", **sections).ws
    host.put("/poe/valve/HEAD/CITATION.cff", CFF + "# " + "x" * 2000)
    with pytest.raises(HarvesterError, match="sent more than 1000 bytes"):
        add(ws, "https://github.com/poe/valve", LABELS)
    ws.store.dispose()


def test_a_citation_file_beside_a_readme(tmp_path: Path) -> None:
    (tmp_path / "CITATION.cff").write_text(CFF)
    for name in ("README.md", "valve-readme.md", "notes.md"):
        (tmp_path / name).write_text(README)
    assert [len(file_sources(tmp_path / name)) for name in ("README.md", "valve-readme.md", "notes.md")] == [2, 2, 1]


def test_a_file_that_is_too_long(tmp_path: Path) -> None:
    with (tmp_path / "README.md").open("wb") as file:
        file.truncate(LONGEST + 1)
    with pytest.raises(CatalogError, match="is longer than 20 MB"):
        file_sources(tmp_path / "README.md")


def test_the_command_tells_of_repairs(room: Room, host: Host) -> None:
    host.put("/poe/valve/HEAD/README.md", README.replace("alone},", "alone}"))
    options = [part for facet, label in LABELS.items() for part in (f"--{facet}", label)]
    found = room.json("catalog", "add", "https://github.com/poe/valve", *options)
    assert found["title"] == "Valves from sound alone"
    assert found["warnings"] == [
        "https://github.com/poe/valve (README.md), line 5: the record was read although a comma is missing after title."
    ]
    assert room.json("catalog", "add", "https://github.com/poe/nothing", *options, status=1)["remedy"].startswith(
        "Check"
    )


def test_a_paper_that_only_a_link_names(ws: Workspace, host: Host) -> None:
    """arXiv does not answer here: a title in the text is enough, an id alone is not."""
    host.put("/poe/valve/HEAD/README.md", "# V\nCode of [Valves from sound](https://arxiv.org/abs/2301.00009).\n")
    told: list[str] = []
    entry = add(ws, "https://github.com/poe/valve", LABELS, warn=told.append)
    assert (entry.id, entry.title, entry.venue) == ("arxiv:2301.00009", "Valves from sound", "arXiv")
    assert [warning.partition(":2301.00009 ")[2][:28] for warning in told] == ["has no authors and date yet:"]
    host.put(
        "/poe/badge/HEAD/README.md", "# B\n[![arXiv](https://b.example/x.svg)](https://arxiv.org/abs/2301.00010)\n"
    )
    with pytest.raises(HarvesterError, match=r"Only a link names the paper arxiv:2301\.00010, without its title"):
        add(ws, "https://github.com/poe/badge", LABELS)
