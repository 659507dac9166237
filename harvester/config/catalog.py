"""The section [catalog] of config.toml."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from harvester.base.settings_section import SettingsSection, WebAddress


class CatalogSettings(SettingsSection):
    """Where entries and the rendered list live."""

    dir: Path = Path("data/catalog")
    templates: Path | None = None
    raw_url: WebAddress = "https://raw.githubusercontent.com"
    git: Literal["off", "commit", "branch"] = "off"
    link_interval: float = Field(default=1.0, ge=0)
    link_days: int = Field(default=30, ge=0, le=3650)
    allow_private: bool = True
