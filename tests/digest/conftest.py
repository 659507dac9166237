"""Working folders and mail servers for the digest's tests."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from harvester.config.settings import load_settings
from harvester.services.workspace import open_workspace
from harvester.store.engine import connect
from harvester.store.schema import upgrade
from tests.digest.room import Room, Sink

CONFIG = """\
[store]
url = "{store}"
[digest]
sender = "Cardio digest <digest@example.org>"
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
base_url = "https://digest.example.org"
retry_after = 0.0
[web]
port = {web}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def serve(sink: Sink, **options: Any) -> Controller:
    """A mail server in a thread of its own; to be stopped by the caller."""
    sink.port = free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, **options)
    controller.start()
    return controller


@pytest.fixture
def smtp() -> Iterator[Sink]:
    sink = Sink()
    controller = serve(sink)
    yield sink
    controller.stop(no_assert=True)


@pytest.fixture
def make_room(tmp_path: Path, smtp: Sink) -> Callable[..., Room]:
    """Makes the working folder of a store; keywords overwrite settings of [digest]."""

    def make(store: str = "", **digest: object) -> Room:
        config = tmp_path / "config.toml"
        text = CONFIG.format(store=store or "sqlite:///data/harvester.db", port=smtp.port, web=free_port())
        for key, value in digest.items():
            lines = [line for line in text.splitlines() if not line.startswith(f"{key} =")]
            lines.insert(lines.index("[digest]") + 1, f"{key} = {json.dumps(value)}")
            text = "\n".join(lines)
        config.write_text(text)
        upgrade(connect(load_settings(config).store_url))
        return Room(open_workspace(config), config)

    return make


@pytest.fixture
def room(make_room: Callable[..., Room], store_url: str) -> Iterator[Room]:
    made = make_room(store_url)
    yield made
    made.ws.store.dispose()
