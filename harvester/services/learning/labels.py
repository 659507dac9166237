"""Fetches the texts of the shipped labels into the store: the set itself has only identifiers and labels."""

from collections.abc import Iterator, Sequence
from typing import Any

from harvester.base.errors import FetchError, HarvesterError, UsageError
from harvester.domain.labels import LabelText
from harvester.domain.papers import Paper
from harvester.services.arxiv_client import arxiv_settings, arxiv_transport
from harvester.services.learning.train import has_labelled_set, shipped_labels
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.sources.arxiv import ids as arxiv_ids
from harvester.store.engine import read, write
from harvester.store.papers import find_all
from harvester.store.training import keep_texts, known_texts

_ARXIV = "arxiv:"


def fetch_labels(ws: Workspace, watch: Watch = unwatched) -> dict[str, Any]:
    """Fetch missing texts from arXiv by id, a hundred per request; calling it again resumes where it stopped.

    Returns:
        ``{"wanted", "fetched", "missing", "present", "untraceable"}``: papers with an arXiv id in the set; those
        fetched now; ids unknown to arXiv; texts already in the store; papers of the set without an arXiv id.

    Raises:
        UsageError: the subject of the set is not that of this list.
        FetchError: arXiv fails; the texts fetched so far are kept.
    """
    if not has_labelled_set(ws):
        raise UsageError(
            f"The labeled set is not about {ws.taxonomy.title}; review this list's queue, and train on those decisions."
        )
    names = [record["id"] for record in shipped_labels()]
    wanted = [name for name in names if name.startswith(_ARXIV)]
    present = _take_from_store(ws, wanted)
    lacking = [name.removeprefix(_ARXIV) for name in wanted if name not in present]
    fetched, missing = 0, list[str]()
    for papers, unknown in _asked(ws, lacking):
        with write(ws.store) as db:
            keep_texts(db, (_text(paper) for paper in papers), ws.clock())
        fetched += len(papers)
        missing += [f"{_ARXIV}{base}" for base in unknown]
        watch("fetched", fetched, len(lacking))
    return {
        "wanted": len(wanted),
        "fetched": fetched,
        "missing": missing,
        "present": len(present),
        "untraceable": len(names) - len(wanted),
    }


def _take_from_store(ws: Workspace, wanted: Sequence[str]) -> set[str]:
    """The names whose text is available, either fetched before, or harvested and now kept for training."""
    with read(ws.store) as db:
        known = set(known_texts(db, wanted))
        harvested = find_all(db, [name for name in wanted if name not in known])
    own = [
        LabelText(name, stored.paper.title, stored.paper.abstract)
        for name, stored in harvested.items()
        if stored.paper.abstract
    ]
    with write(ws.store) as db:
        keep_texts(db, own, ws.clock())
    return known | {text.name for text in own}


def _asked(ws: Workspace, bases: Sequence[str]) -> Iterator[tuple[list[Paper], list[str]]]:
    settings = arxiv_settings(ws)
    transport = arxiv_transport(ws)
    for part in arxiv_ids.batches(bases):
        try:
            yield arxiv_ids.hydrate(settings, transport, part)
        except FetchError as error:
            raise HarvesterError(f"{error} What was fetched is kept; run `harvester labels fetch` again.") from error


def _text(paper: Paper) -> LabelText:
    return LabelText(paper.id, paper.title, paper.abstract)
