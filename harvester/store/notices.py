"""Notices at the papers that they are about."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from harvester.domain.notices import Notice
from harvester.store.papers import load, numbers_of, title_hash
from harvester.store.tables import papers


def attach(db: Connection, notices: Iterable[Notice]) -> list[tuple[int, Notice]]:
    """Link papers to the notices about them; returns those that are new, with the paper's number.

    A retracted paper counts as withdrawn. A notice about a paper that the store does not have is dropped.
    """
    new = []
    for notice in notices:
        for number, stored in load(db, _meant(db, notice)).items():
            paper = stored.paper
            known = paper.links.get(notice.kind)
            if not notice.link or (known and (known != paper.links.get("paper") or known == notice.link)):
                continue  # what is known is a notice of its own, not only the article's mark
            links = {**paper.links, notice.kind: notice.link}
            withdrawn = paper.withdrawn or notice.kind == "retraction"
            change = update(papers).where(papers.c.number == number)
            db.execute(change.values(links=links, withdrawn=withdrawn))
            new.append((number, notice))
    return new


def _meant(db: Connection, notice: Notice) -> set[int]:
    """The papers with its identifiers; without any, the only one of its whole title."""
    if notice.of:
        return set(numbers_of(db, notice.of).values())
    same = select(papers.c.number).where(papers.c.title_hash == title_hash(notice.title))
    found = set(db.execute(same).scalars())
    return found if notice.title and len(found) == 1 else set()
