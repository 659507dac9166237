"""The fenced blocks of a page as steps, and a shell that runs them one after another.

The fence of a block shows its purpose:

    ```sh                              commands, run here in the page's folder
    ```sh title="By hand: ..."         commands for another machine: inspected, not run
    ```sh title="In a second terminal" a command that runs until the page ends
    ```text                            what the commands above it print; ... is anything
    ```toml title="config.toml"        keys to put into this file, which is created if it is missing
    ```toml title="FILE, after LABEL"  lines to insert after a label of the taxonomy
    ```json, ```xml                    only shown
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import tomlkit
from markdown_it import MarkdownIt

from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = ["tutorial.md", *sorted(f"howto/{page.name}" for page in (DOCS / "howto").glob("*.md"))]
MARK = "\x1e"  # no command prints it


@dataclass(frozen=True)
class Step:
    """A block, and its expected output."""

    page: str
    line: int
    language: str
    title: str
    text: str
    printed: str | None = None

    @property
    def by_hand(self) -> bool:
        return self.title.startswith("By hand: ")

    @property
    def commands(self) -> list[str]:
        """The block's shell lines, with continuations joined and comments removed."""
        lines = [re.sub(r"\s+# .*", "", line) for line in self.text.replace("\\\n", " ").splitlines()]
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def steps(page: str, replaced: Mapping[str, str] = MappingProxyType({})) -> list[Step]:
    """The blocks of a page, in order, with the reader's values replaced by the test's."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for theirs, ours in replaced.items():
        text = text.replace(theirs, ours)
    found: list[Step] = []
    for token in MarkdownIt().parse(text):
        if token.type != "fence":
            continue
        language, _, rest = token.info.partition(" ")
        title = re.fullmatch(r'title="(.+)"', rest)
        assert title or not rest, f"{page}: {token.info} is no fence that the tests know"
        assert token.map
        if language == "text":
            before = found.pop()
            assert before.language == "sh", f"{page}:{token.map[0]}: output of no command"
            found.append(Step(before.page, before.line, "sh", before.title, before.text, token.content))
        else:
            found.append(Step(page, token.map[0] + 1, language, title[1] if title else "", token.content))
    return found


def matches(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed: `...` matches anything, columns may be wider."""
    wanted = re.escape(" ".join(shown.split())).replace(re.escape("..."), ".*")
    return re.fullmatch(wanted, " ".join(printed.split())) is not None


def put(config: Path, keys: str) -> None:
    """Put the keys of a block into a file, such as config.toml."""
    whole = tomlkit.parse(config.read_text(encoding="utf-8") if config.exists() else "")
    _put(whole, tomlkit.parse(keys))
    config.write_text(tomlkit.dumps(whole), encoding="utf-8")


def _put(into: dict, keys: Mapping) -> None:  # type: ignore[type-arg]
    for key, value in keys.items():
        if isinstance(value, Mapping) and key in into:
            _put(into[key], value)
        elif isinstance(value, tomlkit.items.AoT) and key in into:
            into[key].extend(value)
        else:
            into[key] = value


class Shell:
    """A single bash per page: variables and the working folder carry over from block to block."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._said = folder.with_suffix(".stderr").open("w+", encoding="utf-8")
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            start_new_session=True,  # so that background processes end with it
        )

    def run(self, commands: Sequence[str]) -> tuple[int, str]:
        """The status of the first command that fails, else 0, and what was printed."""
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.write(f"{{ {' && '.join(commands)}\n}} </dev/null; printf '{MARK}%d\\n' $?\n")
        self._bash.stdin.flush()
        printed = ""
        while MARK not in printed:
            line = self._bash.stdout.readline()
            assert line, f"the shell ended in {commands}:\n{self.errors}"
            printed += line
        out, _, status = printed.partition(MARK)
        return int(status), out

    @property
    def errors(self) -> str:
        return Path(self._said.name).read_text(encoding="utf-8")

    def close(self) -> None:
        os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.wait()
        self._said.close()
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.close()
        self._bash.stdout.close()
