"""A website on loopback that does what a test says, polite or hostile."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Raw = Callable[["BaseHTTPRequestHandler"], None]
Answer = int | tuple[int, dict[str, str]] | Raw
"""A status, a status with headers, or a function that writes to the connection itself."""


class Website:
    """Answers by path; a path that is not there gets 404. `log` has the time, method and path of every request."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer] = {}
        self.log: list[tuple[float, str, str]] = []

    @property
    def asked(self) -> list[str]:
        return [f"{method} {path}" for _, method, path in self.log]


@contextmanager
def website(address: str = "127.0.0.1") -> Iterator[Website]:
    with ThreadingHTTPServer((address, 0), _Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        site = Website(f"http://{address}:{server.server_address[1]}")
        server.site = site  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield site
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        site: Website = self.server.site  # type: ignore[attr-defined]
        site.log.append((time.monotonic(), self.command, self.path))
        answer = site.answers.get(f"{self.command} {self.path}", site.answers.get(self.path, 404))
        if callable(answer):
            self.close_connection = True
            with suppress(OSError):  # the client has hung up
                answer(self)
            return
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        self.send_response_only(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def sending(*parts: bytes, pause: float = 0.0, forever: bool = False) -> Raw:
    """Write these bytes and no others, the last part for ever if wanted."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        for part in parts:
            handler.wfile.write(part)
        while forever:
            handler.wfile.write(parts[-1])
            time.sleep(pause)

    return write
