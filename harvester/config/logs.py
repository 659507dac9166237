"""The section [logs] of config.toml."""

from typing import Literal

from harvester.base.settings_section import SettingsSection


class LogSettings(SettingsSection):
    """What the programs log on standard error, and in which format."""

    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "warning"
