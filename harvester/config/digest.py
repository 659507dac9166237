"""The section [digest] of config.toml."""

from typing import Literal

from pydantic import (
    Field,
    SecretStr,
    model_validator,
)

from harvester.base.settings_section import SettingsSection, WebAddress
from harvester.config.addresses import OptionalEmailAddress, Sender


class DigestSettings(SettingsSection):
    """How digests are sent."""

    secrets = ("smtp_password",)
    sender: Sender = "Cardio digest <digest@example.org>"
    smtp_host: str = "localhost"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    base_url: WebAddress = "http://localhost:8000"
    reply_to: OptionalEmailAddress = ""
    per_minute: int = Field(default=0, ge=0)
    attempts: int = Field(default=3, ge=1)
    retry_after: float = Field(default=5.0, ge=0)
    heartbeat: bool = False
    papers: int = Field(default=20, ge=1)

    @model_validator(mode="after")
    def _plain_only_to_this_host(self) -> "DigestSettings":
        if self.smtp_security == "none" and self.smtp_host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(
                f'smtp_security = "none" is only for a mail server on this host, not {self.smtp_host}; use "starttls"'
            )
        return self
