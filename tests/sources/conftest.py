import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from harvester.sources.europepmc import api
from tests.conftest import Upstream
from tests.sources.europepmc import PAGE, Scripted


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages so small that a month at Europe PMC needs several."""
    monkeypatch.setattr(api, "PAGE", PAGE)


@pytest.fixture
def service(upstream: Upstream, small_pages: None) -> Upstream:
    """The stand-in on the last day of July, when Europe PMC has several pages of the month's papers."""
    upstream.control(today="2025-07-31")
    return upstream


@pytest.fixture
def scripted(small_pages: None) -> Iterator[Callable[..., str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def serve(*pages: Any) -> str:
        Scripted.pages, Scripted.asked = pages, []
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    server.shutdown()
    server.server_close()
