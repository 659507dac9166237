"""``harvester suggestions``: accepted preprints that have appeared in a journal."""

import getpass

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import By, listing, say
from harvester.cli.decide import Papers

app = typer.Typer(help="Accepted preprints that have appeared in a journal.", no_args_is_help=True)


@app.command("list")
@command
def list_(call: Invocation) -> Output | None:
    """List the open suggestions, oldest first."""
    from harvester.services.review.documents import updates_document
    from harvester.services.review.journal_updates import journal_updates

    ws = call.workspace
    found = journal_updates(ws)
    if call.as_json:
        return Output(updates_document(found, ws.taxonomy))
    rows = [
        (update.row.id, update.row.title, journal.venue, journal.published, journal.link)
        for update in found
        for journal in (update.suggestion,)
    ]
    listing(("id", "title", "venue", "published", "link"), rows, {"title": 3, "venue": 1})
    say(f"{len(found)} open; `harvester suggestions take PAPER` updates the entry, `dismiss` leaves it unchanged.")
    return None


@app.command()
@command
def take(call: Invocation, papers: Papers, by: By = None) -> Output | None:
    """Write the journal's venue, date and link into the entry."""
    return _settle(call, papers, by, take=True)


@app.command()
@command
def dismiss(call: Invocation, papers: Papers, by: By = None) -> Output | None:
    """Leave the entry as it is."""
    return _settle(call, papers, by, take=False)


def _settle(call: Invocation, papers: list[str], by: str | None, *, take: bool) -> Output:
    from harvester.services.review.journal_updates import settle_suggestions

    outcomes = settle_suggestions(call.workspace, papers, by or getpass.getuser(), take=take)
    done = [f"{outcome.id}: {outcome.state}, {outcome.entry}" for outcome in outcomes if not outcome.error]
    problems = [outcome.error for outcome in outcomes if outcome.error]
    return Output([outcome.to_json() for outcome in outcomes], "\n".join(done), problems)
