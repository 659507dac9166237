"""``harvester accept``, ``reject``, ``defer`` and ``undo``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.common import (
    AsJson,
    By,
    Config,
    Debug,
    print_json,
    say,
    set_up_logging,
    workspace,
)
from harvester.cli.facets import Label, labels_given

if TYPE_CHECKING:
    from harvester.services.review.decisions import Decided

Papers = Annotated[list[str], typer.Argument(metavar="PAPER...", help="arXiv ids, DOIs, title: names or addresses.")]


def accept(
    papers: Papers,
    label: Label = None,
    by: By = None,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Take papers into the catalogue, with the predicted labels or those given."""
    set_up_logging(debug)
    labels = labels_given(label)
    _decide("accept", papers, by, "", config, as_json, debug, labels)


def reject(
    papers: Papers,
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
    by: By = None,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Turn papers down."""
    _decide("reject", papers, by, reason, config, as_json, debug)


def defer(papers: Papers, by: By = None, config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Put papers aside for later."""
    _decide("defer", papers, by, "", config, as_json, debug)


def undo(papers: Papers, by: By = None, config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Take back the newest decision on each paper that still stands."""
    _decide("undo", papers, by, "", config, as_json, debug)


def _decide(
    action: str,
    papers: list[str],
    by: str | None,
    reason: str,
    config: Any,
    as_json: bool,
    debug: bool,
    labels: Mapping[str, str] | None = None,
) -> None:
    import getpass

    from harvester.services.review.decisions import decide_all

    set_up_logging(debug)
    outcomes = decide_all(workspace(config), action, papers, by or getpass.getuser(), reason, labels or {})
    report(outcomes, as_json)


def report(outcomes: "list[Decided]", as_json: bool) -> None:
    """Print what became of each paper; status 1 where any failed."""
    if as_json:
        print_json([outcome.to_json() for outcome in outcomes])
    for outcome in outcomes:
        if outcome.error:
            typer.echo(f"Error: {outcome.error}", err=True)
        elif not as_json:
            say(f"{outcome.id}: {outcome.state}" + (f", {outcome.entry}" if outcome.entry else ""))
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(1)
