"""The command line: parse, call a service, print."""

import sys
from collections.abc import Sequence

from harvester.base.errors import UsageError


def main() -> None:
    """The console script ``harvester``; exit statuses are those of ``harvester.base.errors``."""
    sys.exit(perform(sys.argv[1:]))


def perform(arguments: Sequence[str]) -> int:
    """Do one command; returns its exit status.

    A command tells of its own failures (`harvester.cli.command`); here is told why none was called.
    """
    from harvester.cli.app import app
    from harvester.cli.errors import tell_failure

    try:
        if odd := [word for word in arguments if not _is_text(word)]:
            raise UsageError(f"The argument {odd[0]!a} is no UTF-8 text.")
        return int(app(list(arguments), prog_name="harvester", standalone_mode=False) or 0)
    except (Exception, KeyboardInterrupt) as error:
        return tell_failure(error, as_json=_wants_json(arguments), debug="--debug" in arguments)


def _is_text(word: str) -> bool:
    """Whether it could be decoded: Python keeps bytes that are no UTF-8 as lone surrogates (PEP 383)."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether ``--json`` was given, also where the rest could not be understood; after ``--`` nothing is an option."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options
