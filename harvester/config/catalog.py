"""The section [catalog] of config.toml."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from harvester.base.settings_section import SettingsSection, WebAddress


class CatalogSettings(SettingsSection):
    """Where entries and the rendered list live."""

    dir: Path = Path("data/catalog")
    folder_name: str = ""
    templates: Path | None = None
    form: Literal["blocks", "bullets", "table"] = "blocks"
    show: tuple[Literal["authors", "note"], ...] = ()
    raw_url: WebAddress = "https://raw.githubusercontent.com"
    abstracts: bool = True
    site_url: WebAddress | Literal[""] = ""
    license: Annotated[str, Field(pattern=r"^([A-Za-z0-9.+-]+)?$")] = ""
    gitlab_url: WebAddress = "https://gitlab.com"
    git: Literal["off", "commit", "branch", "propose"] = "off"
    link_interval: float = Field(default=1.0, ge=0)
    link_days: int = Field(default=30, ge=0, le=3650)
    allow_private: bool = True

    @property
    def needs_branch(self) -> bool:
        """Whether the files are those of the list only while a branch is checked out."""
        return self.git in ("commit", "propose")
