"""Working folders for jobs: a configuration that points at the stand-in, and the command line in them."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.room.commands import harvester, process

CONFIG = """\
[store]
url = "{store}"
[harvest]
attempts = {attempts}
timeout = 2.0
read_limit = 4.0
max_wait = 0.2
[harvest.arxiv]
url = "{upstream}/api/query"
min_interval = 0.0
[harvest.huggingface]
url = "{upstream}"
queries = ["cardiac", "ECG"]
[[harvest.feeds]]
name = "npj-digital-medicine"
url = "{upstream}/feed/npj-digital-medicine.xml"
allow_private = true
[digest]
smtp_host = "127.0.0.1"
smtp_port = {smtp_port}
smtp_security = "none"
"""


@dataclass(frozen=True)
class Room:
    """A working folder, and `harvester` run in it."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, upstream: str, store: str = "", *, attempts: int = 1, smtp_port: int = 1) -> "Room":
        folder.mkdir(parents=True, exist_ok=True)
        store = store or f"sqlite:///{folder}/data/harvester.db"
        text = CONFIG.format(store=store, upstream=upstream, attempts=attempts, smtp_port=smtp_port)
        (folder / "config.toml").write_text(text)
        return cls(folder)

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
        """What the command printed; its exit status must be `status`, and no traceback may show."""
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
