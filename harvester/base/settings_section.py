"""What every section of config.toml is made of."""

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    model_validator,
)

from harvester.base.escape import is_web_url

FOLDER: ContextVar[Path] = ContextVar("folder of the config.toml being read", default=Path())


class SettingsSection(BaseModel):
    """A table of config.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    secrets: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        values = dict(given)
        for key in cls.secrets:
            if name := values.pop(f"{key}_file", None):
                values[key] = _secret(f"{key}_file", Path(name))
        return values


def _secret(key: str, path: Path) -> str:
    try:
        return (FOLDER.get() / path).read_text().strip()
    except OSError as error:
        raise ValueError(f"{key} names {path}, which cannot be read: {error.strerror}") from None


def _web_address(value: str) -> str:
    if not is_web_url(value):
        raise ValueError(f"{value!r} is not a valid http(s) address")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]
