"""Asking Europe PMC's search as the source does, and a service that answers with the pages that a test has."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from harvester.domain.papers import Sighting
from harvester.sources.europepmc import api
from harvester.sources.http import HttpSettings, Transport
from harvester.sources.window import Batch, Window

SEARCH = "/europepmc/webservices/rest/search"
NOW = datetime(2025, 7, 31, 23, 30, tzinfo=UTC)
MONTH = Window(NOW - timedelta(days=31), NOW)
HEARTS = "TITLE_ABS:(heart OR cardiac OR ECG OR coronary)"
PAGE = 5


def settings(url: str, query: str = HEARTS) -> api.EuropePmcSettings:
    return api.EuropePmcSettings(url=f"{url}/europepmc/webservices/rest", query=query)


def transport(attempts: int = 1) -> Transport:
    return Transport(HttpSettings(attempts=attempts, max_wait=0.01, timeout=10.0))


def ask(url: str, query: str = HEARTS, window: Window = MONTH, attempts: int = 1) -> list[Batch]:
    return list(api.fetch(settings(url, query), transport(attempts), window))


def sightings(batches: Sequence[Batch]) -> list[Sighting]:
    return [seen for batch in batches for seen in batch.sightings]


def received(batches: Sequence[Batch]) -> int:
    return sum(batch.received for batch in batches)


class Scripted(BaseHTTPRequestHandler):
    """Answers with whatever pages a test has, whichever are asked for."""

    pages: Sequence[Any]
    asked: list[str]

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self.asked.append(query["cursorMark"][0])
        page = {"request": {"queryString": query["query"][0]}} | self.pages[min(len(self.asked), len(self.pages)) - 1]
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Date", format_datetime(NOW, usegmt=True))
        self.end_headers()
        self.wfile.write(body)

    def send_response(self, code: int, message: str | None = None) -> None:
        self.send_response_only(code, message)  # without the Date of today

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


def hearts(*days: str, first: int = 1) -> list[dict[str, Any]]:
    numbered = enumerate(days, first)
    return [{"source": "MED", "id": f"99{n}", "title": f"Hearts {n}.", "firstIndexDate": day} for n, day in numbered]


def page(records: Sequence[Any], mark: str = "", total: int = 4) -> dict[str, Any]:
    return {"hitCount": total, "resultList": {"result": records}} | ({"nextCursorMark": mark} if mark else {})
