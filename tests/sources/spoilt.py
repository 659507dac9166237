"""Answers of which nothing can be used, and what a source says of them."""

from typing import Any

from harvester.base.errors import FetchError
from harvester.sources.errors import BadQuery, Malformed, Unavailable

SPOILT: list[tuple[dict[str, Any], type[FetchError]]] = [
    ({"kind": "html"}, Malformed),
    ({"kind": "malformed"}, Malformed),
    ({"kind": "bomb"}, Malformed),
    ({"kind": "truncate"}, Unavailable),
    ({"kind": "reset"}, Unavailable),
    ({"kind": "redirect"}, BadQuery),
    ({"kind": "status", "status": 503}, Unavailable),
]
