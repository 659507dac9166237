"""What the templates show, made from records. Pure; the templates escape."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from classifiers.taxonomy import Facet, Label, Taxonomy
from harvester.base import escape
from harvester.base.clock import utc_date
from harvester.catalog.export.records import address_of
from harvester.domain.candidates import Candidate, QueueRow
from harvester.domain.decisions import Decision
from harvester.domain.labels import Labels
from harvester.domain.papers import Paper, venue_of
from harvester.domain.predictions import Prediction
from harvester.services.review.queries import PaperDetail

if TYPE_CHECKING:
    from classifiers.records import Neighbour, Reason

HOSTS = ("arxiv.org", "doi.org", "huggingface.co", "github.com")
"""Where links may lead; other addresses are shown as text, for anybody may put anything into a feed."""
NAMES = {"arxiv.org": "arXiv", "doi.org": "DOI", "huggingface.co": "Hugging Face"}
ROLES = {"paper": "Paper", "published": "Published", "preprint": "Preprint", "pdf": "PDF", "code": "Code"}
DONE = {
    "accept": "accepted it",
    "reject": "rejected it",
    "defer": "put it aside",
    "undo": "took back the decision before",
    "withdraw": "withdrew it",
}
FROM_FILES = {"accept": "was added or corrected in git", "withdraw": "was removed in git"}
CHIPS = 4  # labels on a line of the list
AUTHORS = 12  # named before "and N more"
OFF, FAINT = "off", 0.1
CERTAIN = 0.995  # from here on a probability is shown as 99+


@dataclass(frozen=True, slots=True)
class Chip:
    """One label of a paper; `level` is assigned, unsure or off, by the model's word; `on` whether it holds now.

    `faint` is one that the model gives so little chance that it need not be looked at.
    """

    id: str
    name: str
    meaning: str
    percent: str
    level: str
    on: bool
    faint: bool


@dataclass(frozen=True, slots=True)
class FacetLabels:
    """A facet's labels; one of them and no other where it is `exclusive`."""

    id: str
    name: str
    exclusive: bool
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class PaperLink:
    """An address of a paper; not to be followed where `href` is ""."""

    name: str
    href: str
    shown: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an abstract, and the names of the labels that rest on it."""

    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a paper's history."""

    who: str
    what: str
    when: datetime
    labels: tuple[str, ...]
    reason: str


def queue_line(row: QueueRow, taxonomy: Taxonomy) -> dict[str, object]:
    """One line of the queue; only what waits has a usefulness, by which it is in order."""
    candidate, labels = row.candidate, names_of(row.labels, taxonomy) if row.labels else []
    waits = candidate.state == "pending"
    return {
        "number": candidate.paper,
        "id": row.id,
        "version": candidate.version,
        "title": row.title,
        "usefulness": percent(candidate.usefulness) if waits else "",
        "group": _group(candidate) if waits else "",
        "scope": "" if row.scope is None else percent(row.scope),
        "state": candidate.state,
        "about": ", ".join(filter(None, (venue(row), published(row)))),
        "labels": labels[:CHIPS],
        "more": max(0, len(labels) - CHIPS),
        "withdrawn": row.withdrawn,
        "unsure": len(row.unsure),
        "by": row.by,
    }


def _group(candidate: Candidate) -> str:
    """What stands outside the order by usefulness: the backlog comes last, and what no run has arranged yet first."""
    if candidate.backlog:
        return "backfill"
    return "" if candidate.reading_position else "new"


def groups(labels: Labels, prediction: Prediction | None, taxonomy: Taxonomy) -> tuple[FacetLabels, ...]:
    """All labels by facet, with what the model says of each and what holds now."""
    return tuple(
        FacetLabels(
            facet.id,
            facet.name,
            facet.exclusive,
            tuple(_chip(labels, prediction, facet, label) for label in facet.labels),
        )
        for facet in taxonomy.facets
    )


def links(paper: Paper) -> list[PaperLink]:
    """The paper's addresses, the best first; with those that its names stand for."""
    addresses: dict[str, str] = {}
    for role, name in ROLES.items():
        if role in paper.links:
            addresses.setdefault(_named(name, paper.links[role]), paper.links[role])
    for name in paper.identifiers:
        kind, _, value = name.partition(":")
        if kind == "arxiv":
            addresses.setdefault("arXiv", f"https://arxiv.org/abs/{value}")
            addresses.setdefault("Hugging Face", f"https://huggingface.co/papers/{value}")
        elif kind == "doi":
            addresses.setdefault("DOI", f"https://doi.org/{value}")
    addresses |= {role.capitalize(): link for role, link in paper.links.items() if role not in ROLES}
    found: dict[str, PaperLink] = {}
    for name, address in addresses.items():
        found.setdefault(address, PaperLink(name, allowed(address), address))
    return sorted(found.values(), key=lambda link: not link.href)


def allowed(address: str) -> str:
    """An address as a link may have it: https, and of a host where papers are; else ""."""
    safe = escape.url(address)
    parts = urlsplit(safe)
    host = (parts.hostname or "").removeprefix("www.")
    return safe if parts.scheme == "https" and host in HOSTS and not parts.username else ""


def _named(name: str, address: str) -> str:
    """What a link is called: the paper's own page goes by the place where it is, if that is a known one."""
    host = (urlsplit(allowed(address)).hostname or "").removeprefix("www.")
    return NAMES.get(host, name) if name == ROLES["paper"] else name


def marked(sentences: Sequence[str], why: Mapping[str, Sequence["Reason"]], taxonomy: Taxonomy) -> list[Sentence]:
    """An abstract's sentences, those that carry labels with the labels' names."""
    names = {f"{facet.id}:{label.id}": label.name for facet in taxonomy.facets for label in facet.labels}
    carried: dict[str, list[str]] = {}
    for label, reasons in why.items():
        for reason in reasons:
            carried.setdefault(reason.sentence, []).append(names.get(label, label))
    return [Sentence(text, tuple(carried.get(text, ()))) for text in sentences]


def labelled(nearest: Iterable["Neighbour"]) -> list[dict[str, str]]:
    """Papers of the labelled set, each with how alike it is and where it is found on the web, if anywhere."""
    return [
        {
            "id": neighbour.id,
            "title": neighbour.title,
            "address": address_of(neighbour.id),
            "likeness": percent(neighbour.similarity),
        }
        for neighbour in nearest
    ]


def history(log: Iterable[Decision], taxonomy: Taxonomy) -> list[HistoryLine]:
    """Who decided what and when, the newest first."""
    return [done(decision, taxonomy) for decision in log][::-1]


def done(decision: Decision, taxonomy: Taxonomy) -> HistoryLine:
    """One decision as a sentence."""
    by_files = decision.via == "files"
    what = FROM_FILES.get(decision.action, decision.action) if by_files else DONE.get(decision.action, decision.action)
    labels = tuple(names_of(decision.labels, taxonomy)) if decision.labels else ()
    return HistoryLine("It" if by_files else decision.by, what, decision.at, labels, decision.reason)


def names_of(labels: Labels, taxonomy: Taxonomy) -> list[str]:
    """The labels' names, in the taxonomy's order."""
    return [label.name for facet in taxonomy.facets for label in facet.labels if labels.has(facet.id, label.id)]


def authors(paper: Paper) -> str:
    """The authors on one line, a long list cut."""
    named = ", ".join(author.name for author in paper.authors[:AUTHORS])
    more = len(paper.authors) - AUTHORS
    return f"{named} and {more} more" if more > 0 else named


def venue(paper: Paper | QueueRow) -> str:
    """Where it appeared."""
    return venue_of(paper.venue, paper.id)


def published(paper: Paper | QueueRow) -> str:
    """The day it was submitted or published, as ``2025-06-12``."""
    return utc_date(paper.published).isoformat() if paper.published else ""


def percent(probability: float) -> str:
    """``93``, and ``99+`` for what is not quite certain: nothing that a model says is 100."""
    return "99+" if probability >= CERTAIN else f"{100 * probability:.0f}"


def pane(detail: PaperDetail, taxonomy: Taxonomy) -> dict[str, object]:
    """All that the right side of the page shows of one paper, but for what takes time."""
    paper = detail.paper
    return {
        "number": detail.number,
        "id": paper.id,
        "names": paper.identifiers,
        "title": paper.title,
        "authors": authors(paper),
        "about": ", ".join(filter(None, (venue(paper), published(paper), *paper.categories[:3]))),
        "abstract": [Sentence(paper.abstract)] if paper.abstract else [],
        "comment": paper.comment,
        "withdrawn": paper.withdrawn,
        "links": links(paper),
        "version": detail.version,
        "state": detail.state,
        "entry": detail.candidate.entry if detail.candidate else None,
        "model": detail.prediction.model if detail.prediction else "",
        "scope": percent(detail.prediction.scope) if detail.prediction else "",
        "groups": groups(detail.labels, detail.prediction, taxonomy),
        "history": history(detail.decisions, taxonomy),
        "undoable": bool(detail.candidate and detail.candidate.decision),
        "sightings": detail.sightings,
        "proposals": [proposal for proposal in detail.proposals if proposal.note],
    }


def _chip(labels: Labels, prediction: Prediction | None, facet: Facet, label: Label) -> Chip:
    chance = (prediction.probabilities.get(facet.id, {}) if prediction else {}).get(label.id)
    level = _level(prediction, facet.id, label.id)
    return Chip(
        label.id,
        label.name,
        label.definition,
        "" if chance is None else percent(chance),
        level,
        labels.has(facet.id, label.id),
        level == OFF and chance is not None and chance < FAINT,
    )


def _level(prediction: Prediction | None, facet: str, label: str) -> str:
    if prediction is None:
        return OFF
    if f"{facet}:{label}" in prediction.unsure:
        return "unsure"
    return "assigned" if prediction.labels.has(facet, label) else OFF
