"""A PostgreSQL server for a single test, which may be killed."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.room import free_port


class Server:
    """A cluster in its own folder; the user postgres runs it if the tests run as root, which PostgreSQL refuses."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._data, self._programs, self._folder = folder / "data", programs, folder
        self._user = "postgres" if os.geteuid() == 0 else None
        self.port = free_port()
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "--pgdata", self._data, "--username=postgres", "--auth=trust", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it answers; after a kill, its child processes may need a moment to exit."""
        log = self._folder / "log"
        options = ("--log", log, "--options", f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1")
        deadline = time.monotonic() + 200
        while True:
            try:
                return self._run("pg_ctl", "start", "--wait", "--pgdata", self._data, *options)
            except subprocess.CalledProcessError:
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.5)

    def kill(self) -> None:
        """Kill the server as the OOM killer or a power cut would."""
        pid = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--pgdata", self._data, "--mode=immediate", check=False)

    def _run(self, program: str, *arguments: object, check: bool = True) -> None:
        command, quiet = [str(self._programs / program), *map(str, arguments)], subprocess.DEVNULL
        subprocess.run(command, user=self._user, cwd=self._folder, check=check, stdout=quiet, stderr=quiet)


@contextmanager
def postgresql() -> Iterator[Server]:
    """A running server; the test is skipped if its programs are missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "")]
    if not found[-1].name:
        pytest.skip("needs PostgreSQL's server programs (initdb, pg_ctl)")
    folder = Path(tempfile.mkdtemp(prefix="harvester-pg-"))  # not in tmp_path, which postgres may not enter
    server = Server(folder, found[-1].parent)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
