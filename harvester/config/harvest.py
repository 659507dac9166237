"""[harvest]: what all sources share."""

from pydantic import (
    Field,
    field_validator,
)

from harvester.config.section import SettingsSection
from harvester.config.sources import (
    TAKEN_NAMES,
    ArxivSettings,
    FeedSettings,
    HuggingFaceSettings,
    OaiSettings,
    RssSettings,
)


class HarvestSettings(SettingsSection):
    """What all sources share."""

    contact: str = ""
    overlap_days: int = Field(default=14, ge=0)
    timeout: float = Field(default=30.0, gt=0)
    read_limit: float = Field(default=120.0, gt=0)
    max_bytes: int = Field(default=20_000_000, gt=0)
    attempts: int = Field(default=4, ge=1)
    max_wait: float = Field(default=120.0, ge=0)
    arxiv: ArxivSettings | None = None
    oai: OaiSettings | None = None
    arxiv_rss: RssSettings | None = None
    huggingface: HuggingFaceSettings | None = None
    feeds: tuple[FeedSettings, ...] = ()

    @field_validator("feeds")
    @classmethod
    def _have_names_of_their_own(cls, value: tuple[FeedSettings, ...]) -> tuple[FeedSettings, ...]:
        taken = set(TAKEN_NAMES)
        for feed in value:
            if feed.name in taken:
                whose = "a source of the program" if feed.name in TAKEN_NAMES else "another feed"
                raise ValueError(f"the name {feed.name!r} belongs to {whose}; give this feed another name")
            taken.add(feed.name)
        return value
