"""``harvester suggestions``: accepted preprints that have appeared in a journal."""

import getpass

import typer

from harvester.cli.common import AsJson, By, Config, Debug, print_json, say, set_up_logging, table, workspace
from harvester.cli.decide import Papers, report

app = typer.Typer(help="Accepted preprints that have appeared in a journal.", no_args_is_help=True)


@app.command("list")
def list_(config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """The open suggestions, oldest first."""
    from harvester.services.review.documents import updates_document
    from harvester.services.review.journal_updates import journal_updates

    set_up_logging(debug)
    found = journal_updates(workspace(config))
    if as_json:
        return print_json(updates_document(found))
    rows = [
        (update.row.id, update.row.title[:60], shown.venue, shown.published, shown.link)
        for update in found
        for shown in (update.suggestion,)
    ]
    table(("id", "title", "venue", "published", "link"), rows)
    return say(f"{len(found)} open; `harvester suggestions take PAPER` updates the entry, `dismiss` leaves it.")


@app.command()
def take(papers: Papers, by: By = None, config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Write the journal's venue, date and link into the entry."""
    _settle(papers, by, config, as_json, debug, take=True)


@app.command()
def dismiss(
    papers: Papers, by: By = None, config: Config = None, as_json: AsJson = False, debug: Debug = False
) -> None:
    """Leave the entry as it is."""
    _settle(papers, by, config, as_json, debug, take=False)


def _settle(papers: list[str], by: str | None, config: Config, as_json: bool, debug: bool, *, take: bool) -> None:
    from harvester.services.review.journal_updates import settle_suggestions

    set_up_logging(debug)
    report(settle_suggestions(workspace(config), papers, by or getpass.getuser(), take=take), as_json)
