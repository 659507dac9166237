"""``harvester queue`` and ``harvester show``."""

from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import listing, say, watched
from harvester.cli.facets import Label, labels_given

if TYPE_CHECKING:
    from collections.abc import Iterable

    from classifiers.taxonomy import Taxonomy
    from harvester.domain.candidates import QueueRow
    from harvester.domain.explanations import Explanation
    from harvester.domain.predictions import Prediction
    from harvester.services.review.queries import PaperDetail

LIKELY = 0.1  # `show` names labels of at least this probability


@command
def queue(
    call: Invocation,
    label: Label = None,
    source: Annotated[str, typer.Option(metavar="NAME", help="Only papers that this source has shown.")] = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="Only papers published on this day or later.")] = "",
    until: Annotated[str, typer.Option(metavar="DATE", help="Only papers published on this day or earlier.")] = "",
    unsure: Annotated[bool, typer.Option("--unsure", help="Only papers with a label the model is unsure of.")] = False,
    search: Annotated[str, typer.Option(metavar="WORDS", help="Only papers with these words, or this id.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Show at most this many.")] = None,
    state: Annotated[
        str | None,
        typer.Option(help="pending, accepted, rejected or deferred (default: pending, and open suggestions)."),
    ] = None,
    interactive: Annotated[bool, typer.Option("--interactive", help="Decide on one after the other, by key.")] = False,
) -> Output | None:
    """List the candidates, most useful first; a question mark follows each label that the model is unsure of."""
    from harvester.base.clock import parse_day
    from harvester.base.errors import UsageError
    from harvester.domain.candidates import QueueFilter, parse_state
    from harvester.services.review.documents import queue_document, updates_document
    from harvester.services.review.journal_updates import journal_updates
    from harvester.services.review.queries import queue_page, require_source

    ws = call.workspace
    if source:
        require_source(ws, source)
    wanted = QueueFilter(
        state=parse_state(state or "pending"),
        labels=_pairs(ws.taxonomy, label),
        source=source,
        since=parse_day(since) if since else None,
        until=parse_day(until) if until else None,
        unsure=unsure,
        words=search.strip(),
    )
    if interactive:
        from harvester.cli.interactive import review

        if call.as_json:
            raise UsageError("--interactive has no JSON document", remedy="leave out --json")
        review(ws, wanted)
        return None
    found = queue_page(ws, wanted, limit)
    appeared = journal_updates(ws) if state is None and wanted == QueueFilter() else []
    if call.as_json:
        return Output((queue_document(found.rows, ws.taxonomy) + updates_document(appeared, ws.taxonomy))[:limit])
    list_rows(found.rows)
    narrowed = " match" if wanted != QueueFilter(wanted.state) else ""
    some = f", {len(found.rows)} shown." if len(found.rows) < found.total else "."
    say(f"{found.total} {wanted.state}{narrowed}{some}")
    if appeared:
        what = count_of(len(appeared), "accepted preprint has", "accepted preprints have")
        say(f"{what} appeared in a journal; see `harvester suggestions list`.")
    return None


def _pairs(taxonomy: "Taxonomy", given: list[str] | None) -> tuple[tuple[str, str], ...]:
    """The labels to filter by, as (facet, label)."""
    from harvester.domain.labels import parse_labels, split_labels

    wanted = {facet: split_labels(text) for facet, text in labels_given(given).items()}
    return tuple((facet, label) for facet, labels in parse_labels(taxonomy, wanted).items() for label in labels)


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
    _line("scope", f"{prediction.scope:.3f} (model {prediction.model})")
    for facet, chances in prediction.probabilities.items():
        likely = sorted(((chance, label) for label, chance in chances.items() if chance >= LIKELY), reverse=True)
        shown = (f"{label} {chance:.2f}{_doubt(prediction, facet, label)}" for chance, label in likely)
        _line(facet, ", ".join(shown))


def _doubt(prediction: "Prediction", facet: str, label: str) -> str:
    return "?" if f"{facet}:{label}" in prediction.unsure else ""


def _show_explanation(explanation: "Explanation") -> None:
    for label, reasons in explanation.reasons.items():
        _line("why", label + ("" if reasons else ": no single sentence"))
        for reason in reasons:
            _line("", f"{reason.drop:.2f} {reason.sentence}")
    for neighbour in explanation.nearest:
        _line("near", f"{neighbour.similarity:.2f} {neighbour.id} {neighbour.title}")


def _show_history(detail: "PaperDetail") -> None:
    from harvester.base.clock import rfc3339

    for seen in detail.sightings:
        announced = seen.announced.isoformat() if seen.announced else "-"
        _line("seen", f"{rfc3339(seen.seen)} by {seen.source}, version {seen.version}, announced {announced}")
    for decision in detail.decisions:
        _line("decided", f"{rfc3339(decision.at)} {decision.action} by {decision.by} {decision.reason}")
    state = detail.candidate.state if detail.candidate else None
    _line("state", f"{state}" + (" (withdrawn by its authors)" if detail.paper.withdrawn else ""))


def _line(name: str, text: str) -> None:
    """A line with its name in a column, which a facet's longer name may overrun."""
    say(f"{name:<8} {text}".rstrip())


def list_rows(rows: "Iterable[QueueRow]") -> None:
    """Print rows of the queue, one line each."""
    listing(("id", "useful", "title", "labels"), [_row(row) for row in rows], {"title": 3, "labels": 2})


def _row(row: "QueueRow") -> tuple[str, ...]:
    return (
        row.id,
        "-" if row.usefulness is None else f"{row.usefulness:.3f}",
        ("WITHDRAWN " if row.withdrawn else "") + row.title,
        _labels(row),
    )


def _labels(row: "QueueRow") -> str:
    """A row's labels, without the facets, with a question mark after each that the model is unsure of."""
    pairs = row.labels.pairs if row.labels else ()
    return ", ".join(f"{label}{'?' if f'{facet}:{label}' in row.unsure else ''}" for facet, label in pairs)
