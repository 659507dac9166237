"""The two files of settings that the program ships: all defaults, explained, and what a new working folder begins with.

Neither is ever written to: what an operator changes stands in a config.toml of their own.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harvester.sources.registry import KINDS

DEFAULTS = Path(__file__).with_name("defaults.toml")
STARTER = Path(__file__).with_name("starter.toml")
SOURCES = frozenset(kind.section for kind in KINDS if kind.settings)
"""The tables below [harvest] that turn a source on."""


def with_sources(given: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a config.toml; if it has no section of any source, those of the shipped settings are added."""
    harvest = given.get("harvest", {})
    if not isinstance(harvest, Mapping) or harvest.keys() & SOURCES:
        return dict(given)
    shipped = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))["harvest"]
    return {**given, "harvest": {**harvest, **{name: shipped[name] for name in SOURCES}}}
