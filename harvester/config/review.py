"""The section [review] of config.toml."""

from typing import Literal

from harvester.base.settings_section import SettingsSection


class ReviewSettings(SettingsSection):
    """The queue's rules."""

    approvals: Literal[1] = 1
