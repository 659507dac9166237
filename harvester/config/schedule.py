"""The section [schedule] of config.toml."""

from pydantic import (
    Field,
    field_validator,
)

from harvester.base.cron import cron_expression, zone_name
from harvester.base.settings_section import SettingsSection

JOBS = ("backup", "run", "digest", "audit", "train", "morning")
"""The jobs by their keys in [schedule], in the order in which missed ones are caught up."""


class ScheduleSettings(SettingsSection):
    """When each job is due: cron expressions in one time zone. An empty one turns its job off."""

    timezone: str = "UTC"
    run: str = "30 2 * * *"
    digest: str = "0 6 * * *"
    morning: str = "30 6 * * *"
    audit: str = "0 5 * * sun"
    train: str = "0 4 1 * *"
    backup: str = "0 1 * * *"
    host: str = "127.0.0.1"
    port: int = Field(default=8001, ge=1, le=65535)

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        return zone_name(value)

    @field_validator(*JOBS)
    @classmethod
    def _is_cron(cls, value: str) -> str:
        return cron_expression(value)

    def expression(self, job: str) -> str:
        """The cron expression of a job; "" if it is turned off."""
        return str(getattr(self, job))
