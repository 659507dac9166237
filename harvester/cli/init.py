"""``harvester init``."""

from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.common import AsJson, Debug, print_json, say, set_up_logging


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made where it is missing.")] = Path(),
    taxonomy: Annotated[Path | None, typer.Option(help="Labels of another subject, as a taxonomy.toml.")] = None,
    categories: Annotated[str, typer.Option(help="arXiv categories to read: cs.CV,eess.IV.")] = "",
    query: Annotated[str, typer.Option(help="What to ask arXiv for, in its own query language.")] = "",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Begin a list of one's own: a working folder, for this subject or for another taxonomy's."""
    from harvester.services.operations import init as job
    from harvester.sources.arxiv.snapshot import parse_categories

    set_up_logging(debug)
    begun = job.init(folder, taxonomy=taxonomy, categories=parse_categories(categories), query=query)
    if as_json:
        return print_json(begun.to_json())
    say(f"{begun.title}: begun in {begun.folder.absolute()}")
    if begun.model:
        say("There is no labelled paper yet, so definitions and synonyms rank, and every label is unsure.")
    return say("Read through config.toml, put your address at harvest.contact, then: harvester run")
