"""A server between a source and the stand-in that puts an answer of a test's own in place of one of its answers."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Spoilt:
    """An answer of which nothing can be used."""

    status: int
    body: bytes


@contextmanager
def spoiling(upstream: str, spoilt: Spoilt, skip: int, count: int) -> Iterator[str]:
    """Pass `skip` answers on, put `spoilt` in place of the next `count`, and pass all others on; yields the address."""
    asked = iter(range(1_000_000))

    class Spoiler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if skip <= next(asked) < skip + count:
                return self.reply(spoilt.status, spoilt.body)
            with urllib.request.urlopen(upstream + self.path, timeout=10) as answer:
                return self.reply(answer.status, answer.read(), answer.headers["Date"])

        def reply(self, status: int, body: bytes, date: str = "") -> None:
            self.send_response_only(status)
            if date:
                self.send_header("Date", date)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Spoiler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
