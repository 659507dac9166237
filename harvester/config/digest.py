"""The section [digest] of config.toml."""

from email.utils import parseaddr
from typing import Literal

from pydantic import (
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from harvester.config.section import SettingsSection, WebAddress


class DigestSettings(SettingsSection):
    """How digests are sent."""

    secrets = ("smtp_password",)
    sender: str = "Cardio digest <digest@example.org>"
    smtp_host: str = "localhost"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    base_url: WebAddress = "http://localhost:8000"
    reply_to: str = ""
    per_minute: int = Field(default=0, ge=0)
    attempts: int = Field(default=3, ge=1)
    retry_after: float = Field(default=5.0, ge=0)
    heartbeat: bool = False

    @field_validator("sender")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1] or any(c in value for c in "\r\n"):
            raise ValueError(f"{value!r} is not a valid sender; write Name <name@host>")
        return value

    @field_validator("reply_to")
    @classmethod
    def _is_nothing_or_plain(cls, value: str) -> str:
        if value and ("@" not in value or any(c in value for c in "<>\r\n ,")):
            raise ValueError(f"{value!r} is not a plain e-mail address; write name@host")
        return value

    @model_validator(mode="after")
    def _plain_only_to_this_host(self) -> "DigestSettings":
        if self.smtp_security == "none" and self.smtp_host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(
                f'smtp_security = "none" is only for a mail server on this host, not {self.smtp_host}; use "starttls"'
            )
        return self
