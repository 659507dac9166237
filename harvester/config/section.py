"""What every section of config.toml is made of."""

from contextvars import ContextVar
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    model_validator,
)

from harvester.base.errors import UsageError
from harvester.base.escape import is_web_url
from harvester.domain.address import parse_address

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
        raise ValueError(f"{value!r} is no http(s) address")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]


def _email_address(value: str) -> str:
    try:
        parse_address(value)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return value


EmailAddress = Annotated[str, AfterValidator(_email_address)]
OptionalEmailAddress = Annotated[str, AfterValidator(lambda value: value and _email_address(value))]


def _sender(value: str) -> str:
    """An address that may have a name before it."""
    if any(char in value for char in "\r\n"):
        raise ValueError(f"{value!r} has a line break; write Name <name@example.org>")
    _email_address(parseaddr(value)[1] or value)
    return value


Sender = Annotated[str, AfterValidator(_sender)]
