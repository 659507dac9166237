"""Papers about which Crossref may know more: those of the catalog, and those known by a title and a DOI alone."""

from collections.abc import Collection

from sqlalchemy import Connection, Text, cast, or_, select

from harvester.store.tables import candidates, identifiers, papers, sightings


def accepted_dois(db: Connection, but: Collection[str]) -> list[str]:
    """The DOIs, except `but`, of papers in the catalog."""
    query = select(identifiers.c.name).join(candidates, candidates.c.paper == identifiers.c.paper)
    query = query.where(candidates.c.state == "accepted", identifiers.c.name.startswith("doi:"))
    return [name for name in db.execute(query.order_by(identifiers.c.name)).scalars() if name not in but]


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
