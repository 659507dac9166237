"""The names of all settings, and which of them a misspelt one means."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from harvester.base.settings_section import SettingsSection

PREFIX = "HARVESTER_"
_OTHERS = re.compile(r"HARVESTER_(CONFIG|NOW|SHARED|TEST_\w+)")
"""Variables that are not settings; the last two are for this project's tests."""


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, type[BaseModel], str]]:
    """Every existing key: its section, the section's class, and its name."""
    for name, found in model.model_fields.items():
        if inner := section_class(found.annotation):
            yield from leaves(inner, f"{prefix}{name}.")
        else:
            yield prefix.rstrip("."), model, name


def section_class(annotation: Any) -> type[BaseModel] | None:
    """The section class of a field, which may be optional or in a list; None if it is not a section."""
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def names(model: type[BaseModel]) -> tuple[str, ...]:
    """All that may stand in config.toml, dotted: sections, keys, and the files of secrets."""
    found: dict[str, None] = {}
    for section, inner, name in leaves(model):
        parts = section.split(".")
        found |= dict.fromkeys(".".join(parts[: depth + 1]) for depth in range(len(parts)))
        found[f"{section}.{name}"] = None
        if issubclass(inner, SettingsSection) and name in inner.secrets:
            found[f"{section}.{name}_file"] = None
    return tuple(found)


def meant(name: str, known: Sequence[str]) -> str | None:
    """The setting that a misspelt name most likely means: by its letters, or a right key that is in a wrong place.

    The name may be dotted or, as in a mistyped variable, joined by single underscores.
    """
    from difflib import get_close_matches

    joined = {setting.replace(".", "_"): setting for setting in known}
    if exact := joined.get(name.replace(".", "_")):
        return exact
    key = name.rpartition(".")[2]
    if same := [setting for setting in known if setting.rpartition(".")[2] == key]:
        return (get_close_matches(name, same, 1, 0) or same)[0]
    close = get_close_matches(name.replace(".", "_"), list(joined), 1, 0.75)
    if close:
        return joined[close[0]]
    by_key = {setting.rpartition(".")[2]: setting for setting in known}
    return next((by_key[found] for found in get_close_matches(key, list(by_key), 1, 0.8)), None)


def variable(setting: str) -> str:
    """The environment variable of a setting: ``HARVESTER_DIGEST__SMTP_HOST`` of ``digest.smtp_host``."""
    return PREFIX + setting.replace(".", "__").upper()


def unknown_variables(environment: Mapping[str, str], known: Sequence[str]) -> dict[str, str | None]:
    """The variables that look like settings and name none, each with the variable that may be meant."""
    unknown: dict[str, str | None] = {}
    for given in sorted(environment):
        name = given.upper()
        setting = name.removeprefix(PREFIX).replace("__", ".").lower()
        if name.startswith(PREFIX) and not _OTHERS.fullmatch(name) and setting not in known:
            close = meant(setting, known)
            unknown[given] = variable(close) if close else None
    return unknown
