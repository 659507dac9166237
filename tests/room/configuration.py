"""The configuration of a working folder; a test names only the settings that it changes."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOWHERE = "http://127.0.0.1:1"
Section = Mapping[str, Any]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def write_config(
    folder: Path, upstream: str = NOWHERE, store: str = "", sections: Mapping[str, Section] | None = None
) -> Path:
    """Write a config.toml whose sources are at `upstream`; `sections` add sections, or replace individual keys."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen: dict[str, Section] = _usual(upstream, store or f"sqlite:///{folder}/data/harvester.db")
    for name, keys in (sections or {}).items():
        chosen[name] = {**chosen.get(name, {}), **keys}
    written = "".join(f"[{name}]\n{_lines(keys)}" for name, keys in chosen.items())
    config = folder / "config.toml"
    config.write_text(written, encoding="utf-8")
    return config


def feeds(upstream: str, *names: str) -> list[dict[str, Any]]:
    """Journals of the stand-in, for the key `feeds` of the section `harvest`."""
    return [{"name": name, "url": f"{upstream}/feed/{name}.xml", "allow_private": True} for name in names]


def _usual(upstream: str, store: str) -> dict[str, Section]:
    return {
        "store": {"url": store},
        "harvest": {
            "attempts": 1,
            "timeout": 2.0,
            "read_limit": 4.0,
            "max_wait": 0.2,
            "feeds": feeds(upstream, "npj-digital-medicine"),
        },
        "harvest.arxiv": {"url": f"{upstream}/api/query", "min_interval": 0.0},
        "harvest.huggingface": {"url": upstream, "queries": ["cardiac", "ECG"]},
        "review": {"explanations": 0},  # half a second each, so tests that are about something else do without
        "digest": {"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_security": "none"},
    }


def _lines(keys: Section) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in keys.items())


def _value(value: Any) -> str:
    """A value in TOML, which has the same syntax as JSON for everything except tables."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
