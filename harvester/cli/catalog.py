"""``harvester catalog``: import, add, build, check, export, site."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.common import (
    AsJson,
    Config,
    Debug,
    print_json,
    say,
    set_up_logging,
    table,
    watched,
    workspace,
)
from harvester.cli.facets import FacetCommand, Label, labels_given

if TYPE_CHECKING:
    from harvester.services.catalog.lists import Import

app = typer.Typer(help="The catalogue: its entries, and the list and site made from them.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An Awesome-style list in Markdown.")],
    choices: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="HEADING=LABELS", help='What a heading means: "Methods=skip", "Beats=task:diagnosis".'
        ),
    ] = None,
    online: Annotated[bool, typer.Option("--online", help="Ask arXiv for authors and dates that are missing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would come in; write nothing.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Read an Awesome-style list into the catalogue."""
    from harvester.services.catalog.lists import import_list

    set_up_logging(debug)
    done = import_list(workspace(config), file, choices=choices or (), dry_run=dry_run, online=online)
    if as_json:
        print_json(done.to_json())
    else:
        _print_import(done, dry_run)
    for problem in done.problems:
        typer.echo(f"Error: {problem}", err=True)
    if done.problems:
        raise typer.Exit(1)


def _print_import(done: "Import", dry_run: bool) -> None:
    if dry_run:
        rows = [
            (
                one.id,
                one.title[:70],
                str(one.published),
                one.venue[:25],
                " ".join(label for _, label in one.labels.pairs),
            )
            for one in done.read.papers
        ]
        table(("id", "title", "published", "venue", "labels"), rows)
    for lost in done.read.unplaced:
        say(f"Not placed, line {lost.line}: {lost.text}")
    skipped = f", {done.read.skipped} mentions skipped" if done.read.skipped else ""
    say(
        f"{len(done.read.papers)} papers in {done.read.placements} places: {done.new} new, {done.merged} merged, "
        f"{done.enriched} enriched{skipped}."
    )


@app.command(cls=FacetCommand)
def add(
    what: Annotated[
        str, typer.Argument(metavar="FILE|URL|ID", help="A README with BibTeX, a GitHub repository, a paper.")
    ],
    label: Label = None,
    code: Annotated[str, typer.Option(metavar="URL", help="The address of its code.")] = "",
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Take one paper into the catalogue, with the predicted labels or those given."""
    from harvester.catalog.export.records import entry_json
    from harvester.services.catalog.add import add as add_paper

    set_up_logging(debug)
    labels = labels_given(label)
    ws = workspace(config)
    entry = add_paper(ws, what, labels, code)
    if as_json:
        return print_json({**entry_json(entry, ws.taxonomy), "entry": str(entry.path)})
    say(f"{entry.id}: {entry.title}\n{entry.path}")
    return None


@app.command()
def build(config: Config = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Render the list from the entries, and commit it as [catalog] git says."""
    from getpass import getuser

    from harvester.services.catalog.publish import build_and_commit

    set_up_logging(debug)
    done = build_and_commit(workspace(config), getuser())
    if as_json:
        return print_json(done)
    say(f"{done['entries']} entries; wrote " + ", ".join(done["files"]))
    return None


@app.command()
def site(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to: an empty folder, or an earlier site.")],
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Write the catalogue's web page: static files for any file server, such as GitHub Pages."""
    from harvester.services.catalog.site import write_site

    set_up_logging(debug)
    with watched() as watch:
        done = write_site(workspace(config), folder, watch)
    if as_json:
        return print_json(done)
    say(f"{done['entries']} entries; wrote {len(done['files'])} files to {folder}.")
    return None


@app.command()
def export(
    form: Annotated[str, typer.Option("--format", help="json, csv, bibtex, ris, atom or json-schema.")] = "json",
    config: Config = None,
    debug: Debug = False,
    _as_json: AsJson = False,
) -> None:
    """Print the whole catalogue in a format that other programs read."""
    from harvester.services.catalog.lists import export as exported

    set_up_logging(debug)
    sys.stdout.buffer.write(exported(workspace(config), form).encode())


@app.command()
def check(
    strict: Annotated[bool, typer.Option("--strict", help="Count warnings as errors.")] = False,
    online: Annotated[bool, typer.Option("--online", help="Ask every link whether it answers.")] = False,
    config: Config = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """What is wrong with entries and list; status 1 where there is an error."""
    from harvester.base.clock import clock_from_environment
    from harvester.config.settings import config_path, load_settings
    from harvester.services.catalog.check import findings

    set_up_logging(debug)
    with watched() as watch:
        found = findings(load_settings(config_path(config)), clock_from_environment(), online=online, watch=watch)
    if as_json:
        print_json([one.to_json() for one in found])
    else:
        for one in found:
            say(f"{one.grade}: {one.file}{f':{one.line}' if one.line else ''}: {one.message} ({one.rule})")
        say(f"{len(found)} findings.")
    if any(strict or one.grade == "error" for one in found):
        raise typer.Exit(1)
