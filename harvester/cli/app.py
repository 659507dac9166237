"""All commands, one module per group."""

from typing import Annotated

import typer

from harvester import __version__
from harvester.cli import (
    audit,
    backfill,
    bounces,
    catalog,
    config,
    coverage,
    database,
    decide,
    demo,
    digest,
    doctor,
    init,
    queue,
    run,
    schedule,
    status,
    subscribers,
    suggestions,
    train,
    users,
    venues,
    web,
)
from harvester.cli.facets import FacetCommand

app = typer.Typer(
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def harvester(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show name and version, and exit.")] = False,
) -> None:
    """Harvests cardiovascular-AI papers, queues them for review, and publishes the accepted ones."""
    if version:
        typer.echo(f"cardio-harvester {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        from harvester.config.settings import config_path

        if config_path(None).is_file():
            status.status(config=None, as_json=False, debug=False)
            typer.echo("\n`harvester --help` lists the commands.")
        else:
            typer.echo(context.get_help())


app.command("init")(init.init)
app.command("run")(run.run)
app.command("demo")(demo.demo)
app.command("runs")(run.runs)
app.command("audit")(audit.audit)
app.command("coverage")(coverage.coverage)
app.command("venues")(venues.venues)
app.command("backfill")(backfill.backfill)
app.command("rescore")(backfill.rescore)
app.command("queue", cls=FacetCommand)(queue.queue)
app.command("show")(queue.show)
app.command("accept", cls=FacetCommand)(decide.accept)
app.command("reject")(decide.reject)
app.command("defer")(decide.defer)
app.command("undo")(decide.undo)
app.command("split")(decide.split)
app.command("log")(decide.log)
app.command("train")(train.train)
app.command("evaluate")(train.evaluate)
app.add_typer(train.labels, name="labels")
app.add_typer(suggestions.app, name="suggestions")
app.add_typer(catalog.app, name="catalog")
app.add_typer(digest.app, name="digest")
app.add_typer(subscribers.app, name="subscribers")
app.command("bounces")(bounces.bounces)
app.add_typer(users.app, name="users")
app.command("web")(web.web)
app.command("schedule")(schedule.schedule)
app.command("status")(status.status)
app.add_typer(config.app, name="config")
app.command("doctor")(doctor.doctor)
app.add_typer(database.app, name="db")
