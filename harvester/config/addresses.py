"""E-mail addresses as keys of config.toml."""

from email.utils import parseaddr
from typing import Annotated

from pydantic import AfterValidator

from harvester.base.errors import UsageError
from harvester.domain.address import parse_address


def _email_address(value: str) -> str:
    try:
        parse_address(value)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return value


EmailAddress = Annotated[str, AfterValidator(_email_address)]
OptionalEmailAddress = Annotated[str, AfterValidator(lambda value: value and _email_address(value))]


def _sender(value: str) -> str:
    """An address, optionally with a name before it."""
    if any(char in value for char in "\r\n"):
        raise ValueError(f"{value!r} has a line break; write Name <name@example.org>")
    _email_address(parseaddr(value)[1] or value)
    return value


Sender = Annotated[str, AfterValidator(_sender)]
