"""Papers of nearly the same title: a journal article and its preprint, whose title was slightly changed in between."""

from sqlalchemy import Connection, exists, or_, select

from harvester.domain.identity import names_of_kind, title_key
from harvester.domain.merging import ARTICLES, same_title
from harvester.domain.papers import Paper
from harvester.domain.provenance import Rank
from harvester.store.tables import identifiers, papers

BEGINNING = 16  # letters that both titles share at the start, articles aside; the rest is compared word by word
MOST = 200  # titles compared for one paper, of those that begin alike


def of_the_other_kind(db: Connection, paper: Paper) -> list[int]:
    """The preprints of nearly this title for a journal article, the journal articles for a preprint.

    It takes one statement over ranges of the identifiers' own index.
    """
    low = [f"title:{article}{_beginning(paper.title)}" for article in ("", *ARTICLES)]
    begins = or_(*(identifiers.c.name.between(name, f"{name}\U0010ffff") for name in low))
    query = select(papers.c.number, papers.c.title).join(identifiers, identifiers.c.paper == papers.c.number)
    other = identifiers.alias("other")
    is_preprint = exists().where(other.c.paper == papers.c.number, other.c.name.startswith("arxiv:"))
    if names_of_kind(paper.identifiers, "arxiv"):
        query = query.where(~is_preprint, papers.c.authority > Rank.IMPORTED)  # a list alone makes no article
    else:
        query = query.where(is_preprint)
    rows = db.execute(query.where(begins).order_by(papers.c.number).limit(MOST))
    return [row.number for row in rows if same_title(row.title, paper.title)]


def _beginning(title: str) -> str:
    words = title.split()
    return title_key(" ".join(words[1:] if words and words[0].lower() in ARTICLES else words))[:BEGINNING]
