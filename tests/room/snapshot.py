"""The bundled sample of invented papers as a metadata snapshot."""

import json
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from harvester.services.operations.demo.sample import SAMPLE


def records() -> list[dict[str, Any]]:
    with SAMPLE.open(encoding="utf-8") as lines:
        return [_record(paper) for paper in map(json.loads, lines) if paper["id"]]


def _record(paper: dict[str, Any]) -> dict[str, Any]:
    created = datetime.fromisoformat(paper["published"].replace("Z", "+00:00"))
    return {
        "id": paper["id"],
        "title": paper["title"],
        "abstract": f"  {paper['abstract']}\n",
        "categories": " ".join(paper["categories"]),
        "authors_parsed": [["Example", "Ann", ""]],
        "versions": [{"version": "v1", "created": format_datetime(created)}],
        "update_date": paper["published"][:10],
    }


def write(path: Path, lines: list[dict[str, Any] | str]) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path
