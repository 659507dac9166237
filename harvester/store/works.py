"""Merges that can be undone, and the pairs of records that people have taken apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from harvester.domain.identity import numbered, title_identifier
from harvester.domain.paper_json import from_json, to_json
from harvester.domain.papers import Paper, Stored
from harvester.store.papers import columns, inserted, load, numbers_of
from harvester.store.tables import identifiers, merges, papers, separations, sightings


@dataclass(frozen=True, slots=True)
class Merge:
    """A record that joined a paper: both as they were, why, and which sources had shown the record."""

    id: int
    paper: int
    at: datetime
    evidence: str
    kept: Stored
    other: Stored
    sources: tuple[str, ...]


def note_merge(
    db: Connection, kept: Stored, other: Stored, evidence: str, sources: Sequence[str], now: datetime
) -> None:
    """Keep both records as they are before `other` joins `kept`."""
    db.execute(
        insert(merges).values(
            paper=kept.number,
            at=now,
            evidence=evidence,
            kept=to_json(kept.paper),
            authority=kept.authority,
            other=to_json(other.paper),
            other_authority=other.authority,
            sources=list(sources),
        )
    )


def merges_of(db: Connection, number: int) -> list[Merge]:
    """The merges of a paper that were not undone, newest first."""
    query = select(merges).where(merges.c.paper == number).order_by(merges.c.id.desc())
    return [_merge(row) for row in db.execute(query)]


def separated_names(db: Connection) -> dict[str, set[str]]:
    """For every identifier of a record that was taken apart, those that it must not be merged with."""
    found: dict[str, set[str]] = {}
    for first, second in db.execute(select(separations.c.first, separations.c.second)):
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


def take_apart(db: Connection, merge: Merge, now: datetime) -> int:
    """Undo a merge: the record becomes a paper of its own again, and stays one; returns its number."""
    moving = _own_names(merge)
    row = {**columns(merge.other.paper), "authority": merge.other.authority, "added": now}
    name = moving[0] if moving else free_name(db, merge.other.paper)
    number = inserted(db, papers, {**row, "name": name})
    staying = select(identifiers.c.name).where(identifiers.c.paper == merge.paper, identifiers.c.name.not_in(moving))
    first = db.execute(staying.order_by(identifiers.c.name)).scalars().first()
    restored = {**columns(_restored(db, merge)), "authority": merge.kept.authority, "name": first}
    db.execute(update(papers).where(papers.c.number == merge.paper).values(**restored))
    db.execute(update(identifiers).where(identifiers.c.name.in_(moving)).values(paper=number))
    if not moving:
        db.execute(insert(identifiers).values(name=name, paper=number))
    shown = (sightings.c.paper == merge.paper, sightings.c.source.in_(merge.sources))
    db.execute(update(sightings).where(*shown).values(paper=number))
    db.execute(delete(merges).where(merges.c.id == merge.id))
    others = [other for other in merge.kept.paper.identifiers if other not in moving]
    _keep_apart(db, moving or [name], others)
    return number


def free_name(db: Connection, paper: Paper) -> str:
    """A name for a paper whose only ones belong to another, whose title begins with the same sixty letters."""
    name, number = title_identifier(paper.title) or paper.id, 2
    while numbers_of(db, [numbered(name, number)]):
        number += 1
    return numbered(name, number)


def _own_names(merge: Merge) -> list[str]:
    """The identifiers that leave with the record: those that it brought, else those that both claim but the best."""
    kept, other = merge.kept.paper, merge.other.paper
    named = [name for name in other.identifiers if not name.startswith("title:")]
    return [name for name in named if name not in kept.identifiers] or [name for name in named if name != kept.id]


def _restored(db: Connection, merge: Merge) -> Paper:
    """The paper without what the record gave it; its text is its own, and present, if it ranked higher."""
    kept = merge.kept.paper
    if merge.kept.authority <= merge.other.authority:
        return kept
    return replace(load(db, [merge.paper])[merge.paper].paper, links=kept.links, venue=kept.venue, kind=kept.kind)


def _keep_apart(db: Connection, ones: Iterable[str], others: Iterable[str]) -> None:
    known = {tuple(row) for row in db.execute(select(separations.c.first, separations.c.second))}
    pairs = {(min(one, other), max(one, other)) for one in ones for other in others if one != other}
    for first, second in sorted(pairs - known):
        db.execute(insert(separations).values(first=first, second=second))


def _merge(row: Row[Any]) -> Merge:
    kept, other = from_json(row.kept), from_json(row.other)
    return Merge(
        id=row.id,
        paper=row.paper,
        at=row.at,
        evidence=row.evidence,
        kept=Stored(row.paper, kept, row.authority),
        other=Stored(0, other, row.other_authority),
        sources=tuple(row.sources),
    )
