"""The command line: parses, calls a service, prints."""

import sys
from collections.abc import Sequence

from harvester.base.errors import UsageError


def main() -> None:
    """The console script ``harvester``; its exit statuses are those of ``harvester.base.errors``."""
    sys.exit(perform(sys.argv[1:]))


def perform(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit status.

    A command reports its own failures (`harvester.cli.command`); this reports why none was called.
    """
    from harvester.cli.app import app
    from harvester.cli.errors import report_failure

    try:
        if invalid := [word for word in arguments if not _is_text(word)]:
            raise UsageError(f"The argument {invalid[0]!a} is not valid UTF-8.")
        return int(app(list(arguments), prog_name="harvester", standalone_mode=False) or 0)
    except (Exception, KeyboardInterrupt) as error:
        return report_failure(error, as_json=_wants_json(arguments), debug="--debug" in arguments)


def _is_text(word: str) -> bool:
    """Whether the argument could be decoded: Python keeps bytes that are not UTF-8 as lone surrogates (PEP 383)."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether ``--json`` was given, even if the rest could not be parsed; after ``--`` nothing is an option."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options
