"""Papers of nearly the same title: a journal article and its preprint, whose title was slightly changed in between."""

from sqlalchemy import Connection, bindparam, or_, select

from harvester.domain.identity import title_key
from harvester.domain.same_work import ARTICLES, same_title
from harvester.store.tables import identifiers, papers

BEGINNING = 16  # letters that both titles share at the start, articles aside; the rest is compared word by word
MOST = 200  # titles compared for one paper, of those that begin alike


_LEADS = ("", *ARTICLES)
# Its SQL is made once: an import asks it for every paper.
_ALIKE = (
    select(papers.c.number, papers.c.title)
    .join(identifiers, identifiers.c.paper == papers.c.number)
    .where(or_(*(identifiers.c.name.between(bindparam(f"from{lead}"), bindparam(f"to{lead}")) for lead in _LEADS)))
    .distinct()
    .order_by(papers.c.number)
    .limit(MOST)
)


def nearly_titled(db: Connection, title: str) -> list[int]:
    """The papers of nearly this title, oldest first.

    It takes one statement over ranges of the identifiers' own index.
    """
    beginning, ranges = _beginning(title), dict[str, str]()
    for lead in _LEADS:
        name = f"title:{lead}{beginning}"
        ranges |= {f"from{lead}": name, f"to{lead}": f"{name}\U0010ffff"}
    return [row.number for row in db.execute(_ALIKE, ranges) if same_title(row.title, title)]


def _beginning(title: str) -> str:
    words = title.split()
    return title_key(" ".join(words[1:] if words and words[0].lower() in ARTICLES else words))[:BEGINNING]
