"""A working folder: its configuration, its store and a clock that is set by hand, and its command line."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from sqlalchemy import make_url

from harvester.config.settings import load_settings
from harvester.services.workspace import Workspace, taxonomy_of
from harvester.store import schema
from harvester.store.engine import connect, open_store
from tests.room.commands import harvester, process
from tests.room.configuration import NOWHERE, Section, write_config

START = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)


def prepare_store(url: str) -> None:
    """Give a store its schema; a SQLite file that is not there yet is a copy, which takes a tenth of the time."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and not Path(file).exists():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_bytes(_empty_store())
    _upgrade(url)


def _upgrade(url: str) -> None:
    engine = connect(url)
    schema.upgrade(engine)
    # Only a file's last connection folds the write-ahead log into it: one left open would spoil a later copy.
    engine.dispose()


@cache
def _empty_store() -> bytes:
    with TemporaryDirectory() as folder:
        _upgrade(f"sqlite:///{folder}/harvester.db")
        return Path(folder, "harvester.db").read_bytes()


class Folder:
    """A working folder, and `harvester` run in it."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder, self.environment = folder, environment or {}
        self.now = START

    @classmethod
    def make(
        cls, folder: Path, upstream: str = NOWHERE, store: str = "", *, like: Path | None = None, **sections: Section
    ) -> Self:
        """A new folder with the default configuration, changed by `sections`.

        If the SQLite file `like` is given, the store is a copy of it.
        """
        write_config(folder, upstream, store, sections)
        if like:
            (folder / "data").mkdir(exist_ok=True)
            shutil.copyfile(like, folder / "data" / "harvester.db")
        return cls(folder)

    @cached_property
    def ws(self) -> Workspace:
        """The workspace that services take; its store has a schema, and its clock is `now`."""
        settings = load_settings(self.config)
        prepare_store(settings.store_url)
        return Workspace(settings, open_store(settings.store_url), taxonomy_of(settings), lambda: self.now)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def entries(self) -> list[Path]:
        return sorted((self.folder / "data" / "catalog" / "entries").rglob("*.toml"))

    def start(self, *arguments: str, now: str | None = None, **more: Any) -> "subprocess.Popen[str]":
        """The command as a process of its own."""
        return process(*arguments, folder=self.folder, environment=self._environment(now), **more)

    def run(self, *arguments: str, now: str | None = None, status: int = 0) -> str:
        """Run a command and return its output; its exit status must be `status`, and it must print no traceback."""
        done = harvester(*arguments, folder=self.folder, environment=self._environment(now))
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        if status:
            assert done.stderr.strip() or done.stdout.strip(), "a failure must be named"
        return done.stdout if status in (0, 1) and done.stdout.strip() else done.stderr

    def _environment(self, now: str | None) -> dict[str, str]:
        return {**self.environment, **({"HARVESTER_NOW": now} if now else {})}

    def json(self, *arguments: str, now: str | None = None, status: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", now=now, status=status))
