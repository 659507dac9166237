"""The section [store] of config.toml."""

from harvester.base.settings_section import SettingsSection


class StoreSettings(SettingsSection):
    """Where the database is."""

    secrets = ("url",)
    url: str = "sqlite:///data/harvester.db"
