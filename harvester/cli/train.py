"""``harvester train``, ``harvester evaluate`` and ``harvester labels``: learning from reviewers, measured."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table, watched

_SHOWN = 10  # missing papers named

labels = typer.Typer(help="The labeled set that the model is trained on.", no_args_is_help=True)


@command
def train(
    call: Invocation,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the previous model.")] = False,
) -> Output | None:
    """Train a model on labels and decisions; it is used only if it is not worse."""
    from harvester.services.learning.train import roll_back
    from harvester.services.learning.train import train as fit

    ws = call.workspace
    with watched(logged=True) as watch:
        done = roll_back(ws, watch) if rollback else fit(ws, watch)
    if rollback:
        rescored = count_of(done["rescored"], "candidate")
        text = f"Rolled back from {done['rolled_back']} to {done['in_use']}; {rescored} rescored."
        return Output(done, text)
    return Output(done, lambda: _say_trained(done))


@command
def evaluate(
    call: Invocation,
    labels: Annotated[
        Path | None, typer.Argument(metavar="LABELS.jsonl", help="Labeled papers (default: the labeled set).")
    ] = None,
    drift: Annotated[bool, typer.Option("--drift", help="Compare the last four weeks with the training set.")] = False,
) -> Output | None:
    """Measure the model in use; with --drift, whether it still fits the incoming papers."""
    from harvester.services.learning import evaluate as job

    ws = call.workspace
    if drift:
        drifted = job.drift(ws)
        return Output(drifted, lambda: _say_drift(drifted))
    with watched(logged=True) as watch:
        found = job.evaluate(ws, labels, watch)
    return Output(found, lambda: _say_figures(found))


@labels.command()
@command
def fetch(call: Invocation) -> Output | None:
    """Fetch the texts of data/labels from arXiv into the store."""
    from harvester.services.learning.labels import fetch_labels

    ws = call.workspace
    with watched() as watch:
        found = fetch_labels(ws, watch)
    counted = (
        f"{count_of(found['fetched'], 'text')} fetched, {found['present']:,} already present, of {found['wanted']:,} "
        "with an arXiv id."
    )
    missing = found["missing"]
    told = [f"arXiv does not know {name}." for name in missing[:_SHOWN]]
    more = [f"{len(missing) - _SHOWN} more are missing; --json lists them."] if len(missing) > _SHOWN else []
    return Output(found, "\n".join([counted, *told, *more]), failed=bool(missing))


def _say_trained(done: dict[str, Any]) -> None:
    from harvester.services.learning.models import some_of

    given = done["training"]
    say(
        f"{count_of(given['papers'], 'labeled paper')}, {given['decided']:,} of them decided here, "
        f"{given['corrected']:,} corrected."
    )
    rows = [(r["figure"], f"{r['old']:.3f}", f"{r['new']:.3f}", "" if r["holds"] else "worse") for r in done["figures"]]
    if rows:
        table(("on the same papers, unseen", "in use", "new", ""), rows)
    else:
        say("Too few papers to train on: definitions and synonyms of the changed taxonomy rank the papers, as before.")
    if not_compared := done["not_compared"]:
        say(f"Not compared, because only one of the models knows them: {some_of(set(not_compared))}.")
    if done["promoted"]:
        rescored = count_of(done["rescored"], "candidate")
        say(f"{done['model']} is now in use; {rescored} rescored. `--rollback` undoes this.")
    else:
        say(f"{done['model']} is worse, so {done['in_use']} stays in use.")


def _say_figures(found: dict[str, Any]) -> None:
    from classifiers.card import figure_rows

    seen = f"{found['overlap']} are in the training set and are scored by heads that had not seen them"
    say(f"{count_of(found['papers'], 'paper')}; {seen}.")
    table(("", *found["results"]), figure_rows(found["results"]))
    if probes := found["probes"]:
        decided = probes.get("accepted", 0) + probes.get("rejected", 0)
        say(f"{count_of(sum(probes.values()), 'paper')} from below the gate joined the queue; {decided} decided.")
        say(f"{probes.get('accepted', 0)} of them accepted, which the gate would have lost.")


def _say_drift(found: dict[str, Any]) -> None:
    say(f"{count_of(found['papers'], 'paper')} in scope since {found['since']}, {found['decided']} of them decided,")
    say(f"compared with {found['baseline']} of the training set's newest year.")
    if not found["findings"]:
        return say("Nothing has drifted." if found["papers"] >= 30 else "Too few papers to tell.")
    rows = [
        (finding["what"], f"{finding['before']:.3f}", f"{finding['now']:.3f}", finding["advice"])
        for finding in found["findings"]
    ]
    return table(("what", "before", "now", "what to do"), rows)
