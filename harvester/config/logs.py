"""The section [logs] of config.toml."""

from typing import Literal

from harvester.base.settings_section import SettingsSection


class LogSettings(SettingsSection):
    """What the programs tell on standard error, and in which form."""

    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "warning"
