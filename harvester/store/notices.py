"""Notices at the papers that they are about."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, insert, select, update

from harvester.domain.notices import NOTICE_KINDS, Notice
from harvester.domain.papers import Paper
from harvester.store.papers import chunks, load, numbers_of, title_hash
from harvester.store.tables import filed_notices, papers

UNKNOWN = "the store has no such paper"
AMBIGUOUS = "several papers bear that title"
NOWHERE = "neither the notice nor the paper has an address"


@dataclass(frozen=True, slots=True)
class Attached:
    """The notices that are new at their papers, with the papers' numbers; and those without a paper, each with why."""

    new: tuple[tuple[int, Notice], ...] = ()
    lost: tuple[tuple[Notice, str], ...] = ()


def attach(db: Connection, notices: Iterable[Notice]) -> Attached:
    """Link papers to the notices about them; a retracted paper counts as withdrawn."""
    new, lost = [], []
    for notice in notices:
        found = load(db, _meant(db, notice))
        if not found or (not notice.of and len(found) > 1):
            lost.append((notice, AMBIGUOUS if found else UNKNOWN))
            continue
        for number, stored in found.items():
            link = notice.link or stored.paper.links.get("paper", "")
            if not link:
                lost.append((notice, NOWHERE))
            elif not _is_known(stored.paper, notice, link):
                _write(db, number, stored.paper, notice, link)
                new.append((number, replace(notice, link=link)))
    return Attached(tuple(new), tuple(lost))


def note_shown(db: Connection, number: int, links: Mapping[str, str]) -> None:
    """Remember which notices a paper's entry shows, by its links: what people remove from the file is not put back."""
    for kind in NOTICE_KINDS:
        if kind in links:
            here = (filed_notices.c.paper == number, filed_notices.c.kind == kind)
            db.execute(delete(filed_notices).where(*here))
            db.execute(insert(filed_notices).values(paper=number, kind=kind, link=links[kind]))


def shown_notices(db: Connection, numbers: Collection[int]) -> dict[int, dict[str, str]]:
    """The notices, links by kind, that the entries of papers have shown."""
    found: dict[int, dict[str, str]] = {}
    for chunk in chunks(list(numbers)):
        for row in db.execute(select(filed_notices).where(filed_notices.c.paper.in_(chunk))):
            found.setdefault(row.paper, {})[row.kind] = row.link
    return found


def _is_known(paper: Paper, notice: Notice, link: str) -> bool:
    """Whether the paper has a notice of this kind which is more than the article's own mark, or the same."""
    known = paper.links.get(notice.kind)
    return bool(known) and (known != paper.links.get("paper") or known == link)


def _write(db: Connection, number: int, paper: Paper, notice: Notice, link: str) -> None:
    values = {
        "links": {**paper.links, notice.kind: link},
        "withdrawn": paper.withdrawn or notice.kind == "retraction",
    }
    db.execute(update(papers).where(papers.c.number == number).values(**values))


def _meant(db: Connection, notice: Notice) -> set[int]:
    """The papers with its identifiers; if it has none, those of its whole title."""
    if notice.of or not notice.title:
        return set(numbers_of(db, notice.of).values())
    same = select(papers.c.number).where(papers.c.title_hash == title_hash(notice.title))
    return set(db.execute(same).scalars())
