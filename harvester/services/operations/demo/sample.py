"""The invented papers of the demo, and the moment that it pretends is now."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).with_name("sample.jsonl")
LITERATURE = Path(__file__).with_name("literature.jsonl")
SAMPLE_NOW = datetime(2026, 1, 6, 2, 0, tzinfo=UTC)

Record = Mapping[str, Any]
Query = Mapping[str, str]


def read_sample(path: Path = SAMPLE) -> list[Record]:
    """The papers of a JSON Lines file."""
    # Not splitlines(): it also cuts at separators such as U+2028, which JSON may hold unescaped.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
