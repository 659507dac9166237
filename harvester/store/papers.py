"""Papers, their names and where they were seen: one row per paper, whatever the source and version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Insert, Row, delete, insert, or_, select, update

from harvester.domain.identity import names_of_kind, title_identifier
from harvester.domain.merging import Absorbed, Change, Merged, combine, same_work
from harvester.domain.papers import Author, Paper, PastSighting, Sighting, Stored
from harvester.domain.provenance import Rank
from harvester.store.tables import decisions, digest_papers, identifiers, mailed, papers, proposals, sightings
from harvester.store.title_matches import of_the_other_kind

IN_LIMIT = 500  # values in one IN (...): SQLite takes 32,766 parameters, old builds 999


def record(db: Connection, seen: Iterable[Sighting], now: datetime, *, add: bool = True) -> list[Merged]:
    """Merge sightings into the store; merging the same ones twice changes nothing.

    Args:
        add: whether to add unknown papers; otherwise their sightings are dropped.

    Returns:
        The result for every sighting that was merged into a paper, in order.
    """
    changes: list[Merged] = []
    stream = iter(seen)
    while page := list(islice(stream, IN_LIMIT)):
        known = _Known(db, page)
        merged = (known.merge(sighting, now, add=add) for sighting in page)
        changes.extend(change for change in merged if change is not None)
    return changes


def find(db: Connection, name: str) -> Stored | None:
    """The paper with this identifier."""
    query = select(papers).join(identifiers, identifiers.c.paper == papers.c.number)
    row = db.execute(query.where(identifiers.c.name == name)).first()
    return None if row is None else _stored(row, names_by_number(db, [row.number])[row.number])


def find_all(db: Connection, names: Iterable[str]) -> dict[str, Stored]:
    """The papers with these identifiers, by identifier; unknown identifiers are left out."""
    numbers = _numbers(db, names)
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


def mark_withdrawn(db: Connection, numbers: Iterable[int]) -> None:
    """Mark papers as withdrawn from arXiv; people decide whether they stay in the queue and the catalog."""
    for chunk in chunks(list(numbers)):
        db.execute(update(papers).where(papers.c.number.in_(chunk)).values(withdrawn=True))


def history(db: Connection, number: int) -> list[PastSighting]:
    """Where and when a paper was seen, oldest first."""
    rows = db.execute(select(sightings).where(sightings.c.paper == number).order_by(sightings.c.seen, sightings.c.id))
    return [PastSighting(row.source, row.version, row.announced, row.announce_type, row.seen) for row in rows]


def absorb(db: Connection, keep: int, lose: int) -> None:
    """Give `keep` all names, sightings, decisions and mailings of `lose`, then delete `lose` and its candidate."""
    db.execute(update(identifiers).where(identifiers.c.paper == lose).values(paper=keep))
    db.execute(update(decisions).where(decisions.c.paper == lose).values(paper=keep))
    shown = select(sightings.c.source, sightings.c.version).where(sightings.c.paper == keep)
    already = {tuple(row) for row in db.execute(shown)}
    for row in db.execute(select(sightings).where(sightings.c.paper == lose)).all():
        if (row.source, row.version) not in already:
            db.execute(update(sightings).where(sightings.c.id == row.id).values(paper=keep))
    sent = select(mailed.c.subscriber).where(mailed.c.paper == keep)
    db.execute(update(mailed).where(mailed.c.paper == lose, mailed.c.subscriber.not_in(sent)).values(paper=keep))
    held = select(digest_papers.c.digest).where(digest_papers.c.paper == keep)
    moved = (digest_papers.c.paper == lose, digest_papers.c.digest.not_in(held))
    db.execute(update(digest_papers).where(*moved).values(paper=keep))
    db.execute(update(proposals).where(proposals.c.paper == lose).values(paper=keep))
    db.execute(delete(papers).where(papers.c.number == lose))  # whatever still refers to it is deleted with it


def _is_decided(db: Connection, number: int) -> bool:
    return db.execute(select(decisions.c.id).where(decisions.c.paper == number)).first() is not None


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


def inserted(db: Connection, statement: Insert) -> int:
    """Run an insert of one row; returns the number the database gave it."""
    key = db.execute(statement).inserted_primary_key
    assert key is not None  # noqa: S101 - only an insert of many rows has none
    return int(key[0])


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """`values` in pieces that fit one IN (...)."""
    for start in range(0, len(values), IN_LIMIT):
        yield values[start : start + IN_LIMIT]


class _Known:
    """The papers and names that one page of sightings touches, read in a few statements and kept current."""

    def __init__(self, db: Connection, page: Sequence[Sighting]) -> None:
        self.db = db
        self.numbers = _numbers(db, (name for sighting in page for name in _names(sighting.paper)))
        self.stored: dict[int, Stored] = {}
        self.seen: set[tuple[int, str, int]] = set()
        self._add(load(db, self.numbers.values()))

    def _add(self, stored: Mapping[int, Stored]) -> None:
        self.stored.update(stored)
        for chunk in chunks(list(stored)):
            query = select(sightings.c.paper, sightings.c.source, sightings.c.version)
            self.seen.update(tuple(row) for row in self.db.execute(query.where(sightings.c.paper.in_(chunk))))

    def merge(self, sighting: Sighting, now: datetime, *, add: bool) -> Merged | None:
        number = self._resolve(sighting.paper)
        journal = sighting.source.kind == "journal"
        if number is None and (journal or names_of_kind(sighting.paper.identifiers, "arxiv")):
            number = self._resolve_retitled(sighting.paper)
        if number is None and not add:
            return None
        before, absorbed = None if number is None else self.stored[number], list[Absorbed]()
        if before is None:
            number, change = self._insert(sighting.paper, sighting.rank, now), Change.NEW
        else:
            number, absorbed = self._absorb_namesakes(before, sighting.paper)
            change = self._update(self.stored[number], sighting.paper, sighting.rank)
        self._name(number, sighting.paper)
        now_known = self.stored[number].paper
        gone = now_known.withdrawn and not (before and before.paper.withdrawn)
        first = self._sight(number, sighting, now)
        return Merged(number, sighting.paper.id, change, first, now_known.published, gone, tuple(absorbed))

    def _resolve(self, paper: Paper) -> int | None:
        """The stored paper for a sighting: by arXiv id, else DOI, else title; never one with a different arXiv id."""
        for kind in ("arxiv", "doi", "title"):
            for name in sorted(names_of_kind(_names(paper), kind)):
                number = self.numbers.get(name)
                if number is not None and (kind == "arxiv" or self._fits(number, paper, kind)):
                    return number
        return None

    def _resolve_retitled(self, paper: Paper) -> int | None:
        """The stored preprint of a journal article, or article of a preprint, whose title was slightly changed."""
        for number in of_the_other_kind(self.db, paper):
            if number not in self.stored:
                self._add(load(self.db, [number]))
            if self._fits(number, paper, "title") and self.stored[number].paper.authors and paper.authors:
                return number
        return None

    def _absorb_namesakes(self, found: Stored, paper: Paper) -> tuple[int, list[Absorbed]]:
        """Merge papers that prove to be the same: a preprint has gained the DOI of its journal version.

        Returns:
            The number that stays, that of the paper with a decision, else that of `found`; and those that are gone.
        """
        absorbed = []
        for name in sorted(names_of_kind(paper.identifiers, "doi")):
            other = self.stored.get(self.numbers.get(name, found.number))
            if other is None or other.number == found.number or not self._fits(other.number, found.paper, "doi"):
                continue
            keep, lose = (other, found) if _is_decided(self.db, other.number) else (found, other)
            if _is_decided(self.db, lose.number):
                continue  # people decided on both: we cannot say which decision holds
            absorbed.append(Absorbed(lose.paper, self._shown_by(lose)))
            found = self._absorb(keep, lose)
        return found.number, absorbed

    def _shown_by(self, known: Stored) -> tuple[str, ...]:
        """The sources that showed it as what they usually show; Europe PMC's preprints are no journal's articles."""
        shown = select(sightings.c.source).where(sightings.c.paper == known.number).order_by(sightings.c.id)
        shown = shown.where(sightings.c.announce_type != "preprint")
        return tuple(dict.fromkeys(self.db.execute(shown).scalars()))

    def _absorb(self, keep: Stored, lose: Stored) -> Stored:
        absorb(self.db, keep.number, lose.number)
        merged = combine(keep.paper, keep.authority, lose.paper, lose.authority)
        rank = max(keep.authority, lose.authority)
        self.db.execute(update(papers).where(papers.c.number == keep.number).values(**_columns(merged), authority=rank))
        self.numbers = {name: keep.number if number == lose.number else number for name, number in self.numbers.items()}
        for number, source, version in [key for key in self.seen if key[0] == lose.number]:
            self.seen.remove((number, source, version))
            self.seen.add((keep.number, source, version))
        del self.stored[lose.number]
        self.stored[keep.number] = Stored(keep.number, merged, rank)
        return self.stored[keep.number]

    def _fits(self, number: int, paper: Paper, kind: str) -> bool:
        other = self.stored[number].paper
        if kind == "title":
            return same_work(other, paper)
        ours, theirs = names_of_kind(other.identifiers, "arxiv"), names_of_kind(paper.identifiers, "arxiv")
        return not ours or not theirs or bool(ours & theirs)

    def _insert(self, paper: Paper, authority: int, now: datetime) -> int:
        number = inserted(self.db, insert(papers).values(**_columns(paper), authority=authority, added=now))
        self.stored[number] = Stored(number, replace(paper, identifiers=()), authority)
        return number

    def _update(self, known: Stored, paper: Paper, authority: int) -> Change:
        merged = replace(combine(known.paper, known.authority, paper, authority), identifiers=known.paper.identifiers)
        if merged == known.paper and authority <= known.authority:
            return Change.SAME
        rank = max(authority, known.authority)
        self.db.execute(
            update(papers).where(papers.c.number == known.number).values(**_columns(merged), authority=rank)
        )
        self.stored[known.number] = Stored(known.number, merged, rank)
        # Votes change every day; alone they are not news.
        return Change.SAME if replace(merged, upvotes=known.paper.upvotes) == known.paper else Change.UPDATED

    def _name(self, number: int, paper: Paper) -> None:
        """Give the paper those of its names that no other paper has."""
        for name in _names(paper):
            if name not in self.numbers:
                self.db.execute(insert(identifiers).values(name=name, paper=number))
                self.numbers[name] = number
                known = self.stored[number]
                named = replace(known.paper, identifiers=(*known.paper.identifiers, name))
                self.stored[number] = replace(known, paper=named)

    def _sight(self, number: int, sighting: Sighting, now: datetime) -> bool:
        """Record where and when the paper was seen; returns whether the version is new to this source."""
        key = (number, sighting.source.name, sighting.paper.version)
        if key in self.seen:
            return False
        self.seen.add(key)
        self.db.execute(
            insert(sightings).values(
                paper=number,
                source=sighting.source.name,
                version=sighting.paper.version,
                announced=sighting.announced,
                announce_type=sighting.announce_type,
                seen=now,
            )
        )
        return True


def _numbers(db: Connection, names: Iterable[str]) -> dict[str, int]:
    """The numbers of the papers with these identifiers, by identifier."""
    found: dict[str, int] = {}
    for chunk in chunks(sorted(set(names))):
        rows = db.execute(select(identifiers.c.name, identifiers.c.paper).where(identifiers.c.name.in_(chunk)))
        found.update((row.name, row.paper) for row in rows)
    return found


def _names(paper: Paper) -> tuple[str, ...]:
    by_title = title_identifier(paper.title)
    return tuple(dict.fromkeys((*paper.identifiers, *((by_title,) if by_title else ()))))


def _columns(paper: Paper) -> dict[str, Any]:
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
    )
    return Stored(row.number, paper, row.authority)
