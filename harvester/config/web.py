"""The section [web] of config.toml."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
)

from harvester.base.settings_section import SettingsSection


def _network(value: str) -> str:
    try:
        ip_network(value)
    except ValueError:
        raise ValueError(f"{value!r} is neither an address nor a network; write 127.0.0.1 or 10.0.0.0/8") from None
    return value


Network = Annotated[str, AfterValidator(_network)]


class WebSettings(SettingsSection):
    """The web server."""

    secrets = ("secret",)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    trusted_proxies: tuple[Network, ...] = ("127.0.0.1", "::1")
    secret: SecretStr | None = None
