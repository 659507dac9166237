"""arXiv's metadata snapshot: its records, and the faults that a file of millions of lines may have."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harvester.base.errors import HarvesterError, UsageError
from harvester.domain.papers import Author
from harvester.sources.arxiv import snapshot
from harvester.sources.arxiv.snapshot import as_paper, is_among, parse_categories, read_lines
from harvester.sources.errors import Malformed

RECORD: dict[str, Any] = {
    "id": "0704.0001",
    "submitter": "Somebody",
    "authors": "Jos\\'e B\\'al, Ann Example Jr",
    "title": "A title\n  on two lines",
    "comments": "12 pages",
    "journal-ref": "J. Invented 1 (2007)",
    "doi": "10.1000/ABC",
    "report-no": None,
    "categories": "cs.CV eess.IV",
    "license": None,
    "abstract": "  Invented\nwords. ",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Bál", "José", ""], ["Example", "Ann", "Jr", "Invented University"]],
}


def test_a_record_says_what_the_api_says() -> None:
    paper = as_paper(RECORD)
    assert paper.identifiers == ("arxiv:0704.0001", "doi:10.1000/abc")
    assert (paper.title, paper.abstract, paper.version) == ("A title on two lines", "Invented words.", 2)
    assert paper.authors == (Author("José Bál"), Author("Ann Example Jr", "Invented University"))
    assert paper.published == datetime(2007, 4, 2, 19, 18, 42, tzinfo=UTC)
    assert paper.updated == datetime(2007, 7, 24, 20, 10, 27, tzinfo=UTC)
    assert (paper.categories, paper.venue) == (("cs.CV", "eess.IV"), "J. Invented 1 (2007)")
    assert not paper.withdrawn
    assert as_paper(RECORD | {"comments": "This paper has been withdrawn"}).withdrawn


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": None}, "id is missing"),
        ({"id": 704.0001}, "id must be a string, not float"),
        ({"id": "x"}, "'x' is not an arXiv id"),
        ({"title": " "}, "title is empty"),
        ({"abstract": None}, "abstract is missing"),
        ({"categories": ["cs.CV"]}, "categories must be a string, not list"),
        ({"authors_parsed": ["Bál"]}, "authors_parsed must be a list of lists"),
        ({"versions": [{"version": "v1", "created": "some day"}]}, "is not a date: 'some day'"),
        ({"versions": [{"version": "v1"}]}, "created is missing"),
        ({"versions": [], "update_date": "soon"}, "update_date is not a date"),
    ],
)
def test_what_is_wrong_with_a_record_is_said(change: dict[str, Any], said: str) -> None:
    with pytest.raises(Malformed, match=said):
        as_paper(RECORD | change)


def test_what_may_be_missing_may_be_missing() -> None:
    paper = as_paper({key: RECORD[key] for key in ("id", "title", "abstract", "categories")})
    assert (paper.version, paper.authors, paper.published) == (1, (), None)


def lines_of(tmp_path: Path, content: bytes) -> list[snapshot.SnapshotLine]:
    path = tmp_path / "snapshot"
    path.write_bytes(content)
    return list(read_lines(path))


def encoded(**change: Any) -> bytes:
    return json.dumps(RECORD | change).encode() + b"\n"


def test_lines_keep_their_numbers_whatever_stands_between_them(tmp_path: Path) -> None:
    bad = [b"\n", b"no json\n", b"[1]\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"]
    found = lines_of(tmp_path, encoded() + b"".join(bad) + encoded(id="hep-th/9901001"))
    assert [(line.number, line.paper is not None) for line in found] == [
        (1, True), (3, False), (4, False), (5, False), (6, False), (7, True)
    ]  # fmt: skip
    assert "of type list" in found[2].problem
    assert all("\n" not in line.problem and len(line.problem) < 200 for line in found)


@pytest.mark.parametrize("name", ["0704.0001", "2501.00001", "hep-th/9901001", "math.GT/0309136"])
def test_an_id_that_came_before_is_named(tmp_path: Path, name: str) -> None:
    other = f"{name[:-1]}2"
    found = lines_of(tmp_path, encoded(id=name) + encoded(id=other) + encoded(id=f"{name}v2") + encoded(id=other))
    assert [line.number for line in found if line.paper] == [1, 2]
    assert all("appears earlier" in line.problem for line in found[2:])


def test_a_line_without_end_fills_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "LONGEST_LINE", len(encoded()) + 10)
    found = lines_of(tmp_path, encoded(abstract="x" * 50_000) + encoded() + encoded(id="0704.0002", title="y" * 50_000))
    assert [line.number for line in found if line.paper] == [2]
    assert [line.problem[:11] for line in found if line.problem] == ["longer than", "longer than"]


def test_a_gzipped_file_that_breaks_off_gives_all_lines_before_the_break(tmp_path: Path) -> None:
    whole = b"".join(encoded(id=f"0704.{number:04}") for number in range(1, 3001))
    packed = gzip.compress(whole)
    assert len([line for line in lines_of(tmp_path, packed) if line.paper]) == 3000
    found = lines_of(tmp_path, packed[: len(packed) // 2])
    assert len(found) > 100
    assert all(line.paper for line in found[:-1])
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert "is truncated" in found[-1].problem
    damaged = bytearray(packed)
    damaged[len(packed) // 2 : len(packed) // 2 + 200] = bytes(200)
    assert any("damaged" in line.problem for line in lines_of(tmp_path, bytes(damaged)))


def test_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(HarvesterError, match=r"missing\.jsonl is not a file"):
        list(read_lines(tmp_path / "missing.jsonl"))


def test_categories_and_whole_archives() -> None:
    paper = as_paper(RECORD)
    assert parse_categories(" eess, cs.CV,cs.CV ") == ("cs.CV", "eess")
    chosen = ["cs.CV", "eess", "cs,math.GT", "", "eess.SP", "physics", "cs.C"]
    assert [is_among(paper, parse_categories(text)) for text in chosen[:4]] == [True] * 4
    assert not any(is_among(paper, parse_categories(text)) for text in chosen[4:])
    with pytest.raises(UsageError, match=r"'cs CV' is not an arXiv category"):
        parse_categories("cs CV")
