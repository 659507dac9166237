"""``harvester queue`` and ``harvester show``."""

from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table, watched

if TYPE_CHECKING:
    from harvester.domain.candidates import QueueRow
    from harvester.domain.predictions import Prediction
    from harvester.services.review.explanations import Explanation
    from harvester.services.review.queries import PaperDetail

LIKELY = 0.1  # `show` names labels of at least this probability


@command
def queue(
    call: Invocation,
    limit: Annotated[int | None, typer.Option(min=1, help="Show at most this many.")] = None,
    state: Annotated[
        str | None,
        typer.Option(help="pending, accepted, rejected or deferred (default: pending, and open suggestions)."),
    ] = None,
) -> Output | None:
    """List the candidates, most useful first."""
    from harvester.domain.candidates import QueueFilter, parse_state
    from harvester.services.review.documents import queue_document, updates_document
    from harvester.services.review.journal_updates import journal_updates
    from harvester.services.review.queries import queue_page

    ws = call.workspace
    found = queue_page(ws, QueueFilter(parse_state(state or "pending")), limit).rows
    appeared = [] if state else journal_updates(ws)
    if call.as_json:
        return Output((queue_document(found, ws.taxonomy) + updates_document(appeared, ws.taxonomy))[:limit])
    facets = [facet.id for facet in ws.taxonomy.facets]
    table(("id", "usefulness", "title", *facets), [_row(row, facets) for row in found])
    say(f"{len(found)} {state or 'pending'}.")
    if appeared:
        say(f"{len(appeared)} accepted preprints have appeared in a journal; see `harvester suggestions list`.")
    return None


@command
def show(
    call: Invocation,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="An arXiv id, DOI, title: identifier or arXiv URL.")],
) -> Output | None:
    """Show everything known about one paper."""
    from harvester.services.review.documents import paper_document
    from harvester.services.review.explanations import explain_if_possible
    from harvester.services.review.queries import paper_detail

    ws = call.workspace
    detail = paper_detail(ws, paper)
    with watched() as watch:
        watch("explained", 0, 1)
        explanation = explain_if_possible(ws, detail)
    if call.as_json:
        return Output(paper_document(detail, ws.taxonomy, explanation))
    found = detail.paper
    authors = ", ".join(author.name for author in found.authors)
    say(f"{found.title}\n{authors}\n{'  '.join(found.identifiers)}\n\n{found.abstract}\n")
    if detail.prediction:
        _show_prediction(detail.prediction)
    if explanation:
        _show_explanation(explanation)
    _show_history(detail)
    return None


def _show_prediction(prediction: "Prediction") -> None:
    say(f"scope   {prediction.scope:.3f} (model {prediction.model})")
    for facet, chances in prediction.probabilities.items():
        likely = sorted(((chance, label) for label, chance in chances.items() if chance >= LIKELY), reverse=True)
        shown = (f"{label} {chance:.2f}{_doubt(prediction, facet, label)}" for chance, label in likely)
        say(f"{facet:<8}" + ", ".join(shown))


def _doubt(prediction: "Prediction", facet: str, label: str) -> str:
    return "?" if f"{facet}:{label}" in prediction.unsure else ""


def _show_explanation(explanation: "Explanation") -> None:
    for label, reasons in explanation.reasons.items():
        say(f"why     {label}" + ("" if reasons else ": no single sentence"))
        for reason in reasons:
            say(f"        {reason.drop:.2f} {reason.sentence}")
    for neighbour in explanation.nearest:
        say(f"near    {neighbour.similarity:.2f} {neighbour.id} {neighbour.title}")


def _show_history(detail: "PaperDetail") -> None:
    from harvester.base.clock import rfc3339

    for seen in detail.sightings:
        announced = seen.announced.isoformat() if seen.announced else "-"
        say(f"seen    {rfc3339(seen.seen)} by {seen.source}, version {seen.version}, announced {announced}")
    for decision in detail.decisions:
        say(f"decided {rfc3339(decision.at)} {decision.action} by {decision.by} {decision.reason}")
    state = detail.candidate.state if detail.candidate else None
    say(f"state   {state}" + (" (withdrawn by its authors)" if detail.paper.withdrawn else ""))


def _row(row: "QueueRow", facets: list[str]) -> list[object]:
    return [
        row.id,
        f"{row.candidate.usefulness:.3f}",
        ("WITHDRAWN " if row.withdrawn else "") + row.title[:70],
        *(labels_cell(row, facet) for facet in facets),
    ]


def labels_cell(row: "QueueRow", facet: str) -> str:
    """A row's labels in a facet, for a table."""
    return ", ".join(row.labels.of(facet)) if row.labels else ""
