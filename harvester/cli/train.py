"""``harvester train``, ``harvester evaluate`` and ``harvester labels``: learning from reviewers, and how well."""

from pathlib import Path
from typing import Annotated, Any

import typer

from harvester.cli.common import AsJson, Config, Debug, print_json, say, set_up_logging, table, watched, workspace

labels = typer.Typer(help="The labelled set that the model is trained on.", no_args_is_help=True)


def train(
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the model in use before this one.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Fit a model from labels and decisions; it takes over only where it is not worse."""
    from harvester.services.learning.train import roll_back
    from harvester.services.learning.train import train as fit

    set_up_logging(debug)
    ws = workspace(config)
    with watched() as watch:
        done = roll_back(ws, watch) if rollback else fit(ws, watch)
    if as_json:
        return print_json(done)
    if rollback:
        return say(f"Back from {done['rolled_back']} to {done['in_use']}; {done['rescored']} candidates scored anew.")
    return _say_trained(done)


def evaluate(
    labels: Annotated[
        Path | None, typer.Argument(metavar="LABELS.jsonl", help="Labelled papers; else the set.")
    ] = None,
    drift: Annotated[bool, typer.Option("--drift", help="Compare the last weeks with the training set.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """How good the model in use is; with --drift, whether it still fits what comes in."""
    from harvester.services.learning import evaluate as job

    set_up_logging(debug)
    ws = workspace(config)
    if drift:
        found = job.drift(ws)
        return print_json(found) if as_json else _say_drift(found)
    with watched() as watch:
        found = job.evaluate(ws, labels, watch)
    return print_json(found) if as_json else _say_figures(found)


@labels.command()
def fetch(config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Bring the texts of data/labels from arXiv into the store."""
    from harvester.services.learning.labels import fetch_labels

    set_up_logging(debug)
    ws = workspace(config)
    with watched() as watch:
        found = fetch_labels(ws, watch)
    if not as_json:
        say(f"{found['fetched']} texts fetched, {found['present']} were there, of {found['wanted']} with an arXiv id.")
        for name in found["missing"]:
            say(f"arXiv does not know {name}.")
    else:
        print_json(found)
    if found["missing"]:
        raise typer.Exit(1)


def _say_trained(done: dict[str, Any]) -> None:
    given = done["training"]
    say(f"{given['papers']} labelled papers, {given['decided']} of them decided here, {given['corrected']} corrected.")
    rows = [(r["figure"], f"{r['old']:.3f}", f"{r['new']:.3f}", "" if r["holds"] else "worse") for r in done["figures"]]
    if rows:
        table(("on the same papers, unseen", "in use", "new", ""), rows)
    else:
        say("Too few to train on: definitions and synonyms of the changed taxonomy rank, as before.")
    if apart := done["not_compared"]:
        say(f"Not compared, since only one of the two models knows them: {', '.join(apart)}.")
    if done["promoted"]:
        say(f"{done['model']} is in use now; {done['rescored']} candidates scored anew. `--rollback` goes back.")
    else:
        say(f"{done['model']} is worse and was not promoted; {done['in_use']} stays in use.")


def _say_figures(found: dict[str, Any]) -> None:
    from classifiers.card import figure_rows

    say(f"{found['papers']} papers; {found['overlap']} were trained on and are scored by heads that had not seen them.")
    table(("", *found["results"]), figure_rows(found["results"]))
    if probes := found["probes"]:
        decided = probes.get("accepted", 0) + probes.get("rejected", 0)
        say(f"From below the gate {sum(probes.values())} papers were queued; {decided} are decided:")
        say(f"{probes.get('accepted', 0)} of these were accepted, so many the gate would have lost.")


def _say_drift(found: dict[str, Any]) -> None:
    say(f"{found['papers']} papers in scope since {found['since']}, {found['decided']} of them decided;")
    say(f"compared with {found['baseline']} of the training set's newest year.")
    if not found["findings"]:
        return say("Nothing has drifted." if found["papers"] >= 30 else "Too few papers to say anything.")
    rows = [(one["what"], f"{one['before']:.3f}", f"{one['now']:.3f}", one["advice"]) for one in found["findings"]]
    return table(("what", "before", "now", "what to do"), rows)
