"""The section [alert] of config.toml."""

from pydantic import (
    Field,
    SecretStr,
    field_validator,
)

from harvester.base.escape import is_web_url
from harvester.config.section import SettingsSection


class AlertSettings(SettingsSection):
    """Whom to tell of what went wrong, and from how many waiting papers on the queue counts as growing."""

    secrets = ("webhook",)
    mail: tuple[str, ...] = ()
    webhook: SecretStr | None = None
    queue: int = Field(default=200, ge=1)

    @field_validator("mail")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [one for one in value if "@" not in one or any(c in one for c in "\r\n ,")]:
            raise ValueError(f"{wrong[0]!r} is not a valid e-mail address")
        return value

    @field_validator("webhook")
    @classmethod
    def _is_web(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_web_url(value.get_secret_value()):
            raise ValueError("it is not a valid http(s) address")
        return value
