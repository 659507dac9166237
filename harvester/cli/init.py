"""``harvester init``."""

from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.command import Invocation, Output, command_without_config


@command_without_config
def init(
    call: Invocation,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made where it is missing.")] = Path(),
    taxonomy: Annotated[Path | None, typer.Option(help="Labels of another subject, as a taxonomy.toml.")] = None,
    categories: Annotated[str, typer.Option(help="arXiv categories to read: cs.CV,eess.IV.")] = "",
    query: Annotated[str, typer.Option(help="What to ask arXiv for, in its own query language.")] = "",
) -> Output | None:
    """Begin a list of one's own: a working folder, for this subject or for another taxonomy's."""
    from harvester.services.operations import init as job
    from harvester.sources.arxiv.snapshot import parse_categories

    begun = job.init(folder, taxonomy=taxonomy, categories=parse_categories(categories), query=query)
    lines = [f"{begun.title}: begun in {begun.folder.absolute()}"]
    if begun.model:
        lines.append("There is no labelled paper yet, so definitions and synonyms rank, and every label is unsure.")
    lines.append("Read through config.toml, put your address at harvest.contact, then: harvester run")
    return Output(begun.to_json(), "\n".join(lines))
