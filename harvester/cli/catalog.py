"""``harvester catalog``: import, add, build, check, export, site."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table, watched
from harvester.cli.facets import FacetCommand, Label, labels_given

if TYPE_CHECKING:
    from harvester.catalog.check import CheckFinding
    from harvester.services.catalog.lists import Import

app = typer.Typer(help="The catalog: its entries, and the list and site built from them.", no_args_is_help=True)


@app.command("import")
@command
def import_(
    call: Invocation,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An Awesome-style list in Markdown.")],
    choices: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="HEADING=LABELS", help='Map a heading to labels: "Methods=skip", "Beats=task:diagnosis".'
        ),
    ] = None,
    online: Annotated[bool, typer.Option("--online", help="Ask arXiv for missing authors and dates.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be imported; write nothing.")] = False,
) -> Output | None:
    """Import an Awesome-style list into the catalog."""
    from harvester.services.catalog.lists import import_list

    done = import_list(call.workspace, file, choices=choices or (), dry_run=dry_run, online=online)
    return Output(done.to_json(), lambda: _print_import(done, dry_run), done.problems)


def _print_import(done: "Import", dry_run: bool) -> None:
    if dry_run:
        rows = [
            (
                paper.id,
                paper.title[:70],
                str(paper.published),
                paper.venue[:25],
                " ".join(label for _, label in paper.labels.pairs),
            )
            for paper in done.read.papers
        ]
        table(("id", "title", "published", "venue", "labels"), rows)
    for item in done.read.unplaced:
        say(f"Not imported, line {item.line}: {item.text}")
    skipped = f", {done.read.skipped} mentions skipped" if done.read.skipped else ""
    say(
        f"{len(done.read.papers)} papers, listed {done.read.placements} times: {done.new} new, {done.merged} merged, "
        f"{done.enriched} enriched{skipped}."
    )


@app.command(cls=FacetCommand)
@command
def add(
    call: Invocation,
    what: Annotated[
        str, typer.Argument(metavar="FILE|URL|ID", help="A README with BibTeX, a GitHub repository, or a paper.")
    ],
    label: Label = None,
    code: Annotated[str, typer.Option(metavar="URL", help="The URL of its code.")] = "",
) -> Output | None:
    """Add one paper to the catalog, with the predicted labels or the given ones."""
    from harvester.catalog.export.records import entry_json
    from harvester.services.catalog.add import add as add_paper

    labels = labels_given(label)
    entry = add_paper(call.workspace, what, labels, code)
    document = {**entry_json(entry, call.workspace.taxonomy), "entry": str(entry.path)}
    return Output(document, f"{entry.id}: {entry.title}\n{entry.path}")


@app.command()
@command
def build(call: Invocation) -> Output | None:
    """Render the list from the entries, and commit it as set by [catalog] git."""
    from getpass import getuser

    from harvester.services.catalog.publish import build_and_commit

    done = build_and_commit(call.workspace, getuser())
    return Output(done, f"{done['entries']} entries; wrote " + ", ".join(done["files"]))


@app.command()
@command
def site(
    call: Invocation,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder: empty, or an earlier site.")],
) -> Output | None:
    """Write the catalog's website: static files for any file server, such as GitHub Pages."""
    from harvester.services.catalog.site import write_site

    with watched() as watch:
        done = write_site(call.workspace, folder, watch)
    return Output(done, f"{done['entries']} entries; wrote {len(done['files'])} files to {folder}.")


@app.command()
@command
def export(
    call: Invocation,
    form: Annotated[str, typer.Option("--format", help="json, csv, bibtex, ris, atom or json-schema.")] = "json",
) -> Output | None:
    """Print the whole catalog in a format that other programs read."""
    from harvester.services.catalog.lists import export as exported

    document = exported(call.workspace, form).encode()
    sys.stdout.buffer.write(document)
    return None


@app.command()
@command
def check(
    call: Invocation,
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    online: Annotated[bool, typer.Option("--online", help="Check that every link answers.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="With --online: write the new addresses of links that moved permanently.")
    ] = False,
    recheck: Annotated[
        bool, typer.Option("--recheck", help="With --online: ask the links anew that answered lately.")
    ] = False,
) -> Output | None:
    """Check the entries and the list; exit status 1 if there is an error."""
    from harvester.base.clock import clock_from_environment
    from harvester.base.errors import UsageError
    from harvester.services.catalog.check import findings

    if (fix or recheck) and not online:
        raise UsageError(f"{'--fix' if fix else '--recheck'} is about what links answer", remedy="add --online")
    with watched() as watch:
        found = findings(call.settings, clock_from_environment(), online=online, recheck=recheck, fix=fix, watch=watch)
    return Output(
        [finding.to_json() for finding in found],
        "\n".join([*_lines(found), f"{len(found)} findings."]),
        failed=any(finding.grade == "error" or (strict and finding.grade == "warning") for finding in found),
    )


def _lines(found: Sequence["CheckFinding"]) -> Iterator[str]:
    """A line for each finding, but one note alone for all links of a host: publishers turn programs away."""
    from harvester.domain.links import host

    unclear = Counter(host(finding.address) for finding in found if finding.rule == "unclear-link")
    for finding in found:
        if finding.rule != "unclear-link":
            yield _line(finding)
        elif links := unclear.pop(name := host(finding.address), 0):
            others = f" So it is, or similarly, with {links - 1} more links to {name}; --json lists them."
            yield _line(finding) + (others if links > 1 else "")


def _line(finding: "CheckFinding") -> str:
    place = f"{finding.file}:{finding.line}" if finding.line else f"{finding.file}"
    return f"{finding.grade}: {place}: {finding.message} ({finding.rule})"
