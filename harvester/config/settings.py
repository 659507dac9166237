"""All of config.toml, read and checked; the environment takes precedence over the file."""

import json
import logging
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import (
    PrivateAttr,
    ValidationError,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from harvester.base.errors import UsageError
from harvester.base.settings_section import FOLDER
from harvester.config.alert import AlertSettings
from harvester.config.backup import BackupSettings
from harvester.config.catalog import CatalogSettings
from harvester.config.classifier import ClassifierSettings
from harvester.config.digest import DigestSettings
from harvester.config.harvest import HarvestSettings
from harvester.config.logs import LogSettings
from harvester.config.names import PREFIX, meant, names, unknown_variables
from harvester.config.review import ReviewSettings
from harvester.config.schedule import ScheduleSettings
from harvester.config.shipped import with_sources
from harvester.config.store import StoreSettings
from harvester.config.web import WebSettings

_WITHOUT_FILE = "make a working folder with `harvester init`, or name its file with --config or $HARVESTER_CONFIG"
_log = logging.getLogger(__name__)


class Settings(BaseSettings):
    """All of config.toml, checked."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")
    store: StoreSettings = StoreSettings()
    harvest: HarvestSettings = HarvestSettings()
    classifier: ClassifierSettings = ClassifierSettings()
    review: ReviewSettings = ReviewSettings()
    catalog: CatalogSettings = CatalogSettings()
    digest: DigestSettings = DigestSettings()
    web: WebSettings = WebSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    backup: BackupSettings = BackupSettings()
    logs: LogSettings = LogSettings()
    alert: AlertSettings = AlertSettings()
    _folder: Path = PrivateAttr(default_factory=lambda: FOLDER.get())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file, which arrives as init arguments; nothing else is read."""
        return env_settings, init_settings

    def path(self, relative: Path) -> Path:
        """A path of config.toml, resolved against the folder of config.toml."""
        return relative if relative.is_absolute() else self._folder / relative

    def secret_values(self) -> list[str]:
        """Everything that no log may show: passwords, keys, and addresses that are secrets themselves."""
        given = [self.digest.smtp_password, self.web.secret, self.alert.webhook]
        found = [secret.get_secret_value() for secret in given if secret is not None]
        hook = self.alert.webhook.get_secret_value() if self.alert.webhook else ""
        password = re.search(r"://[^:/@]*:(.+)@", self.store.url)
        values = (*found, urlsplit(hook).path.strip("/"), password[1] if password else "")
        return [value for value in values if value]

    @property
    def store_url(self) -> str:
        """The store's URL with an SQLite file made absolute; one without a file is left for the store to refuse."""
        prefix = "sqlite:///"
        if not self.store.url.startswith(prefix) or self.store.url in (prefix, f"{prefix}:memory:"):
            return self.store.url
        return f"{prefix}{self.path(Path(self.store.url.removeprefix(prefix)))}"


class FileSettings(Settings):
    """config.toml alone: for a scratch folder that its creator's environment must not affect."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The file, which arrives as init arguments."""
        return (init_settings,)


def load_settings(path: Path, kind: type[Settings] = Settings) -> Settings:
    """Read and check the configuration.

    Raises:
        UsageError: no such file, invalid TOML, an unknown key or a wrong type, each named.
    """
    given = with_sources(read_file(path))
    if kind is Settings:
        _check_environment()
    token = FOLDER.set(path.absolute().parent)
    try:
        return kind(**given)
    except ValidationError as error:
        raise UsageError(_explain(error, path, {} if kind is FileSettings else os.environ)) from None
    except SettingsError as error:
        raise UsageError(
            f'{_variable(error)} cannot be read; lists are written as JSON: ["one", "two"], tables as {{"key": "one"}}.'
        ) from None
    finally:
        FOLDER.reset(token)


def read_file(path: Path) -> dict[str, Any]:
    """The tables of a configuration file, unchecked.

    Raises:
        UsageError: no such file, or it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"There is no {path}", remedy=_WITHOUT_FILE) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text, so it is no TOML file.") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from None


def config_path(flag: Path | None) -> Path:
    """``--config``, else ``$HARVESTER_CONFIG``, else ``config.toml`` here."""
    return flag or Path(os.environ.get("HARVESTER_CONFIG") or "config.toml")


def misnamed(variable: str, close: str | None) -> str:
    """What to say of a variable that names no setting."""
    return f"The environment's {variable} names no setting{f'; did you mean {close}?' if close else '.'}"


def _check_environment() -> None:
    """Refuse a misspelt key, and warn of what merely looks like one: pydantic ignores sections it does not know."""
    for name, close in unknown_variables(os.environ, names(Settings)).items():
        if "__" in name:
            raise UsageError(misnamed(name, close))
        _log.warning(misnamed(name, close))


def _variable(error: SettingsError) -> str:
    """The environment variable whose value is not JSON; pydantic names only its section."""
    value = error.__cause__.doc if isinstance(error.__cause__, json.JSONDecodeError) else None
    found = (name for name in os.environ if name.upper().startswith(PREFIX) and os.environ[name] == value)
    return next(found, "A HARVESTER_... variable of the environment")


def _explain(error: ValidationError, path: Path, environment: Mapping[str, str]) -> str:
    """What is wrong in the file and in the environment, each under its own name."""
    by_place: dict[str, list[str]] = {}
    for found in error.errors():
        key = ".".join(str(part) for part in found["loc"])
        said = found["msg"].removeprefix("Value error, ")
        if variable := _set_by(found["loc"], environment):
            by_place.setdefault(f"The environment's {variable}", []).append(f"{key}: {said}")
        else:
            told = _unknown(key) if found["type"] == "extra_forbidden" else f"{key}: {said}"
            by_place.setdefault(str(path), []).append(told)
    problems = (f"{place}: {'; '.join(said)}" for place, said in by_place.items())
    return " ".join(said if said.endswith("?") else f"{said}." for said in problems)


def _set_by(place: Sequence[int | str], environment: Mapping[str, str]) -> str:
    """The variable that sets a key, or the list or table that it is in; "" if the file does."""
    given = {name.upper(): name for name in environment}
    parts = [str(part).upper() for part in place]
    candidates = (PREFIX + "__".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((given[name] for name in candidates if name in given), "")


def _unknown(key: str) -> str:
    close = meant(re.sub(r"\.\d+(?=\.)", "", key), names(Settings))
    hint = f"did you mean {close}?" if close else "`harvester config show` lists the keys there are"
    return f"unknown key {key}; {hint}"
