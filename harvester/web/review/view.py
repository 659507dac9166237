"""What the templates show, built from records. Pure; the templates escape."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from classifiers.sentences import sentences
from classifiers.taxonomy import Taxonomy
from harvester.base import escape
from harvester.base.clock import utc_date
from harvester.domain.candidates import Candidate, QueueRow
from harvester.domain.decisions import Decision
from harvester.domain.explanations import Explanation, Neighbor, SimilarPaper
from harvester.domain.identity import address_of
from harvester.domain.labels import Labels
from harvester.domain.notices import NOTICE_KINDS
from harvester.domain.papers import Paper, venue_of
from harvester.domain.provenance import CATALOG
from harvester.domain.resources import resources
from harvester.services.review.queries import PaperDetail
from harvester.web.review.chips import groups, percent

HOSTS = (
    "arxiv.org", "doi.org", "pubmed.ncbi.nlm.nih.gov", "europepmc.org", "huggingface.co", "github.com", "gitlab.com",
    "zenodo.org", "physionet.org", "figshare.com",
)  # fmt: skip
"""Where links may lead; other URLs are shown as text, because a feed can contain anything."""
NAMES = {"arxiv.org": "arXiv", "doi.org": "DOI", "huggingface.co": "Hugging Face"}
KINDS = {"arxiv": "arXiv", "doi": "DOI", "pmid": "PubMed", "pmcid": "Europe PMC"}
ROLES = {"paper": "Paper", "published": "Published", "preprint": "Preprint", "pdf": "PDF", "code": "Code"}
DONE = {
    "accept": "accepted it",
    "reject": "rejected it",
    "defer": "set it aside",
    "undo": "undid the previous decision",
    "withdraw": "withdrew it",
}
FROM_FILES = {"accept": "was added or corrected in git", "withdraw": "was removed in git"}
CHIPS = 4  # labels in a row of the list
AUTHORS = 12  # named before "and N more"
REASONS = (
    "Out of scope",
    "No method, study or data of its own",
    "Not a paper",
    "A duplicate",
    "Too little to judge by",
)
"""Why papers are rejected, as the page offers it; a reviewer may write anything else."""


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A URL of a paper; not a link if `href` is ""."""

    name: str
    href: str
    shown: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an abstract, and the labels that it supports: as ``facet:label``, and their names."""

    text: str
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a paper's history."""

    who: str
    what: str
    when: datetime
    labels: tuple[str, ...]
    reason: str


def queue_line(row: QueueRow, taxonomy: Taxonomy) -> dict[str, object]:
    """One row of the queue; only waiting papers have a usefulness, which orders them."""
    candidate, labels = row.candidate, names_of(row.labels, taxonomy) if row.labels else []
    waits = candidate.state == "pending"
    return {
        "number": candidate.paper,
        "id": row.id,
        "version": candidate.version,
        "title": row.title,
        "usefulness": "" if row.usefulness is None or not waits else percent(row.usefulness),
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
    """What is outside the order by usefulness: the backlog comes last, and what no run has ordered yet first."""
    if candidate.backlog:
        return "backfill"
    return "" if candidate.reading_position else "new"


def links(paper: Paper, *, written: bool = False) -> list[PaperLink]:
    """The paper's URLs, best first, including those that its identifiers stand for.

    Args:
        written: whether a person put them into the catalog, so that they may lead to any host, as they do in the list.
    """
    addresses: dict[str, str] = {}
    for role, name in ROLES.items():
        if role in paper.links:
            addresses.setdefault(_named(name, paper.links[role]), paper.links[role])
    for name in paper.identifiers:
        kind, _, value = name.partition(":")
        if kind in KINDS:
            addresses.setdefault(KINDS[kind], address_of(name))
        if kind == "arxiv":
            addresses.setdefault("Hugging Face", f"https://huggingface.co/papers/{value}")
    addresses |= {role.capitalize(): link for role, link in paper.links.items() if role not in ROLES}
    found: dict[str, PaperLink] = {}
    for name, address in addresses.items():
        href = escape.url(address) if written else allowed(address)
        found.setdefault(address, PaperLink(name, href, address))
    return sorted(found.values(), key=lambda link: not link.href)


def found_links(paper: Paper) -> list[PaperLink]:
    """The code and data that the paper names, which its entry gets unless the reviewer declines."""
    return [PaperLink(role.capitalize(), allowed(link), link) for role, link in resources(paper).items()]


def in_catalog(detail: PaperDetail) -> bool:
    """Whether an entry of the catalog shows the paper, or once did."""
    entry = detail.candidate.entry if detail.candidate else None
    return bool(entry) or any(seen.source == CATALOG.name for seen in detail.sightings)


def allowed(address: str) -> str:
    """A URL that a link may lead to (https, on a host that has papers), else ""."""
    safe = escape.url(address)
    parts = urlsplit(safe)
    host = (parts.hostname or "").removeprefix("www.")
    return safe if parts.scheme == "https" and host in HOSTS and not parts.username else ""


def _named(name: str, address: str) -> str:
    """The name of a link: the paper's own page is named after its host, if that is a known one."""
    host = (urlsplit(allowed(address)).hostname or "").removeprefix("www.")
    return NAMES.get(host, name) if name == ROLES["paper"] else name


def marked(abstract: str, why: Explanation | None, taxonomy: Taxonomy) -> list[Sentence]:
    """An abstract's sentences, each with the labels that it supports."""
    if why is None or not why.reasons:
        return [Sentence(abstract)] if abstract else []
    names = {f"{facet.id}:{label.id}": label.name for facet in taxonomy.facets for label in facet.labels}
    supported: dict[str, list[str]] = {}
    for label, reasons in why.reasons.items():
        for reason in reasons:
            supported.setdefault(reason.sentence, []).append(label)
    return [
        Sentence(text, labels := tuple(supported.get(text, ())), tuple(names.get(label, label) for label in labels))
        for text in sentences(abstract)
    ]


def labelled(nearest: Iterable[Neighbor]) -> list[dict[str, str]]:
    """Papers of the labeled set, each with its similarity and its URL, if it has one."""
    return [
        {
            "id": neighbor.id,
            "title": neighbor.title,
            "address": address_of(neighbor.id),
            "likeness": percent(neighbor.similarity),
        }
        for neighbor in nearest
    ]


def similar(found: Iterable[SimilarPaper]) -> list[dict[str, object]]:
    """Similar papers, each with its likeness, its state and the day of publication."""
    return [
        {
            "id": one.paper.id,
            "title": one.paper.title,
            "state": one.state,
            "likeness": percent(one.likeness),
            "published": published(one.paper),
            "withdrawn": one.paper.withdrawn,
        }
        for one in found
    ]


def history(log: Iterable[Decision], taxonomy: Taxonomy) -> list[HistoryLine]:
    """Who decided what and when, newest first."""
    return [done(decision, taxonomy) for decision in log][::-1]


def done(decision: Decision, taxonomy: Taxonomy) -> HistoryLine:
    """One decision as a sentence."""
    by_files = decision.via == "files"
    what = (FROM_FILES if by_files else DONE).get(decision.action, decision.action)
    labels = tuple(names_of(decision.labels, taxonomy)) if decision.labels else ()
    return HistoryLine("It" if by_files else decision.by, what, decision.at, labels, decision.reason)


def names_of(labels: Labels, taxonomy: Taxonomy) -> list[str]:
    """The labels' names, in the taxonomy's order."""
    return [label.name for facet in taxonomy.facets for label in facet.labels if labels.has(facet.id, label.id)]


def authors(paper: Paper) -> str:
    """The authors on one line; a long list is cut."""
    named = ", ".join(author.name for author in paper.authors[:AUTHORS])
    more = len(paper.authors) - AUTHORS
    return f"{named} and {more} more" if more > 0 else named


def venue(paper: Paper | QueueRow) -> str:
    """Where the paper appeared."""
    return venue_of(paper.venue, paper.id)


def published(paper: Paper | QueueRow) -> str:
    """The day when the paper was submitted or published, as ``2025-06-12``."""
    return utc_date(paper.published).isoformat() if paper.published else ""


def pane(detail: PaperDetail, taxonomy: Taxonomy) -> dict[str, object]:
    """Everything that the right side of the page shows of one paper."""
    paper, why = detail.paper, detail.explanation
    return {
        "number": detail.number,
        "id": paper.id,
        "names": paper.identifiers,
        "title": paper.title,
        "authors": authors(paper),
        "about": ", ".join(filter(None, (venue(paper), published(paper), *paper.categories[:3]))),
        "abstract": marked(paper.abstract, why, taxonomy),
        "unexplained": bool(detail.state == "pending" and paper.abstract and detail.prediction and why is None),
        "labelled": labelled(why.nearest if why else ()),
        "compared": detail.similar is not None,
        "similar": similar(detail.similar or ()),
        "comment": paper.comment,
        "withdrawn": paper.withdrawn,
        "notices": [said for kind, said in NOTICE_KINDS.items() if kind in paper.links],
        "links": links(paper, written=in_catalog(detail)),
        "resources": found_links(paper),
        "upvotes": paper.upvotes,
        "version": detail.version,
        "state": detail.state,
        "entry": detail.candidate.entry if detail.candidate else None,
        "model": detail.prediction.model if detail.prediction else "",
        "scope": percent(detail.prediction.scope) if detail.prediction else "",
        "groups": groups(detail.labels, detail.prediction, taxonomy, why),
        "history": history(detail.decisions, taxonomy),
        "undoable": bool(detail.candidate and detail.candidate.decision),
        "sightings": detail.sightings,
        "proposals": [proposal for proposal in detail.proposals if proposal.note],
    }
