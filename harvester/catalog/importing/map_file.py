"""The map file: what headings of a list mean, proposed by the import, corrected by a maintainer, given with ``--map``.

A TOML file with one key per heading::

    "Beats" = ["task:diagnosis", "modality:ecg"]
    "Tasks > Methods" = "skip"
    "Rhythms" = []      # not decided yet
"""

import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from textwrap import wrap
from typing import Any

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import UsageError
from harvester.base.escape import toml_string
from harvester.catalog.importing.choices import SKIP, Choices, Meaning, heading_key, meaning_of
from harvester.catalog.importing.proposals import Guess, Proposal
from harvester.domain.labels import split_labels
from harvester.domain.text import clean

_KEY = re.compile(r"""\s*(?P<key>"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)\s*=""")
_WIDTH = 116  # characters of a comment's text


def parse_map(text: str, file: str, taxonomy: Taxonomy) -> Choices:
    """Read a map file; `file` is its name in messages.

    Raises:
        UsageError: it is not TOML, or a heading or label in it is wrong; the message has the line.
    """
    lines = _Lines(text, file)
    decided: dict[str, Meaning] = {}
    places: dict[str, str] = {}
    for heading, value in _table(text, file).items():
        place, key = lines.place(heading), heading_key(heading)
        if not key:
            raise UsageError(f"{place}: {heading!r} has no words; write a heading as the list has it.")
        if key in places:
            raise UsageError(f"{place}: {heading!r} is the same heading as in {places[key]}; keep one of them.")
        places[key] = place
        if names := _names(value, heading, place):
            for name in names:  # one by one, for its line
                meaning_of([name], taxonomy, f"{lines.place(heading, name)}: {heading!r}")
            decided[key] = meaning_of(names, taxonomy, f"{place}: {heading!r}")
    return Choices(decided, places)


def format_map(proposals: Iterable[Proposal], taxonomy: Taxonomy, lists: Sequence[str], map_file: str) -> str:
    """The text of a map file with all proposals, and what to do with it; `lists` are the files that were imported."""
    command = f"harvester catalog import {shlex.join(lists)} --map {shlex.quote(map_file)}"
    named = lists[0] if len(lists) == 1 else f"{lists[0]} and {len(lists) - 1} more"
    head = [
        *_comment(
            f"What the headings of {named} mean that name no label. A heading gives its labels to everything below "
            f'it. Correct the labels, write "{SKIP}" to leave a section out, or [] to decide later, then:'
        ),
        f"#   {clean(command)}",
        *_comment(f"The labels: {', '.join(f'{f.id}:{label}' for f in taxonomy.facets for label in f.label_ids)}."),
    ]
    return "\n".join([*head, "", format_rows(proposals)])


def format_rows(proposals: Iterable[Proposal]) -> str:
    """The rows alone."""
    return "\n".join(line for proposal in proposals for line in (*_comment(about(proposal)), _row(proposal), ""))


def about(proposal: Proposal) -> str:
    """``Line 12, 5 papers not placed: task:diagnosis (synonym "detection").``"""
    heading = proposal.heading
    count = f", {heading.papers} {'paper' if heading.papers == 1 else 'papers'} not placed" if heading.papers else ""
    others = f" Also: {_in_words(proposal.others)}." if proposal.others else ""
    place = f"{heading.file}, line" if heading.file else "Line"
    return f"{place} {heading.line}{count}: {_why(proposal)}.{others}"


def value_of(proposal: Proposal) -> str | list[str]:
    """What a row proposes: ``"skip"``, or labels as ``facet:label``."""
    return SKIP if proposal.skip else [":".join(guess.label) for guess in proposal.guesses]


def _row(proposal: Proposal) -> str:
    value = value_of(proposal)
    labels = f'"{value}"' if isinstance(value, str) else f"[{', '.join(map(toml_string, value))}]"
    return f"{toml_string(proposal.heading.name)} = {labels}"


def _why(proposal: Proposal) -> str:
    if proposal.skip:
        return "a section that usually lists no papers"
    if proposal.several:
        return f"several labels claim it, keep what is meant: {_in_words(proposal.guesses)}"
    return _in_words(proposal.guesses) or "no label found"


def _in_words(guesses: Iterable[Guess]) -> str:
    return ", ".join(map(str, guesses))


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in wrap(clean(text), _WIDTH, break_long_words=False, break_on_hyphens=False))


def _table(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{file}: nested too deeply; write one line per heading.") from None
    except ValueError as error:  # TOMLDecodeError, and int() on a number of thousands of digits
        raise UsageError(f"{file}: not valid TOML ({str(error).rstrip('.')}); correct the file.") from None


class _Lines:
    """Where keys and labels stand in a map file."""

    def __init__(self, text: str, file: str) -> None:
        self._file, self._rows = file, text.split("\n")
        self._keys: dict[str, int] = {}
        for number, row in enumerate(self._rows):
            if found := _KEY.match(row):
                with suppress(ValueError):  # a line within a longer text
                    self._keys.setdefault(*tomllib.loads(f"{found['key']} = {number}").popitem())

    def place(self, heading: str, label: str = "") -> str:
        """``list.map.toml, line 12``."""
        if heading not in self._keys:
            return self._file
        start = self._keys[heading]
        below = next((n for n, row in enumerate(self._rows[start:]) if label in row), 0)
        return f"{self._file}, line {start + below + 1}"


def _names(value: object, heading: str, place: str) -> list[str]:
    """The labels of a row; none if they are left to be decided."""
    names = split_labels(value) if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError(f'{place}: {heading!r} must be "{SKIP}" or a list of labels, such as ["task:diagnosis"].')
    return [name for name in names if name.strip()]
