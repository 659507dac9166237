"""The section [backup] of config.toml."""

from pathlib import Path

from pydantic import (
    Field,
)

from harvester.base.settings_section import SettingsSection


class BackupSettings(SettingsSection):
    """Where the scheduled backups go."""

    dir: Path = Path("data/backups")
    keep: int = Field(default=14, ge=1)
