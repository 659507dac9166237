"""[harvest]: what all sources share, and a section for each of them that `harvester.sources.registry` lists."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, create_model

from harvester.sources import source
from harvester.sources.registry import KINDS, declared
from harvester.sources.source import NamedWebSource, SourceKind


def _have_names_of_their_own(sections: tuple[NamedWebSource, ...]) -> tuple[NamedWebSource, ...]:
    reserved = declared()
    taken = set(reserved)
    for section in sections:
        if section.name in taken:
            whose = "a source of the program" if section.name in reserved else "another feed"
            raise ValueError(f"the name {section.name!r} belongs to {whose}; give this feed another name")
        taken.add(section.name)
    return sections


def _field(kind: SourceKind[Any]) -> Any:
    """Type and default of the field that holds the sections of a kind of source."""
    section: Any = kind.settings
    if kind.repeated:
        return Annotated[tuple[section, ...], AfterValidator(_have_names_of_their_own)], ()
    return section | None, None


if TYPE_CHECKING:
    HarvestSettings = source.HarvestSettings
else:
    HarvestSettings = create_model(
        "HarvestSettings",
        __base__=source.HarvestSettings,
        __doc__=source.HarvestSettings.__doc__,
        __module__=__name__,
        **{kind.section: _field(kind) for kind in KINDS if kind.settings},
    )
