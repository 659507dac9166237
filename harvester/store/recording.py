"""Merges what sources show into the papers of the store: each work once, whatever its sources and versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, delete, insert, select, update

from harvester.domain.folding import whole_title
from harvester.domain.identity import names_of_kind, preprint_server, title_identifier, without_version
from harvester.domain.merging import Absorbed, Change, Merged, combine
from harvester.domain.papers import Paper, Sighting, Stored, arrived
from harvester.domain.provenance import CATALOG, Rank
from harvester.domain.same_work import is_preprint, same_work
from harvester.store.papers import (
    IN_LIMIT,
    chunks,
    columns,
    inserted,
    load,
    numbers_of,
    title_hash,
)
from harvester.store.tables import decisions, digest_papers, identifiers, mailed, papers, proposals, sightings
from harvester.store.title_matches import nearly_titled
from harvester.store.works import free_name, note_merge, separated_names

VERSIONS = 9  # of a preprint whose DOI has one, that are looked for


def record(db: Connection, seen: Iterable[Sighting], now: datetime, *, add: bool = True) -> list[Merged]:
    """Merge sightings into the store; merging the same ones twice changes nothing.

    Args:
        add: whether to add unknown papers; otherwise their sightings are dropped.

    Returns:
        The result for every sighting that was merged into a paper, in order.
    """
    changes: list[Merged] = []
    stream = iter(seen)
    while page := [replace(one, paper=arrived(one.paper)) for one in islice(stream, IN_LIMIT)]:
        known = _Known(db, page, now)
        merged = (known.merge(sighting, add=add) for sighting in page)
        changes.extend(change for change in merged if change is not None)
    return changes


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


class _Known:
    """The papers and names that one page of sightings touches, read in a few statements and kept current."""

    def __init__(self, db: Connection, page: Sequence[Sighting], now: datetime) -> None:
        self.db, self.now = db, now
        self.numbers = numbers_of(db, (name for sighting in page for name in _asked(sighting.paper)))
        self.titled = _titled(db, {title_hash(sighting.paper.title) for sighting in page})
        self.separated = separated_names(db)
        self.stored: dict[int, Stored] = {}
        self.seen: set[tuple[int, str, int]] = set()
        self._add(load(db, [*self.numbers.values(), *(number for found in self.titled.values() for number in found)]))

    def _add(self, stored: Mapping[int, Stored]) -> None:
        self.stored.update(stored)
        for chunk in chunks(list(stored)):
            query = select(sightings.c.paper, sightings.c.source, sightings.c.version)
            self.seen.update(tuple(row) for row in self.db.execute(query.where(sightings.c.paper.in_(chunk))))

    def merge(self, sighting: Sighting, *, add: bool) -> Merged | None:
        paper = sighting.paper
        number, evidence = self._resolve(sighting)
        if number is None:
            number, evidence = self._resolve_titled(paper), "title"
        if number is None and not add:
            return None
        before, absorbed, joined = None if number is None else self.stored[number], list[Absorbed](), False
        if before is None:
            number, change = self._insert(sighting), Change.NEW
        else:
            if joined := self._joins(before, sighting, evidence):
                other = Stored(0, paper, sighting.rank)
                note_merge(self.db, before, other, evidence, (sighting.source.name,), self.now)
            number, absorbed = self._absorb_namesakes(before, paper)
            change = self._update(self.stored[number], sighting)
            self._name(number, paper)
        now_known = self.stored[number].paper
        gone = now_known.withdrawn and not (before and before.paper.withdrawn)
        first = self._sight(number, sighting)
        return Merged(number, paper.id, change, first, now_known.published, gone, tuple(absorbed), joined)

    def _joins(self, before: Stored, sighting: Sighting, evidence: str) -> bool:
        """Whether the sighting is another record of the paper than those it was known from, and thus a merge."""
        paper = sighting.paper
        if (before.number, sighting.source.name, paper.version) in self.seen or evidence.startswith("arxiv:"):
            return False
        named = set(paper.identifiers) <= set(before.paper.identifiers)
        return not named or whole_title(paper.title) != whole_title(before.paper.title)

    def _resolve(self, sighting: Sighting) -> tuple[int | None, str]:
        """The stored paper that has one of the sighting's own identifiers, and which; none with another arXiv id.

        A title's name decides for entries of the catalog alone, which keep it when their title is corrected.
        """
        paper = sighting.paper
        for kind in ("arxiv", "doi", "pmid", "pmcid", *(("title",) if sighting.source == CATALOG else ())):
            for name in sorted(names_of_kind(paper.identifiers, kind)):
                for spelled in _versions(name):
                    number = self.numbers.get(spelled)
                    if number is not None and (kind == "arxiv" or self._fits(number, paper)):
                        return number, spelled
        return None, ""

    def _resolve_titled(self, paper: Paper) -> int | None:
        """The stored paper of the same whole title, else the preprint of an article, or article of a preprint, whose
        title was slightly changed."""
        for number in self.titled.get(title_hash(paper.title), ()):
            if self._is_same(number, paper):
                return number
        for number in nearly_titled(self.db, paper.title) if paper.authors else ():
            if number not in self.stored:
                self._add(load(self.db, [number]))
            other = self.stored[number].paper
            if other.authors and is_preprint(other) != is_preprint(paper) and self._is_same(number, paper):
                return number
        return None

    def _is_same(self, number: int, paper: Paper) -> bool:
        return same_work(self.stored[number].paper, paper) and not self._is_separated(number, paper)

    def _is_separated(self, number: int, paper: Paper) -> bool:
        """Whether people have taken these two apart."""
        theirs = {other for name in paper.identifiers for other in self.separated.get(name, ())}
        return bool(theirs and theirs & set(self.stored[number].paper.identifiers))

    def _fits(self, number: int, paper: Paper) -> bool:
        other = self.stored[number].paper
        ours, theirs = names_of_kind(other.identifiers, "arxiv"), names_of_kind(paper.identifiers, "arxiv")
        return (not ours or not theirs or bool(ours & theirs)) and not self._is_separated(number, paper)

    def _absorb_namesakes(self, found: Stored, paper: Paper) -> tuple[int, list[Absorbed]]:
        """Merge papers that prove to be the same: a preprint has gained the DOI of its journal version.

        Returns:
            The number that stays, that of the paper with a decision, else that of `found`; and those that are gone.
        """
        absorbed = []
        for name in sorted(names_of_kind(paper.identifiers, "doi") | names_of_kind(paper.identifiers, "pmid")):
            other = self.stored.get(self.numbers.get(name, found.number))
            if other is None or other.number == found.number or not self._fits(other.number, found.paper):
                continue
            if self._is_separated(other.number, paper):
                continue
            keep, lose = (other, found) if _is_decided(self.db, other.number) else (found, other)
            if _is_decided(self.db, lose.number):
                continue  # people decided on both: we cannot say which decision holds
            sources = self._shown_by(lose)
            note_merge(self.db, keep, lose, name, sources, self.now)
            absorbed.append(Absorbed(lose.paper, sources))
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
        rank, source = max((keep.authority, keep.text_source), (lose.authority, lose.text_source))
        self._write(keep.number, merged, rank, source)
        self.numbers = {name: keep.number if number == lose.number else number for name, number in self.numbers.items()}
        for found in self.titled.values():
            found[:] = [number for number in found if number != lose.number]
        for number, source, version in [key for key in self.seen if key[0] == lose.number]:
            self.seen.remove((number, source, version))
            self.seen.add((keep.number, source, version))
        del self.stored[lose.number]
        self.stored[keep.number] = Stored(keep.number, merged, rank, source)
        return self.stored[keep.number]

    def _insert(self, sighting: Sighting) -> int:
        paper, authority = sighting.paper, sighting.rank
        names = self._free_names(paper) or [free_name(self.db, paper)]
        source = sighting.source.name
        row = {**columns(paper), "authority": authority, "text_source": source, "added": self.now, "name": names[0]}
        number = inserted(self.db, papers, row)
        self.stored[number] = Stored(number, replace(paper, identifiers=()), authority, source)
        self.titled.setdefault(title_hash(paper.title), []).append(number)
        self._give(number, names)
        return number

    def _update(self, known: Stored, sighting: Sighting) -> Change:
        """The change that a sighting makes.

        Two services of one rank spell the same text differently; the one that was first keeps it, or it would change
        each night. So does an aggregator, which has no versions and no text of its own.
        """
        paper, authority, source = sighting.paper, int(sighting.rank), sighting.source.name
        whole = known.paper.abstract and paper.version <= known.paper.version
        others = known.text_source not in ("", source) or authority == Rank.AGGREGATED
        if whole and others and authority == known.authority:
            authority, source = authority - 1, known.text_source
        merged = replace(combine(known.paper, known.authority, paper, authority), identifiers=known.paper.identifiers)
        if merged == known.paper and authority <= known.authority:
            return Change.SAME
        rank = max(authority, known.authority)
        if authority < known.authority:
            source = known.text_source
        self._write(known.number, merged, rank, source)
        self.stored[known.number] = Stored(known.number, merged, rank, source)
        # Votes change every day; alone they are not news.
        return Change.SAME if replace(merged, upvotes=known.paper.upvotes) == known.paper else Change.UPDATED

    def _write(self, number: int, paper: Paper, authority: int, source: str) -> None:
        row = {**columns(paper), "authority": authority, "text_source": source}
        self.db.execute(update(papers).where(papers.c.number == number).values(**row))

    def _name(self, number: int, paper: Paper) -> None:
        """Give the paper those of its names that no other paper has."""
        self._give(number, self._free_names(paper))

    def _free_names(self, paper: Paper) -> list[str]:
        return [name for name in _names(paper) if name not in self.numbers]

    def _give(self, number: int, names: Iterable[str]) -> None:
        for name in names:
            self.db.execute(insert(identifiers), {"name": name, "paper": number})
            self.numbers[name] = number
            known = self.stored[number]
            named = replace(known.paper, identifiers=(*known.paper.identifiers, name))
            self.stored[number] = replace(known, paper=named)

    def _sight(self, number: int, sighting: Sighting) -> bool:
        """Record where and when the paper was seen; returns whether the version is new to this source."""
        key = (number, sighting.source.name, sighting.paper.version)
        if key in self.seen:
            return False
        self.seen.add(key)
        row = {
            "paper": number,
            "source": sighting.source.name,
            "version": sighting.paper.version,
            "announced": sighting.announced,
            "announce_type": sighting.announce_type,
            "seen": self.now,
        }
        self.db.execute(insert(sightings), row)
        return True


def _titled(db: Connection, hashes: Iterable[str]) -> dict[str, list[int]]:
    """The numbers of the papers of these whole titles, oldest first."""
    found: dict[str, list[int]] = {}
    for chunk in chunks(sorted(hashes)):
        query = select(papers.c.title_hash, papers.c.number).where(papers.c.title_hash.in_(chunk))
        for row in db.execute(query.order_by(papers.c.number)):
            found.setdefault(row.title_hash, []).append(row.number)
    return found


def _is_decided(db: Connection, number: int) -> bool:
    return db.execute(select(decisions.c.id).where(decisions.c.paper == number)).first() is not None


def _names(paper: Paper) -> tuple[str, ...]:
    by_title = title_identifier(paper.title)
    return tuple(dict.fromkeys((*paper.identifiers, *((by_title,) if by_title else ()))))


def _asked(paper: Paper) -> Iterable[str]:
    """The names by which a sighting may find its paper."""
    return (spelled for name in _names(paper) for spelled in _versions(name))


def _versions(name: str) -> tuple[str, ...]:
    """The identifier, and those of the other versions of a preprint: Research Square gives each a DOI of its own."""
    base = without_version(name)
    if not preprint_server(name) or (base == name and preprint_server(name) != "research square"):
        return (name,)
    return (name, base, *(f"{base}/v{number}" for number in range(1, VERSIONS + 1)))
