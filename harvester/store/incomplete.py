"""Papers of which only a title and a DOI are known, as journals' feeds show them."""

from collections.abc import Collection

from sqlalchemy import Connection, Text, cast, or_, select

from harvester.store.tables import identifiers, papers, sightings


def without_text(db: Connection, source: str, most: int, but: Collection[str]) -> list[str]:
    """The DOIs, except `but`, of papers without abstract or authors that `source` has not shown; newest first."""
    shown = select(sightings.c.id).where(sightings.c.paper == papers.c.number, sightings.c.source == source)
    query = select(identifiers.c.name).join(papers, papers.c.number == identifiers.c.paper)
    query = query.where(
        or_(papers.c.abstract == "", cast(papers.c.authors, Text) == "[]"),
        identifiers.c.name.startswith("doi:"),
        ~shown.exists(),
    )
    found = db.execute(query.order_by(papers.c.number.desc(), identifiers.c.name).limit(most + len(but))).scalars()
    return [name for name in found if name not in but][:most]
