"""Command-line options that follow from the taxonomy: ``--task``, ``--modality`` and so on, one per facet.

The taxonomy is configurable, so the options are known only once the command line has been seen. ``FacetCommand`` finds
the configuration among the arguments, and reads ``--task LABELS`` as ``--label task:LABELS``, which every subject has.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from harvester.base.errors import HarvesterError, UsageError

if TYPE_CHECKING:
    from classifiers.taxonomy import Facet, Taxonomy

_CONFIG = "harvester.config"
Label = Annotated[
    list[str] | None,
    typer.Option(
        "--label", metavar="FACET:LABELS", help="The same as --FACET LABELS; repeatable. 'FACET:' means no label."
    ),
]


class FacetCommand(TyperCommand):
    """A command with a parameter of type ``Label``, which can also be given as one option per facet of the taxonomy."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments with each facet's option written as ``--label``."""
        config = ctx.meta[_CONFIG] = _config_among(args)
        facets = {f"--{facet.id}" for facet in _taxonomy(config).facets}
        return super().parse_args(ctx, list(_as_labels(args, facets)))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the help of the command's own options, then of the facets'."""
        super().format_options(ctx, formatter)
        with formatter.section("Options for labels"):
            formatter.write_dl(facet_options(ctx.meta.get(_CONFIG)))


def facet_options(config: Path | None) -> list[tuple[str, str]]:
    """The facets' options and their values, for help and reference."""
    return [(f"--{facet.id} {_takes(facet)}", ", ".join(facet.label_ids)) for facet in _taxonomy(config).facets]


def labels_given(pairs: Sequence[str] | None) -> dict[str, str]:
    """Comma-separated labels by facet, from ``FACET:LABELS`` pairs.

    Raises:
        UsageError: a pair does not name a facet.
    """
    given: dict[str, list[str]] = {}
    for pair in pairs or ():
        facet, colon, labels = pair.partition(":")
        if not colon:
            raise UsageError(f"--label {pair!r} does not name a facet", remedy="write FACET:LABEL, such as kind:review")
        given.setdefault(facet.strip(), []).append(labels)
    return {facet: ",".join(labels) for facet, labels in given.items()}


def _takes(facet: "Facet") -> str:
    return "LABEL" if facet.exclusive else "LABELS"


def _as_labels(args: Sequence[str], facets: set[str]) -> Iterator[str]:
    """``--label task:x`` for ``--task x`` and ``--task=x``, up to a ``--`` that ends the options."""
    words = iter(args)
    for word in words:
        option, equals, value = word.partition("=")
        if word == "--":
            yield word
            break
        if option not in facets:
            yield word
            continue
        labels = value if equals else next(words, None)
        if labels is None:
            raise UsageError(
                f"The option {option} needs labels", remedy="write them after the option, separated by commas"
            )
        yield from ("--label", f"{option.removeprefix('--')}:{labels}")
    yield from words


def _config_among(args: Sequence[str]) -> Path | None:
    """The value of ``--config``; as for the parser, the last one counts."""
    found = None
    for word, following in zip_longest(args, args[1:], fillvalue=""):
        if word == "--config":
            found = following
        elif word.startswith("--config="):
            found = word.partition("=")[2]
    return Path(found) if found else None


def _taxonomy(config: Path | None) -> "Taxonomy":
    """The configured taxonomy, or the packaged one if the configuration is missing or invalid.

    The command itself opens the configuration again, and says what is wrong with it.
    """
    from classifiers.errors import ClassifierError
    from classifiers.taxonomy import load_taxonomy
    from harvester.config.settings import config_path, load_settings

    try:
        settings = load_settings(config_path(config))
        chosen = settings.classifier.taxonomy
        return load_taxonomy(settings.path(chosen) if chosen else None)
    except (HarvesterError, ClassifierError):
        return load_taxonomy()
