"""``harvester catalog``: import, add, build, proposals, check, export, site."""

import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from harvester.base.counts import count_of
from harvester.base.errors import UsageError
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import listing, say, table, watched
from harvester.cli.facets import FacetCommand, Label, labels_given
from harvester.domain.text import clean

if TYPE_CHECKING:
    from harvester.catalog.check import CheckFinding
    from harvester.catalog.importing.awesome import ImportedList
    from harvester.services.catalog.headings import Headings
    from harvester.services.catalog.lists import Import

app = typer.Typer(help="The catalog: its entries, and the list and site built from them.", no_args_is_help=True)


@app.command("import")
@command
def import_(
    call: Invocation,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Awesome-style lists in Markdown, or folders of them.")
    ],
    choices: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="HEADING=LABELS|FILE.toml",
            help='What a heading means: "Methods=skip", "Beats=task:diagnosis", or the file that an import proposed.',
        ),
    ] = None,
    online: Annotated[bool, typer.Option("--online", help="Ask arXiv for missing authors and dates.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be imported; write nothing.")] = False,
    template: Annotated[
        str,
        typer.Option(metavar="auto", help="\"auto\": from now on, build the catalog's list in this list's own form."),
    ] = "",
) -> Output | None:
    """Import Awesome-style lists into the catalog, and account for all of their links."""
    from harvester.services.catalog.lists import import_list

    done = import_list(call.workspace, files, choices=choices or (), dry_run=dry_run, online=online, template=template)
    return Output(done.to_json(), lambda: _print_import(done, dry_run), done.problems)


def _print_import(done: "Import", dry_run: bool) -> None:
    if dry_run:
        rows = [
            (
                paper.id,
                paper.title,
                str(paper.published),
                paper.venue,
                " ".join(label for _, label in paper.labels.pairs),
            )
            for paper in done.read.papers
        ]
        listing(("id", "title", "published", "venue", "labels"), rows, {"title": 3, "venue": 1, "labels": 2})
    if done.learned:
        say(
            f"The list's form is learned ({', '.join(done.learned.form.forms)}): it gives {done.learned.regular} of "
            f"{count_of(done.learned.papers, 'paper')} as they are; the others keep their lines until their entries "
            "change."
        )
    for item in done.read.unplaced:
        place = f"{item.file}, line" if item.file else "line"
        say(f"Not imported, {place} {item.line}: {item.text}")
    for conflict in done.read.conflicts:
        say(conflict)
    _print_headings(done.headings)
    _print_balance(done.read)
    say(
        f"{count_of(len(done.read.papers), 'paper')}, listed {count_of(done.read.placements, 'time')}: {done.new} new, "
        f"{done.merged} merged, "
        f"{done.enriched} enriched."
    )


def _print_balance(read: "ImportedList") -> None:
    reasons = Counter(record.reason for record in read.skipped)
    if reasons:
        say("Skipped: " + ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()) + ".")
    say(str(read.balance))


def _print_headings(headings: "Headings") -> None:
    from harvester.catalog.importing.map_file import about

    for proposal in headings.proposals:
        say(f'No label: "{proposal.heading.name}". {about(proposal)}')
    if headings.file:
        given = shlex.quote(str(headings.file))
        say(f"What these headings may mean is in {headings.file}: correct it, and give it with --map {given}")
    elif headings.given:
        say(f"{headings.kept} {'lacks:' if headings.rows else 'has not decided on them yet.'}")
    elif headings.kept:
        say(f"{headings.kept} was there before: give it with --map, or remove it to get it proposed anew.")
    if headings.rows:
        say(headings.rows)


@app.command(cls=FacetCommand)
@command
def add(
    call: Invocation,
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL|ID", help="A README, .bib or CITATION.cff, a GitHub or GitLab repository, or a paper."
        ),
    ],
    label: Label = None,
    code: Annotated[str, typer.Option(metavar="URL", help="The URL of its code.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the entry; leave the catalog unchanged.")] = False,
) -> Output | None:
    """Add one paper to the catalog, with the predicted labels or the given ones."""
    from harvester.catalog.export.records import entry_json
    from harvester.domain.notices import NOTICE_KINDS
    from harvester.services.catalog.add import add as add_paper

    labels = labels_given(label)
    warnings: list[str] = []
    entry = add_paper(call.workspace, what, labels, code, warnings.append, dry_run=dry_run)
    for warning in warnings:
        sys.stderr.write(f"{clean(f'Warning: {warning}')}\n")
    document = {**entry_json(entry, call.workspace.taxonomy), "entry": str(entry.path), "warnings": warnings}
    told = [f"It is {said}: {entry.links[kind]}" for kind, said in NOTICE_KINDS.items() if kind in entry.links]
    if dry_run:
        told = [f"labels: {', '.join(label for _, label in entry.labels.pairs)}", *told, "The catalog is unchanged."]
    return Output(document, "\n".join([f"{entry.id}: {entry.title}", str(entry.path), *told]))


@app.command()
@command
def build(
    call: Invocation,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Withdraw the papers whose entries were removed, however many.")
    ] = False,
) -> Output | None:
    """Render the list from the entries, and commit it as set by [catalog] git."""
    from getpass import getuser

    from harvester.services.catalog.publish import build_and_commit
    from harvester.services.catalog.sync import sync_catalog

    problems = sync_catalog(call.workspace, withdraw_many=True).problems if withdraw else []
    done = {**build_and_commit(call.workspace, getuser()), "problems": problems}
    return Output(done, lambda: _print_build(done["entries"], done["files"], done["commit"]), problems)


def _print_build(entries: int, files: Sequence[str], commit: str) -> None:
    page, *others = files
    more = f" and {count_of(len(others), 'more file')} beside it" if others else ""
    committed = f" Committed as {commit}." if commit else ""
    say(f"{_entries(entries)}; wrote {page}{more}.{committed}")


def _entries(number: int) -> str:
    return count_of(number, "entry", "entries")


@app.command()
@command
def proposals(call: Invocation) -> Output | None:
    """List the branches that wait for reviewers; --json has title and summary for their pull requests."""
    from harvester.services.catalog.proposing import open_proposals

    found = open_proposals(call.workspace)
    rows = [(one.branch.name, f"{one.branch.made:%Y-%m-%d}", len(one.branch.papers)) for one in found]
    return Output([one.to_json() for one in found], lambda: table(("branch", "pushed", "papers"), rows))


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
    return Output(done, f"{_entries(done['entries'])}; wrote {count_of(len(done['files']), 'file')} to {folder}.")


@app.command()
@command
def export(
    call: Invocation,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The folder of a dataset: empty, or an earlier dataset.")
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="json, csv, bibtex, biblatex, ris, csl-json, cff, atom, json-schema, opml (the server's feeds), or "
            "dataset (a folder for the Hugging Face hub).",
        ),
    ] = "json",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="Write to this file, or folder of a dataset.")
    ] = None,
) -> Output | None:
    """Print the whole catalog in a format that other programs read, or write it to a file."""
    from harvester.services.catalog.export import DATASET, export_dataset
    from harvester.services.catalog.export import export as exported

    if form == DATASET:
        done = export_dataset(call.workspace, _dataset_folder(folder, output))
        return Output(done, f"{_entries(done['entries'])}; wrote " + ", ".join(done["files"]))
    if folder:
        raise UsageError(f"Only a dataset goes into a folder; write --output {folder} for a file")
    document = exported(call.workspace, form)
    if output is None:
        sys.stdout.buffer.write(document)
        return None
    return _saved(output, document)


def _dataset_folder(folder: Path | None, output: Path | None) -> Path:
    chosen = {folder, output} - {None}
    if len(chosen) != 1:
        raise UsageError("A dataset needs one folder", remedy="write `harvester catalog export --format dataset DIR`")
    return cast(Path, chosen.pop())


def _saved(output: Path, document: bytes) -> Output:
    from harvester.base.files import write_atomic

    if output.is_dir():
        raise UsageError(f"{output} is a folder", remedy="give the name of a file")
    write_atomic(output, document)
    return Output({"files": [str(output)]}, f"wrote {output}")


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
