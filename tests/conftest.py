"""What all rooms' tests share: the stand-in for the upstreams, both databases, and a real browser."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from classifiers import encoder
from harvester.services.review import users
from harvester.store import schema
from harvester.store.engine import connect
from tests.room import NOWHERE, Room, Sink, free_port, serve
from tests.room.forkserver import forkserver

# A busy machine is no reason for a property to fail. CI tries the same examples every time: a failure
# found by a new one is for developers to handle, and must not block an unrelated change.
settings.register_profile(
    "patient",
    max_examples=30,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("patient"), max_examples=200, derandomize=False)
settings.load_profile("patient")

ROOT = Path(__file__).parent.parent
POSTGRES = os.environ.get("HARVESTER_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")

FORKS = pytest.StashKey[str]()

PATIENCE = 60_000  # milliseconds: that a busy machine draws late is no failure
expect.set_options(timeout=PATIENCE)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def shared_folder() -> Path | None:
    """The shared folder beside this checkout, if there is one."""
    folder = Path(os.environ.get("HARVESTER_SHARED", ROOT.parent / "shared"))
    return folder if (folder / "DESIGN.md").is_file() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip("needs the shared folder (real metadata and the stand-in): set HARVESTER_SHARED")
    return folder


@dataclass(frozen=True)
class Upstream:
    """The running stand-in."""

    url: str

    def control(self, **wish: Any) -> None:
        """Set ``today`` or the ``faults``, or clear the log."""
        body = json.dumps(wish).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/_control", body, method="POST"), timeout=10).close()

    def log(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/_log", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found


@pytest.fixture(scope="session")
def corpus(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real papers that the stand-in shows: the journals' articles, the labelled papers, and all of early summer.

    It looks at all that it has for every date window, so the other 17,000 would only cost time.
    """
    with (shared / "labels" / "train.jsonl").open(encoding="utf-8") as lines:
        labelled = {json.loads(line)["id"] for line in lines}
    chosen = tmp_path_factory.mktemp("corpus") / "summer.jsonl.gz"
    with (
        gzip.open(shared / "corpus" / "papers-2025.jsonl.gz", "rt", encoding="utf-8") as papers,
        gzip.open(chosen, "wt", encoding="utf-8", compresslevel=1) as kept,
    ):
        for line in papers:
            paper = json.loads(line)
            of_summer = "2025-05-10" < paper["published"] < "2025-07-05"
            if paper.get("feed") or of_summer or f"arxiv:{paper['id']}" in labelled:
                kept.write(line)
    return chosen


@contextmanager
def serving(shared: Path, corpus: Path, *options: str) -> Iterator[str]:
    """Start a separate stand-in, and return its address."""
    command = [sys.executable, str(shared / "upstream" / "serve.py"), "--corpus", str(corpus), "--port", "0"]
    command += ["--holidays", "evening", "--today", "2025-06-12"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.match(r"ready (\S+)", process.stdout.readline())
        assert found, "the stand-in did not start"
        try:
            yield found[1]
        finally:
            process.kill()


@pytest.fixture(scope="session")
def stand_in(shared: Path, corpus: Path) -> Iterator[str]:
    with serving(shared, corpus) as url:
        yield url


@pytest.fixture
def upstream(stand_in: str) -> Upstream:
    running = Upstream(stand_in)
    running.control(today="2025-06-12", faults=[], clear_log=True)
    return running


@pytest.fixture(scope="session")
def strict(shared: Path, corpus: Path) -> Iterator[Upstream]:
    """A stand-in with odd records that refuses whoever asks too often."""
    with serving(shared, corpus, "--odd", "--limits") as url:
        yield Upstream(url)


@pytest.fixture(scope="session")
def postgres() -> str:
    """A PostgreSQL server on which databases may be made."""
    try:
        with create_engine(POSTGRES).connect():
            return POSTGRES
    except OperationalError as error:
        pytest.skip(f"needs PostgreSQL at {POSTGRES} (HARVESTER_TEST_POSTGRES): {error.orig}")


# For tests of SQL that differs, or that one of the two may refuse: locks, row counts, search, order, dates, sequences.
both_databases = pytest.mark.parametrize("store_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store, on SQLite or the database that the test's parameter names."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path}/store/harvester.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place for a store of each kind, without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store/harvester.db"
    else:
        with database(request.getfixturevalue("postgres"), "template1") as url:
            yield url


@pytest.fixture
def postgres_url(postgres: str, with_schema: str) -> Iterator[str]:
    """A database for this test alone, with nothing but the schema."""
    with database(postgres, with_schema) as url:
        yield url


@pytest.fixture(scope="session")
def with_schema(postgres: str) -> Iterator[str]:
    """The name of a template database: copying it takes a tenth of the time of creating the schema."""
    with database(postgres, "template1") as url:
        engine = connect(url)
        schema.upgrade(engine)
        engine.dispose()
        yield url.rpartition("/")[2]


@contextmanager
def database(postgres: str, template: str) -> Iterator[str]:
    """A copy of a database; its URL. It is dropped afterwards."""
    name = f"harvester_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield postgres.rsplit("/", 1)[0] + f"/{name}"
    finally:
        with admin.connect() as db:
            db.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture
def smtp() -> Iterator[Sink]:
    sink = Sink()
    controller = serve(sink)
    yield sink
    controller.stop(no_assert=True)


@pytest.fixture
def make_room(tmp_path: Path, smtp: Sink) -> Callable[..., Room]:
    """Makes the working folder of a store that mails to `smtp`; keywords overwrite settings of [digest]."""

    def make(store: str = "", **digest: object) -> Room:
        mail = {
            "sender": "Cardio digest <digest@example.org>",
            "smtp_port": smtp.port,
            "base_url": "https://digest.example.org",
            "retry_after": 0.0,
        }
        return Room.make(tmp_path, NOWHERE, store, digest=mail | digest, web={"port": free_port()})

    return make


@pytest.fixture
def room(make_room: Callable[..., Room], store_url: str) -> Iterator[Room]:
    made = make_room(store_url)
    yield made
    made.ws.store.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, shared by all tests, since Playwright's loop can run only once in a process."""
    path = os.environ.get("HARVESTER_TEST_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.skip("needs Debian's package chromium (HARVESTER_TEST_CHROMIUM)")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS) as browser:
        yield browser


@pytest.fixture(scope="session")
def python(forks: Path) -> Path:
    """The interpreter for a process of one's own that starts with torch loaded."""
    return forks / "python"


@pytest.fixture(scope="session")
def forks(pytestconfig: pytest.Config) -> Path:
    """A folder with a `python` and a `harvester` that start with torch loaded."""
    return Path(pytestconfig.workerinput["forks"] if _is_worker(pytestconfig) else pytestconfig.stash[FORKS])


def pytest_configure(config: pytest.Config) -> None:
    """One server of forks for all of pytest-xdist's processes."""
    if not _is_worker(config):
        running = ExitStack()
        config.add_cleanup(running.close)
        folder = running.enter_context(tempfile.TemporaryDirectory(prefix="forkserver-"))
        config.stash[FORKS] = str(running.enter_context(forkserver(Path(folder))))


def pytest_configure_node(node: Any) -> None:
    """Tell a process of pytest-xdist where the server is."""
    node.workerinput["forks"] = node.config.stash[FORKS]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every process of pytest-xdist begins with its share of the long tests: one begun last would be waited for."""
    processes: int = config.workerinput["workercount"] if _is_worker(config) else 1
    long = [item for item in items if item.get_closest_marker("long")]
    others = iter([item for item in items if not item.get_closest_marker("long")])
    everything, items[:] = len(items), []
    for place in range(processes):  # --dist worksteal deals out the list in equal parts
        items += long[len(long) * place // processes : len(long) * (place + 1) // processes]
        items += islice(others, max(0, everything * (place + 1) // processes - len(items)))
    items += others


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.fixture(autouse=True, scope="session")
def _encoder_once() -> Iterator[None]:
    """The weights in a folder are read once per process, but verified on every load."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder, "_load", cache(encoder._load))
        yield


@pytest.fixture(autouse=True, scope="session")
def _quick_hashes() -> Iterator[None]:
    """Passwords of tests need not resist guessing: a sign-in as in production takes a tenth of a second."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "_hasher", lambda: hasher)
        yield


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests may leak into them."""
    for name in [
        name for name in os.environ if name.startswith("HARVESTER_") and not name.startswith("HARVESTER_TEST")
    ]:
        if name != "HARVESTER_SHARED":
            monkeypatch.delenv(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """CI provides everything that a test can need, so a skipped test counts as a failure there."""
    if os.environ.get("CI") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("CI skips no test: see the reasons above", red=True)
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED  # type: ignore[union-attr]
