"""The settings in effect, each with where it comes from, and without its secrets."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic_settings import EnvSettingsSource

from harvester.base.errors import UsageError
from harvester.config.names import names, unknown_variables
from harvester.config.settings import FileSettings, Settings, load_settings, misnamed, read_file

Origin = Literal["default", "file", "environment"]
MASK = "**********"
_LOGIN = re.compile(r"(?P<scheme>[\w+.-]+)://(?P<user>[^/\s:@]*)(?P<password>:\S+)?@")  # a password may have any sign
_KEY = re.compile(r"([?&#][^=&\s]*(?:key|token|secret|password|pwd|auth|sig)[^=&\s]*=)[^&#\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its dotted name, its value as in JSON, and what decided it."""

    key: str
    value: Any
    origin: Origin

    def to_json(self) -> dict[str, Any]:
        """``{"key", "value", "from"}``."""
        return {"key": self.key, "value": self.value, "from": self.origin}


def effective(config: Path) -> list[Setting]:
    """All settings in the order of their sections; a source that does not run is one line, ``enabled`` false.

    Raises:
        UsageError: the configuration is wrong, as in `load_settings`.
    """
    values = load_settings(config).model_dump(mode="json")
    layers: tuple[tuple[Origin, dict[str, Any]], ...] = (
        ("environment", EnvSettingsSource(Settings)()),
        ("file", read_file(config)),
    )
    return list(_flattened(values, (), layers))


def check(config: Path) -> list[Setting]:
    """The settings that the file and the environment make; all mistakes are named together.

    Raises:
        UsageError: something is misspelt or has a wrong value, in the file or among the variables of the environment.
    """
    problems = [misnamed(*found) for found in unknown_variables(os.environ, names(Settings)).items()]
    try:
        load_settings(config, FileSettings)
    except UsageError as error:
        if not problems:
            raise
        problems.insert(0, str(error))
    if problems:
        raise UsageError(" ".join(problems))
    return [setting for setting in effective(config) if setting.origin != "default"]


def _flattened(
    values: Mapping[str, Any], path: tuple[str, ...], layers: Sequence[tuple[Origin, dict[str, Any]]]
) -> Iterator[Setting]:
    for name, value in values.items():
        here = (*path, name)
        if isinstance(value, Mapping):
            yield from _flattened(value, here, layers)
        elif path == ("harvest",) and value is None:  # a source that has no section, in a file that has others
            yield Setting(".".join((*here, "enabled")), False, "file")
        else:
            yield Setting(".".join(here), masked(value), _origin(here, layers))


def _origin(path: tuple[str, ...], layers: Sequence[tuple[Origin, dict[str, Any]]]) -> Origin:
    return next((origin for origin, given in layers if _has(given, path)), "default")


def _has(given: Any, path: tuple[str, ...]) -> bool:
    """Whether a layer sets a key, itself or by the file of a secret."""
    for name in path[:-1]:
        given = given.get(name) if isinstance(given, Mapping) else None
    return isinstance(given, Mapping) and (path[-1] in given or f"{path[-1]}_file" in given)


def masked(value: Any) -> Any:
    """A value without the passwords and keys that stand in addresses; pydantic has masked those that are secrets."""
    if isinstance(value, str):
        return _KEY.sub(rf"\1{MASK}", _LOGIN.sub(_masked_login, value))
    if isinstance(value, Mapping):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def _masked_login(found: re.Match[str]) -> str:
    """A name alone is no secret in a store's address, but in a web address it may be a token."""
    scheme, user, password = found["scheme"], found["user"], found["password"]
    shown = f"{user}:{MASK}" if password else MASK if scheme.startswith("http") else user
    return f"{scheme}://{shown}@"
