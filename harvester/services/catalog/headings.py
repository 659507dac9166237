"""The headings of an imported list that are no labels: what they may mean, and what the maintainer says they mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from classifiers.keywords import SynonymMatcher
from classifiers.taxonomy import Taxonomy
from harvester.base.errors import CatalogError
from harvester.base.files import write_atomic
from harvester.catalog.importing.choices import Choices, heading_key, parse_choices
from harvester.catalog.importing.map_file import format_map, format_rows, parse_map, value_of
from harvester.catalog.importing.proposals import Proposal, propose
from harvester.catalog.importing.unknown import Unknown, once_each
from harvester.services.catalog.similar_labels import named, similarities
from harvester.services.workspace import Workspace

SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class Headings:
    """Proposals for the headings without a meaning.

    `file` is the map file that has them; `kept` is one that was `given`, or that was there before and is left alone.
    `rows` is what a given one lacks, or what was not written in a dry run.
    """

    proposals: tuple[Proposal, ...] = ()
    file: Path | None = None
    kept: Path | None = None
    given: bool = False
    rows: str = ""

    def to_json(self) -> dict[str, Any]:
        """The keys that ``catalog import`` prints for them."""
        return {
            "headings": [
                {
                    "heading": proposal.heading.name,
                    "line": proposal.heading.line,
                    "papers": proposal.heading.papers,
                    "proposed": value_of(proposal),
                    "because": [guess.reason for guess in proposal.guesses],
                    "others": [":".join(guess.label) for guess in proposal.others],
                }
                for proposal in self.proposals
            ],
            "map": str(self.file or self.kept) if self.file or self.kept else None,
        }


def given_choices(given: Iterable[str], taxonomy: Taxonomy) -> Choices:
    """What ``--map`` says: ``HEADING=LABELS``, or the name of a map file; what is said later takes precedence.

    Raises:
        UsageError: a choice, or something in a file, is not valid.
        CatalogError: a file cannot be read.
    """
    choices = Choices()
    for text in given:
        if is_map_file(text):
            choices = choices.joined(parse_map(_read(Path(text)), text, taxonomy))
        else:
            choices = choices.joined(parse_choices([text], taxonomy))
    return choices


def is_map_file(given: str) -> bool:
    """Whether ``--map`` names a file: no label's id ends like one."""
    return given.endswith(SUFFIX)


def explained(
    ws: Workspace,
    unknown: Sequence[Unknown],
    lists: Sequence[Path],
    given: Sequence[str],
    choices: Choices,
    *,
    dry_run: bool,
) -> Headings:
    """Propose what the headings mean, in a new map file unless there is one, or one was given.

    Raises:
        HarvesterError: the map file cannot be written.
    """
    if not unknown:
        return Headings()
    similar = partial(similarities, ws, cached=not dry_run)
    proposals = propose(once_each(unknown), ws.taxonomy, partial(named, SynonymMatcher(ws.taxonomy)), similar)
    lacking = [proposal for proposal in proposals if heading_key(proposal.heading.name) not in choices.places]
    if maps := [text for text in given if is_map_file(text)]:
        return Headings(proposals, kept=Path(maps[-1]), given=True, rows=format_rows(lacking))
    file = _shown(ws.settings.path(Path(f"{list_name(lists[0])}.map{SUFFIX}")))
    text = format_map(proposals, ws.taxonomy, list(map(str, lists)), str(file))
    if file.exists() and not _holds(file, text):
        return Headings(proposals, kept=file)
    if dry_run:
        return Headings(proposals, rows=text)
    write_atomic(file, text)
    return Headings(proposals, file)


def list_name(list_file: Path) -> str:
    """What the map file is called after: every list is a README.md, but in a folder of its own."""
    stem = list_file.stem
    return list_file.resolve().parent.name or stem if stem.lower() == "readme" else stem


def _shown(path: Path) -> Path:
    """A path as a person in the current folder would type it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CatalogError(f"Cannot read {file}: {error.strerror or error}.") from error
    except UnicodeDecodeError:
        raise CatalogError(f"{file}: not UTF-8 text; give a map file that `harvester catalog import` wrote.") from None
