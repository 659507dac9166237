"""Every file that a command takes, as a missing one, a folder, an unreadable, a binary and an unrelated one."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_json_errors import NAMED_AS_A_FINDING, TREE, walk
from tests.room import Room

KINDS = ("missing", "folder", "unreadable", "binary", "text")
LONG = {("demo", "--folder", kind) for kind in ("missing", "folder")}
"""These play a whole night."""


def takes_file(parameter: Any) -> bool:
    return parameter.type_descriptor.annotation is Path or "FILE" in str(parameter.metavar)


FILES = [
    (words, parameter)
    for words, command in TREE.items()
    for parameter in command.params
    if parameter.opts[0] != "--config" and takes_file(parameter)
]


def call(words: tuple[str, ...], tested: Any, given: str) -> list[str]:
    """A call with this file, and a value for every other required argument."""
    option = [] if tested.param_type_name == "argument" else [tested.opts[0]]
    elsewhere = ["new"] if words == ("init",) and option else []
    return [*words, *option, given, *elsewhere, *required(words, tested)]


def required(words: tuple[str, ...], given: Any = None) -> list[str]:
    """A value for each required argument that is not given."""
    arguments = [one for one in TREE[words].params if one.param_type_name == "argument" and one.required]
    return ["x" for one in arguments if one is not given]


def make(path: Path, kind: str) -> None:
    if kind == "folder":
        path.mkdir()
    elif kind == "unreadable":
        path.symlink_to(path)  # root may read every file, but not follow a loop
    elif kind == "binary":
        path.write_bytes(bytes(range(256)) * 20)
    elif kind == "text":
        path.write_text("nothing,that\nwas,expected\n")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room.make(tmp_path, "http://127.0.0.1:1")
    (tmp_path / "x").write_text("# Data\n### ECG\n**One** \\\n[2023] [X] \\\n[[Paper](https://a.org/b)]\n")
    return made


def test_every_file_of_every_command(room: Room) -> None:
    asked = [
        (words, tested, kind, f"{kind}-{'-'.join(words)}-{tested.name}")
        for words, tested in FILES
        for kind in KINDS
        if (*words, tested.opts[0], kind) not in LONG
    ]
    assert len(asked) > 50
    for _, _, kind, name in asked:
        make(room.folder / name, kind)
    answers = walk([call(words, tested, name) for words, tested, _, name in asked], room.folder)
    wrong = []
    for (words, tested, _, name), (status, out, err) in zip(asked, answers, strict=True):
        named = status == 0 or name in err or (status == 1 and out.strip())
        if status not in (0, 1, 2) or not named or "is a bug" in err or "Traceback" in err + out:
            wrong.append((*words, tested.opts[0], name, status, err[-300:]))
    assert not wrong, "\n".join(map(str, wrong))


def test_a_configuration_that_is_no_file_is_named_by_every_command(room: Room) -> None:
    asked = [words for words, command in TREE.items() if any(one.opts[0] == "--config" for one in command.params)]
    for kind in KINDS:
        make(room.folder / kind, kind)
    calls = [[*words, *required(words), "--config", kind] for words in asked for kind in KINDS]
    for given, (status, out, err) in zip(calls, walk(calls, room.folder), strict=True):
        if given[0] in NAMED_AS_A_FINDING:
            assert (status, given[-1] in out) == (1, True)
        else:
            assert status == 2, (given, err)
            assert err.startswith("Error: "), given
            assert given[-1] in err
            assert err.count("\n") == 1
