"""Papers, their names and where they were seen: one row per paper, whatever the source and version."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, or_, select, update

from harvester.domain.folding import whole_title
from harvester.domain.papers import Author, Paper, PastSighting, Stored
from harvester.domain.provenance import Rank
from harvester.store.tables import identifiers, papers, sightings

IN_LIMIT = 500  # values in one IN (...): SQLite takes 32,766 parameters, old builds 999


def find(db: Connection, name: str) -> Stored | None:
    """The paper with this identifier."""
    query = select(papers).join(identifiers, identifiers.c.paper == papers.c.number)
    row = db.execute(query.where(identifiers.c.name == name)).first()
    return None if row is None else _stored(row, names_by_number(db, [row.number])[row.number])


def find_all(db: Connection, names: Iterable[str]) -> dict[str, Stored]:
    """The papers with these identifiers, by identifier; unknown identifiers are left out."""
    numbers = numbers_of(db, names)
    stored = load(db, numbers.values())
    return {name: stored[number] for name, number in numbers.items()}


def load(db: Connection, numbers: Iterable[int]) -> dict[int, Stored]:
    """Papers by number, each with all its identifiers; unknown numbers are left out."""
    wanted, found = list(dict.fromkeys(numbers)), {}
    for chunk in chunks(wanted):
        names = names_by_number(db, chunk)
        for row in db.execute(select(papers).where(papers.c.number.in_(chunk))):
            found[row.number] = _stored(row, names.get(row.number, ()))
    return found


def names_by_number(db: Connection, numbers: Sequence[int]) -> dict[int, list[str]]:
    """All identifiers of papers, by the paper's number; at most as many papers as fit one statement."""
    names: dict[int, list[str]] = {}
    query = select(identifiers.c.name, identifiers.c.paper).where(identifiers.c.paper.in_(numbers))
    for name, number in db.execute(query.order_by(identifiers.c.name)):
        names.setdefault(number, []).append(name)
    return names


def nameless_papers(db: Connection) -> list[int]:
    """Papers without any identifier, which the schema rules out; only a damaged store has some."""
    own = select(identifiers.c.name).where(identifiers.c.paper == papers.c.number)
    return list(db.execute(select(papers.c.number).where(~own.exists())).scalars())


def mark_withdrawn(db: Connection, numbers: Iterable[int]) -> None:
    """Mark papers as withdrawn from arXiv; people decide whether they stay in the queue and the catalog."""
    for chunk in chunks(list(numbers)):
        db.execute(update(papers).where(papers.c.number.in_(chunk)).values(withdrawn=True))


def history(db: Connection, number: int) -> list[PastSighting]:
    """Where and when a paper was seen, oldest first."""
    rows = db.execute(select(sightings).where(sightings.c.paper == number).order_by(sightings.c.seen, sightings.c.id))
    return [PastSighting(row.source, row.version, row.announced, row.announce_type, row.seen) for row in rows]


def known_versions(db: Connection, wanted: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Of (arXiv base id, version) pairs, those whose text came from arXiv's API in that version or a newer one."""
    pairs = list(wanted)
    found: dict[str, int] = {}
    for chunk in chunks([f"arxiv:{base}" for base, _ in pairs]):
        query = select(identifiers.c.name, papers.c.version).join(papers, papers.c.number == identifiers.c.paper)
        query = query.where(identifiers.c.name.in_(chunk), papers.c.authority == Rank.ARXIV)
        found.update((row.name, row.version) for row in db.execute(query))
    return {(base, version) for base, version in pairs if found.get(f"arxiv:{base}", -1) >= version}


def unhydrated(db: Connection) -> list[str]:
    """The arXiv base ids of papers of which a feed or OAI has shown more than the API has given us so far.

    Either only the feed's own text is known, or a version newer than that of the text was shown: whatever ranks as high
    as that text would have replaced it.
    """
    newer = select(sightings.c.id).where(sightings.c.paper == papers.c.number, sightings.c.version > papers.c.version)
    query = select(identifiers.c.name).join(papers, papers.c.number == identifiers.c.paper)
    query = query.where(
        or_(papers.c.authority == Rank.ANNOUNCED, newer.exists()), identifiers.c.name.startswith("arxiv:")
    )
    return [name.removeprefix("arxiv:") for name in db.execute(query.order_by(papers.c.number)).scalars()]


def inserted(db: Connection, table: Table, row: Mapping[str, Any]) -> int:
    """Insert a row; returns the number the database gave it."""
    key = db.execute(insert(table), dict(row)).inserted_primary_key  # with the values apart, its SQL is made only once
    assert key is not None  # noqa: S101 - only an insert of many rows has none
    return int(key[0])


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """`values` in pieces that fit one IN (...)."""
    for start in range(0, len(values), IN_LIMIT):
        yield values[start : start + IN_LIMIT]


def numbers_of(db: Connection, names: Iterable[str]) -> dict[str, int]:
    """The numbers of the papers with these identifiers, by identifier."""
    found: dict[str, int] = {}
    for chunk in chunks(sorted(set(names))):
        rows = db.execute(select(identifiers.c.name, identifiers.c.paper).where(identifiers.c.name.in_(chunk)))
        found.update((row.name, row.paper) for row in rows)
    return found


def title_hash(title: str) -> str:
    """Equal for two spellings of one whole title; hashed, because no index takes the longest titles."""
    return hashlib.sha256(whole_title(title).encode()).hexdigest()


def columns(paper: Paper) -> dict[str, Any]:
    """A paper's row, without its number, name, rank and date."""
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [[author.name, author.affiliation] for author in paper.authors],
        "published": paper.published,
        "updated": paper.updated,
        "version": paper.version,
        "categories": list(paper.categories),
        "venue": paper.venue,
        "comment": paper.comment,
        "links": dict(paper.links),
        "keywords": list(paper.keywords),
        "upvotes": paper.upvotes,
        "withdrawn": paper.withdrawn,
        "kind": paper.kind,
        "title_hash": title_hash(paper.title),
        "text_hash": paper.text_hash,
    }


def _stored(row: Row[Any], names: Iterable[str]) -> Stored:
    paper = Paper(
        identifiers=tuple(names),
        title=row.title,
        abstract=row.abstract,
        authors=tuple(Author(name, affiliation) for name, affiliation in row.authors),
        published=row.published,
        updated=row.updated,
        version=row.version,
        categories=tuple(row.categories),
        venue=row.venue,
        comment=row.comment,
        links=row.links,
        keywords=tuple(row.keywords),
        upvotes=row.upvotes,
        withdrawn=row.withdrawn,
        kind=row.kind,
    )
    return Stored(row.number, paper, row.authority, row.text_source)
