"""``harvester accept``, ``reject``, ``defer``, ``undo``, ``split`` and ``log``."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.clock import rfc3339
from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import By, listing, say
from harvester.cli.facets import Label, labels_given

if TYPE_CHECKING:
    from harvester.domain.decisions import Decision
    from harvester.services.review.decisions import Decided
    from harvester.services.review.queries import LoggedDecision

Papers = Annotated[list[str], typer.Argument(metavar="PAPER...", help="arXiv ids, DOIs, title: identifiers or URLs.")]


@command
def accept(
    call: Invocation,
    papers: Papers,
    label: Label = None,
    by: By = None,
    no_links: Annotated[
        bool, typer.Option("--no-links", help="Leave out the code and data that the paper's abstract or comment names.")
    ] = False,
) -> Output | None:
    """Accept papers into the catalog, with the predicted labels, the given ones, or edits such as +ecg,-cmr."""
    return _decide(call, "accept", papers, by, "", labels_given(label), links=not no_links)


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


@command
def log(
    call: Invocation,
    paper: Annotated[str, typer.Argument(metavar="[PAPER]", help="Only decisions on this paper.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Only decisions by this person.")] = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="Only decisions since this day or time, in UTC.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Show at most this many.")] = None,
) -> Output | None:
    """List decisions, newest first."""
    from harvester.base.clock import parse_moment
    from harvester.services.review.documents import log_document
    from harvester.services.review.queries import decision_log

    start = parse_moment(since, "--since") if since else None
    found = decision_log(call.workspace, paper=paper, by=by, since=start, limit=limit)
    more = " shown." if len(found) == limit else "."
    return Output(log_document(found, call.workspace.taxonomy), lambda: _print_log(found, more))


def _print_log(found: "Sequence[LoggedDecision]", more: str) -> None:
    rows = [_logged(one.paper.id, one.paper.title, one.decision) for one in found]
    listing(("at", "by", "action", "id", "title", "reason, labels"), rows, {"title": 3, "reason, labels": 2})
    say(f"{count_of(len(found), 'decision')}{more}")


def _logged(name: str, title: str, decision: "Decision") -> tuple[str, ...]:
    labels = ", ".join(label for _, label in decision.labels.pairs) if decision.labels else ""
    why = "; ".join(filter(None, (decision.reason, labels)))
    return rfc3339(decision.at), decision.by, decision.action, name, title, why


def _decide(
    call: Invocation,
    action: str,
    papers: list[str],
    by: str | None,
    reason: str,
    labels: Mapping[str, str] | None = None,
    *,
    links: bool = True,
) -> Output:
    import getpass

    from harvester.services.review.decisions import decide_all

    outcomes = decide_all(call.workspace, action, papers, by or getpass.getuser(), reason, labels or {}, links=links)
    done = [told(outcome, action) for outcome in outcomes if not outcome.error]
    problems = [outcome.error for outcome in outcomes if outcome.error]
    return Output([outcome.to_json() for outcome in outcomes], "\n".join(done), problems)


def told(outcome: "Decided", action: str) -> str:
    """What was done to a paper: its title and new state, then what has changed."""
    lines = [f"{outcome.id}: {outcome.title}", f"    {_state(outcome, action)}"]
    if outcome.changed:
        lines.append(f"    labels  {' '.join(outcome.changed)}")
    if outcome.entry:
        lines.append(f"    file    {outcome.entry}")
    return "\n".join(lines)


def _state(outcome: "Decided", action: str) -> str:
    before = outcome.before.state if outcome.before else ""
    reason = outcome.paper.decisions[-1].reason if outcome.paper and outcome.paper.decisions else ""
    if outcome.repeated:
        return "undone already" if action == "undo" else f"already {outcome.state}; nothing has changed"
    if action == "undo" and (undone := outcome.undone):
        return f"{outcome.state} again: the {undone.action} by {undone.by} at {rfc3339(undone.at)} is undone"
    if before == outcome.state:
        return f"still {outcome.state}" + ("; the note is added" if reason else "")
    return f"{outcome.state} (was {before})"
