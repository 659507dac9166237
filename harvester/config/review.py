"""The section [review] of config.toml."""

from typing import Literal

from pydantic import Field

from harvester.base.settings_section import SettingsSection


class ReviewSettings(SettingsSection):
    """The queue's rules."""

    approvals: Literal[1] = 1
    explanations: int = Field(default=500, ge=0, le=100_000)
