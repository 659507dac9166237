"""Extracts of abstracts, one per paper, valid for the text they were made from."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from harvester.store.papers import chunks
from harvester.store.tables import extracts


def stored_extracts(db: Connection, texts: Mapping[int, str]) -> dict[int, str]:
    """The extracts made from each paper's present text, whose hash `texts` gives by paper."""
    found: dict[int, str] = {}
    for chunk in chunks(list(texts)):
        for row in db.execute(select(extracts).where(extracts.c.paper.in_(chunk))):
            if row.text_hash == texts[row.paper]:
                found[row.paper] = row.words
    return found


def save_extracts(db: Connection, made: Mapping[int, tuple[str, str]]) -> None:
    """Store extracts: by paper, the hash of the text and the words."""
    for chunk in chunks(list(made)):
        db.execute(delete(extracts).where(extracts.c.paper.in_(chunk)))
    rows = [{"paper": number, "text_hash": text, "words": words} for number, (text, words) in made.items()]
    if rows:
        db.execute(insert(extracts), rows)
