"""``harvester accept``, ``reject``, ``defer``, ``undo`` and ``split``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import By
from harvester.cli.facets import Label, labels_given

if TYPE_CHECKING:
    from harvester.services.review.decisions import Decided

Papers = Annotated[list[str], typer.Argument(metavar="PAPER...", help="arXiv ids, DOIs, title: identifiers or URLs.")]


@command
def accept(
    call: Invocation,
    papers: Papers,
    label: Label = None,
    by: By = None,
) -> Output | None:
    """Accept papers into the catalog, with the predicted labels or the given ones."""
    return _decide(call, "accept", papers, by, "", labels_given(label))


@command
def reject(
    call: Invocation,
    papers: Papers,
    reason: Annotated[str, typer.Option(help="The reason; kept with the decision.")] = "",
    by: By = None,
) -> Output | None:
    """Reject papers."""
    return _decide(call, "reject", papers, by, reason)


@command
def defer(call: Invocation, papers: Papers, by: By = None) -> Output | None:
    """Set papers aside for later."""
    return _decide(call, "defer", papers, by, "")


@command
def undo(call: Invocation, papers: Papers, by: By = None) -> Output | None:
    """Undo the latest decision on each paper that still stands."""
    return _decide(call, "undo", papers, by, "")


@command
def split(
    call: Invocation,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="arXiv id, DOI, title: identifier or URL.")],
) -> Output | None:
    """Take apart two works that were merged into one paper; they are never merged again."""
    from harvester.services.review.splitting import split as take_apart

    done = take_apart(call.workspace, paper)
    why = "their titles and authors agree" if done.evidence == "title" else f"both claim {done.evidence}"
    return Output(done.to_json(), f"{done.other} is a paper of its own now; it had joined {done.paper} because {why}.")


def _decide(
    call: Invocation,
    action: str,
    papers: list[str],
    by: str | None,
    reason: str,
    labels: Mapping[str, str] | None = None,
) -> Output:
    import getpass

    from harvester.services.review.decisions import decide_all

    outcomes = decide_all(call.workspace, action, papers, by or getpass.getuser(), reason, labels or {})
    return report(outcomes)


def report(outcomes: "list[Decided]") -> Output:
    """The outcome for each paper; those that failed are problems."""
    done = [
        f"{outcome.id}: {outcome.state}" + (f", {outcome.entry}" if outcome.entry else "")
        for outcome in outcomes
        if not outcome.error
    ]
    problems = [outcome.error for outcome in outcomes if outcome.error]
    return Output([outcome.to_json() for outcome in outcomes], "\n".join(done), problems)
