"""One answer of Europe PMC's search. Errors arrive with HTTP status 200, too."""

import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from harvester.base.escape import excerpt
from harvester.domain.text import clean
from harvester.sources.errors import BadQuery, Malformed, Unavailable

REMEDY = "correct harvest.europepmc.query"


@dataclass(frozen=True, slots=True)
class Page:
    """The number of hits of the whole search, the records of this page, and the mark of the next page, "" if none."""

    total: int
    records: tuple[Any, ...]
    mark: str = ""


def read_page(body: bytes, query: str) -> Page:
    """Read one answer to a query.

    Raises:
        Malformed: not JSON, or not in Europe PMC's format.
        BadQuery: Europe PMC rejects the query or reads it otherwise.
        Unavailable: an error on its side.
    """
    answer = _parsed(body)
    _check_error(answer)
    total = answer.get("hitCount")
    if total is None:
        # About one in five answers to sound requests was only {"version": "6.9"} in September 2026.
        raise Unavailable("Europe PMC gave an empty answer, without a number of hits.")
    found = answer.get("resultList") or {}
    records = (found.get("result") or []) if isinstance(found, dict) else None
    if not isinstance(total, int) or isinstance(total, bool) or total < 0 or not isinstance(records, list):
        raise Malformed("Europe PMC sent JSON that is not a list of records.")
    _check_echo(answer, query)
    mark = answer.get("nextCursorMark")
    return Page(total, tuple(records), mark if isinstance(mark, str) else "")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("Europe PMC sent something that is not JSON: a web page or a truncated answer.") from None
    if not isinstance(answer, dict):
        raise Malformed("Europe PMC sent JSON that is not a list of records.")
    return answer


def _check_error(answer: dict[str, Any]) -> None:
    """Codes and texts are undocumented: whatever speaks of the query, or has a 4xx code, is about the request."""
    code, message = answer.get("errCode"), excerpt(clean(str(answer.get("errMsg") or "")), 200).rstrip(".")
    if code is None and not message:
        return
    told = f"{message} (errCode {code})" if message else f"errCode {code}"
    ours = "query" in message.lower() or (re.fullmatch(r"4\d\d", str(code)) and str(code) not in ("408", "429"))
    if ours and "cursor" not in message.lower():
        raise BadQuery(f"Europe PMC rejects the query: {told}; {REMEDY}.")
    raise Unavailable(f"Europe PMC answers with an error: {told}.")


def _check_echo(answer: dict[str, Any], query: str) -> None:
    asked = answer.get("request")
    echo = asked.get("queryString") if isinstance(asked, dict) else None
    if isinstance(echo, str) and _words(echo) != _words(query):
        raise BadQuery(f"Europe PMC reads the query otherwise: {clean(echo)[:150]!r}; {REMEDY}.")


def _words(query: str) -> list[str]:
    """The words alone: an echo may escape brackets and quotation marks."""
    return re.findall(r"\w+", unquote_plus(html.unescape(query)).casefold())
