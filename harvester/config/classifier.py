"""The section [classifier] of config.toml."""

from pathlib import Path

from harvester.base.settings_section import SettingsSection


class ClassifierSettings(SettingsSection):
    """Which encoder, model and taxonomy; unset means the packaged ones, and the model that was promoted last."""

    encoder: str = "all-MiniLM-L6-v2"
    model: Path | None = None
    models: Path = Path("data/models")
    taxonomy: Path | None = None
