"""With ``--json`` an error is one document on standard output; standard error and the exit status are as without."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from harvester.base.errors import HarvesterError, LockHeld, MailError, UsageError
from harvester.cli.app import app
from harvester.cli.digest import _sent
from harvester.cli.errors import failure_of
from harvester.mail.smtp import SmtpServer
from harvester.services.digest.delivery import Counts, SendingStopped
from harvester.services.workspace import open_workspace
from harvester.store.engine import write
from harvester.store.locks import lock
from tests.conftest import ROOT
from tests.room import Room

# Runs many commands in one process, each as the console script would: a process for each takes a second.
WALK = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from harvester.cli import perform

for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = perform(json.loads(line))
    sys.__stdout__.write(json.dumps([status, out.getvalue(), err.getvalue()]) + "\\n")
"""
OWN_CONFIGURATION = ("demo", "init")  # they create one, so they take none
NAMED_AS_A_FINDING = ("doctor",)  # a missing configuration is one of its findings


def commands(group: Any, *above: str) -> dict[tuple[str, ...], Any]:
    """Every command of the tree, by its full name."""
    found: dict[tuple[str, ...], Any] = {}
    for name, command in group.commands.items():
        found |= commands(command, *above, name) if hasattr(command, "commands") else {(*above, name): command}
    return found


TREE = commands(typer.main.get_command(app))


def arguments(words: tuple[str, ...]) -> list[str]:
    """A complete call, with a value for each required argument."""
    return [
        *words,
        *("x" for parameter in TREE[words].params if parameter.param_type_name == "argument" and parameter.required),
    ]


def walk(calls: list[list[str]], folder: Path, **environment: str) -> list[tuple[int, str, str]]:
    """Exit status, standard output and standard error of each call."""
    done = subprocess.run(
        [sys.executable, "-c", WALK],
        input="\n".join(map(json.dumps, calls)),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answers = [tuple(json.loads(line)) for line in done.stdout.splitlines()]
    assert len(answers) == len(calls)
    return answers  # type: ignore[return-value]


def test_every_command_says_as_json_that_there_is_no_configuration(tmp_path: Path) -> None:
    asked = [words for words in TREE if words[0] not in (*OWN_CONFIGURATION, *NAMED_AS_A_FINDING)]
    assert len(asked) > 30
    calls = [[*arguments(words), "--json", "--config", "nowhere.toml"] for words in asked]
    for words, (status, out, err) in zip(asked, walk(calls, tmp_path), strict=True):
        assert status == 2, words
        said = json.loads(out)
        assert said["error"].startswith("There is no nowhere.toml; "), words
        assert "`harvester init`" in said["remedy"], words
        assert err == f"Error: {said['error']}\n"
    assert not list(tmp_path.iterdir())


def test_every_command_says_as_json_that_it_was_called_wrongly(tmp_path: Path) -> None:
    calls = [[*arguments(words), "--json", "--zz"] for words in TREE]
    for words, (status, out, err) in zip(TREE, walk(calls, tmp_path), strict=True):
        assert status == 2, words
        assert json.loads(out) == {
            "error": "No such option: --zz.",
            "remedy": f"Run `harvester {' '.join(words)} --help` for its arguments and options.",
        }, words
        assert "Error: No such option: --zz" in err
        assert f"Usage: harvester {' '.join(words)}" in err


@pytest.mark.parametrize(
    ("call", "named", "remedy"),
    [
        (["show"], "Missing argument 'PAPER'.", "harvester show --help"),
        (["frobnicate"], "No such command 'frobnicate'.", "harvester --help"),
        (["queue", "--limit", "many"], "--limit", "harvester queue --help"),
        (["reject", "2506.00001", "--reason", "\udcff"], "not valid UTF-8", None),
        (["run", "--since", "yesterday"], "yesterday", None),
        (["run", "--source", "pubmed"], "pubmed", "The sources are: "),
        (["queue", "--state", "lost"], "lost", "The states are: pending, "),
        (["accept", "2506.00001", "--modality", "eeg"], "modality has no label 'eeg'", "It has: ecg, "),
        (["accept", "2506.00001", "--label", "ecg"], "does not name a facet", "Write FACET:LABEL"),
        (["show", "9999.99999"], "knows no paper '9999.99999'", "`harvester catalog add ID`"),
    ],
)
def test_a_usage_error_names_its_remedy(tmp_path: Path, call: list[str], named: str, remedy: str | None) -> None:
    (tmp_path / "config.toml").write_text("[harvest.arxiv]\n")
    plain, told = walk([call, [*call, "--json"]], tmp_path)
    document = json.loads(told[1])
    assert set(document) == {"error", "remedy"}
    assert named in document["error"]
    assert remedy in document["remedy"] if remedy else document["remedy"] is None
    assert plain[1] == ""
    assert (plain[0], plain[2]) == (told[0], told[2]), "the flag changes neither status nor standard error"


def test_json_as_a_value_or_after_two_dashes_asks_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("")
    calls = [["show", "9999.99999", "--config", "--json"], ["show", "--", "--json", "--zz"]]
    for status, out, err in walk(calls, tmp_path):
        assert (status, out) == (2, "")
        assert "Error: " in err


def test_a_mail_server_that_cannot_be_reached(tmp_path: Path) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    ((status, out, _),) = walk([["subscribers", "add", "jo@example.org", "--json"]], room.folder)
    document = json.loads(out)
    assert status == 1
    assert "cannot be reached" in document["error"]
    assert document["remedy"] == "Try again when that is repaired: `harvester subscribers add jo@example.org`."
    with pytest.raises(MailError) as gone, SmtpServer(open_workspace(room.config).settings.digest) as server:
        server.open()
    assert failure_of(gone.value).remedy == "Check that it runs, and [digest] smtp_host and smtp_port."


def test_a_digest_that_was_stopped_says_so_in_the_document_with_its_counts() -> None:
    reason = "The mail server a:25 cannot be reached: refused; check that it runs."
    output = _sent(Counts(due=3, sent=1), SendingStopped(reason, Counts(), 2))
    assert output.document == {
        "due": 3,
        "sent": 1,
        "failed": 0,
        "unknown": 0,
        "waiting": 0,
        "problems": [],
        "error": f"{reason} Nothing is lost; the next call sends what was not sent (2).",
        "remedy": "The next call sends what was not sent (2).",
    }
    assert output.problems == [output.document["error"]]


def test_a_partial_failure_keeps_its_list(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("")
    calls = [["accept", "9999.99999", "9999.99998", "--json"], ["digest", "send", "--json"]]
    (status, out, err), (sent, counts, _) = walk(calls, tmp_path)
    assert status == 1
    assert [row["id"] for row in json.loads(out)] == ["9999.99999", "9999.99998"]
    assert all("knows no paper" in row["error"] for row in json.loads(out))
    assert err.count("Error: ") == 2
    assert (sent, json.loads(counts)["due"]) == (0, 0)


def test_a_store_that_is_behind_and_a_lock_that_is_held(tmp_path: Path) -> None:
    room = Room.make(tmp_path, "http://127.0.0.1:1")
    ws = open_workspace(room.config)
    with lock(ws.store, "run"):
        ((held, out, _),) = walk([["run", "--json"]], room.folder)
    assert (held, json.loads(out)["remedy"]) == (75, "Try again when it has finished.")
    with write(ws.store) as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    ws.store.dispose()
    ((behind, out, _),) = walk([["queue", "--json"]], room.folder)
    assert (behind, json.loads(out)["remedy"]) == (1, "Run `harvester db upgrade`.")


def test_after_a_document_was_printed_there_is_no_second_one(tmp_path: Path) -> None:
    """`web` prints its address and continues; a later error that ends it goes to standard error."""
    code = (
        "from harvester.base.errors import StoreError\n"
        "from harvester.cli import app as all_commands\n"
        "from harvester.cli.command import Output, command\n"
        "@command\n"
        "def serve(call):\n"
        "    call.answer(Output({'url': 'http://127.0.0.1:1'}))\n"
        "    raise StoreError('The store is gone.')\n"
        "all_commands.app.command('serve')(serve)\n"
        f"{WALK}"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input='["serve", "--json"]',
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    status, out, err = json.loads(done.stdout)
    assert (status, json.loads(out), err) == (1, {"url": "http://127.0.0.1:1"}, "Error: The store is gone.\n")


def test_a_remedy_is_the_second_half_of_the_sentence() -> None:
    error = UsageError("There is no a.toml", remedy="give one with --config")
    assert failure_of(error).to_json() == {
        "error": "There is no a.toml; give one with --config.",
        "remedy": "Give one with --config.",
    }
    assert failure_of(error).exit_status == 2
    assert failure_of(HarvesterError("It failed.")).to_json() == {"error": "It failed.", "remedy": None}
    assert failure_of(LockHeld("It is held.")).exit_status == 75


def test_a_bug_is_named_in_one_line() -> None:
    failure = failure_of(KeyError("field"))
    assert failure.exit_status == 1
    assert failure.error == "KeyError: 'field'. This is a bug; --debug shows where."
    assert failure.remedy


def test_a_missing_package_is_no_bug_of_ours() -> None:
    """As after `pip install --no-deps`: a night told its maintainers of a bug, once for each step."""
    words = "A package cannot be loaded (No module named 'torch'); install this program again"
    assert failure_of(ModuleNotFoundError("No module named 'torch'", name="torch")).error.startswith(words)
    assert "is a bug" in failure_of(ImportError("cannot import name 'x'", name="harvester.cli")).error
