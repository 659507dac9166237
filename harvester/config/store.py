"""The section [store] of config.toml."""

from harvester.config.section import Section


class StoreSettings(Section):
    """Where the working memory is."""

    secrets = ("url",)
    url: str = "sqlite:///data/harvester.db"
