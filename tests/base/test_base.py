import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harvester.base import escape
from harvester.base.clock import clock_from_environment, parse_moment, rfc3339
from harvester.base.errors import HarvesterError, LockHeld, UsageError
from harvester.base.files import write_atomic
from harvester.base.locks import file_lock


def test_what_others_said_is_cut_between_words_and_says_so() -> None:
    assert escape.excerpt("fatal:  it\nexists", 20) == "fatal: it exists"
    assert escape.excerpt("fatal: it exists already", 16) == "fatal: it exists…"
    assert escape.excerpt("fatal: it exists already", 15) == "fatal: it…"
    assert escape.excerpt("x" * 30, 20) == "x" * 20 + "…"


def test_the_clock_stands_still_where_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_NOW", "2025-06-12T23:30:00+02:00")
    assert clock_from_environment()() == datetime(2025, 6, 12, 21, 30, tzinfo=UTC)
    monkeypatch.setenv("HARVESTER_NOW", "yesterday")
    with pytest.raises(UsageError, match="HARVESTER_NOW 'yesterday'"):
        clock_from_environment()


def test_moments_are_utc() -> None:
    assert rfc3339(parse_moment("2025-06-12", "--since")) == "2025-06-12T00:00:00Z"
    assert rfc3339(parse_moment("2025-06-12T23:30:00Z", "--since")) == "2025-06-12T23:30:00Z"
    for edge in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00"):
        with pytest.raises(UsageError, match="years 1 to 9999"):
            parse_moment(edge, "--since")


def test_a_file_is_written_whole_and_not_touched_in_vain(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.txt"
    assert write_atomic(path, "one", mode=0o600)
    before = path.stat()
    assert before.st_mode & 0o777 == 0o600
    assert not write_atomic(path, "one")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert write_atomic(path, "two")
    assert path.read_text() == "two"
    assert list(path.parent.iterdir()) == [path]


def test_an_unwritable_place_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(HarvesterError, match="file/below"):
        write_atomic(tmp_path / "file" / "below", "x")
    assert (tmp_path / "file").read_text() == "here"


def test_a_lock_keeps_other_processes_out_and_falls_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    program = (
        "import sys, time; from pathlib import Path; from harvester.base.locks import file_lock\n"
        "with file_lock(Path(sys.argv[1]), wait=False):\n  print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LockHeld) as caught, file_lock(path, wait=False):
            pass
        assert caught.value.exit_status == os.EX_TEMPFAIL
        other.kill()
    with file_lock(path, wait=False):
        pass


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))))
def test_escaped_markdown_renders_as_the_text_itself(text: str) -> None:
    tokens = MarkdownIt("commonmark").parseInline(escape.markdown(text))
    assert all(token.type in ("text", "text_special") for token in tokens[0].children or [])
    assert "".join(token.content for token in tokens[0].children or []) == escape.one_line(text)


@given(st.text())
def test_a_safe_link_stays_in_its_place(text: str) -> None:
    link = escape.url(f"https://example.org/{text}")
    assert not set(link) & set('()<>"` \n\\')
    assert escape.url(f"javascript:{text}") == ""


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert escape.csv_cell(cell) == f"'{cell}"
    assert escape.csv_cell("plain") == "plain"


@given(st.text() | st.text("'=+-@＝\t\r\n a", max_size=6))
def test_a_cell_made_safe_and_read_back_is_the_cell(text: str) -> None:
    cell = escape.csv_cell(text)
    assert escape.csv_text(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
