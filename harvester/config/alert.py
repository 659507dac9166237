"""The section [alert] of config.toml."""

from pydantic import (
    Field,
    SecretStr,
    field_validator,
)

from harvester.base.escape import is_web_url
from harvester.base.settings_section import SettingsSection
from harvester.config.addresses import EmailAddress


class AlertSettings(SettingsSection):
    """Whom to tell about failures, and from how many waiting papers the queue counts as growing."""

    secrets = ("webhook",)
    mail: tuple[EmailAddress, ...] = ()
    webhook: SecretStr | None = None
    queue: int = Field(default=200, ge=1)

    @field_validator("webhook")
    @classmethod
    def _is_web(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not is_web_url(value.get_secret_value()):
            raise ValueError("it is not a valid http(s) address")
        return value
