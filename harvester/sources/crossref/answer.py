"""One answer of Crossref's REST API: a list of works, or a single work."""

import json
from dataclasses import dataclass
from typing import Any

from harvester.base.escape import excerpt
from harvester.domain.text import clean
from harvester.sources.errors import Malformed

NOT_FOUND = b"Resource not found."


@dataclass(frozen=True, slots=True)
class Page:
    """The number of works of the whole list, the works of this page, and the cursor, "" if there is none."""

    total: int
    works: tuple[Any, ...]
    cursor: str = ""


def read_page(body: bytes) -> Page:
    """Read one page of a list of works.

    Raises:
        Malformed: not JSON, or not a list of works.
    """
    message = _message(body, "work-list")
    total, works, cursor = message.get("total-results"), message.get("items"), message.get("next-cursor")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0 or not isinstance(works, list):
        raise Malformed("Crossref sent JSON that is not a list of works.")
    return Page(total, tuple(works), cursor if isinstance(cursor, str) else "")


def read_work(body: bytes) -> dict[str, Any]:
    """Read the answer to a question about one DOI.

    Raises:
        Malformed: not JSON, or not a work.
    """
    return _message(body, "work")


def complaint(body: bytes) -> str:
    """Crossref's explanation of an error as a sentence, "" if the answer is not Crossref's."""
    try:
        problems = json.loads(body)["message"]
        said = "; ".join(clean(str(problem["message"])).rstrip(". ") for problem in problems)
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    return f"It says: {excerpt(said, 200)}. " if said else ""


def is_bad_cursor(body: bytes) -> bool:
    """Whether Crossref has forgotten the cursor, which it does after five minutes."""
    return b'"cursor-invalid"' in body


def _message(body: bytes, kind: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("Crossref sent something that is not JSON: a web page or a truncated answer.") from None
    message = answer.get("message") if isinstance(answer, dict) and answer.get("message-type") == kind else None
    if not isinstance(message, dict):
        raise Malformed(f"Crossref sent JSON that is not a {kind.replace('-', ' ')}.")
    return message
