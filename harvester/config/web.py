"""The section [web] of config.toml."""

from pydantic import (
    Field,
    SecretStr,
)

from harvester.base.settings_section import SettingsSection


class WebSettings(SettingsSection):
    """The web server."""

    secrets = ("secret",)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    secret: SecretStr | None = None
