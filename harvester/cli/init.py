"""``harvester init``."""

import re
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.base.counts import count_of
from harvester.base.errors import UsageError
from harvester.cli.command import Invocation, Output, command_without_config

if TYPE_CHECKING:
    from harvester.catalog.importing.from_list import DrawnUp
    from harvester.services.operations.init import Begun


@command_without_config
def init(
    call: Invocation,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; created if it is missing.")] = Path(),
    taxonomy: Annotated[Path | None, typer.Option(help="The labels of another subject, as a taxonomy.toml.")] = None,
    from_list: Annotated[
        Path | None,
        typer.Option("--from-list", metavar="FILE", help="An Awesome list whose sections become the labels."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="The list's title.")] = None,
    contact: Annotated[str | None, typer.Option(help="Your e-mail address, for the services that are asked.")] = None,
    git: Annotated[str | None, typer.Option(help="How to keep the list in git: off, commit, branch, propose.")] = None,
    categories: Annotated[str, typer.Option(help="arXiv categories to read, such as cs.CV,eess.IV.")] = "",
    query: Annotated[str, typer.Option(help="What to ask arXiv for, in its query syntax.")] = "",
) -> Output | None:
    """Create a working folder for a new list, on this subject or on that of another taxonomy or list.

    On a terminal, title, contact and git are asked for if they are not given, again after an invalid answer.
    """
    from harvester.base.clock import clock_from_environment
    from harvester.config.settings import load_settings
    from harvester.services.operations import init as job
    from harvester.services.operations.forecast import in_words, papers_a_week
    from harvester.sources.arxiv.snapshot import parse_categories

    job.check_folder(folder)  # before anybody answers questions
    ask = sys.stdin.isatty() and sys.stdout.isatty() and not call.as_json
    asked = job.Asked(
        title=_answer(title, "Title of the list (empty: the taxonomy's)", "", ask=ask),
        contact=_answer(
            contact, "Your e-mail address, which upstream services ask for", "", ask=ask, check=job.check_contact
        ),
        git=_answer(git, f"Keep the list in git ({', '.join(job.GIT)})", "off", ask=ask, check=job.check_git),
        categories=parse_categories(categories),
        query=query,
    )
    begun = job.init(folder, asked, taxonomy=taxonomy, from_list=from_list)
    weekly = papers_a_week(load_settings(begun.folder / job.CONFIG).harvest, clock_from_environment()())
    lines = [*_told(begun, from_list), in_words(weekly), _next(begun.folder, asked.contact)]
    return Output({**begun.to_json(), "papers_a_week": weekly}, "\n".join(lines))


def _answer(
    given: str | None, question: str, default: str, *, ask: bool, check: Callable[[str], None] | None = None
) -> str:
    """What an option says, or the person at the terminal, who is asked again until the answer passes the check."""

    def checked(answer: str) -> str:
        try:
            if check:
                check(answer)
        except UsageError as error:
            raise typer.BadParameter(str(error)) from error
        return answer

    if given is not None:
        return given
    if not ask:
        return default
    return str(typer.prompt(question, default=default, show_default=bool(default), value_proc=checked))


def _told(begun: "Begun", from_list: Path | None) -> Iterator[str]:
    yield f"{begun.title}: created in {begun.folder.absolute()}"
    if begun.drawn_up and from_list:
        yield from _about(begun.drawn_up, from_list)
    if begun.model:
        yield "There are no labeled papers yet: definitions and synonyms rank the papers, and every label is unsure."
    if begun.not_searched:
        yield (
            f"Not searched for, because sources know only whole words: {', '.join(begun.not_searched)}. Add the words "
            "to harvest.arxiv.query and harvest.huggingface.queries in config.toml."
        )


def _next(folder: Path, contact: str) -> str:
    before = "" if contact else "Set harvest.contact in config.toml to your address. "
    inside = f" in {folder}" if folder != Path() else ""
    return f"{before}Next{inside}: harvester run"


def _about(drawn_up: "DrawnUp", file: Path) -> Iterator[str]:
    labels, facets = count_of(drawn_up.labels, "label"), count_of(drawn_up.facets, "facet")
    yield f"{labels} in {facets}, from the sections of {file}: see data/taxonomy.toml."
    if drawn_up.left_out:
        named = ", ".join(f'"{section.name}" (line {section.line})' for section in drawn_up.left_out)
        yield f"No labels for sections that seem to list no papers: {named}."
    if not re.search("[A-Za-z]", drawn_up.searched):
        yield f"Few papers mention {drawn_up.searched}: write English words into the queries of config.toml."
    yield f"To add its papers, in the new folder: harvester catalog import {shlex.quote(str(file.absolute()))}"
