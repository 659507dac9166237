"""How a failure is reported: a sentence on standard error and, with ``--json``, a document on standard output too."""

import sys
import traceback
from dataclasses import dataclass

import typer

from harvester.base.errors import HarvesterError, broken_installation
from harvester.base.escape import terminal
from harvester.cli.common import print_json
from harvester.domain.text import clean


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in one or two sentences, what to do about it if that is known, and the exit status."""

    error: str
    remedy: str | None
    exit_status: int

    def to_json(self) -> dict[str, str | None]:
        """``{"error", "remedy"}``."""
        return {"error": self.error, "remedy": self.remedy}


def failure_of(error: BaseException) -> Failure:
    """What an exception says; an unexpected one is a bug, named in one line."""
    error = broken_installation(error) or error
    if isinstance(error, HarvesterError):
        return Failure(str(error), error.remedy, error.exit_status)
    if isinstance(error, typer.TyperException):
        return Failure(_sentence(error.format_message()), _usage(error), error.exit_code)
    if isinstance(error, typer.Abort):
        return Failure("Stopped because the input ended.", None, 1)
    if isinstance(error, KeyboardInterrupt):
        return Failure("Stopped.", None, 130)
    bug = f"{type(error).__name__}: {error}. This is a bug; --debug shows where."
    return Failure(bug, "Run it again with --debug, and report the output.", 1)


def report_failure(error: BaseException, *, as_json: bool, debug: bool = False) -> int:
    """Print a failure, without escape sequences that a terminal would obey: it may quote an upstream.

    Returns:
        The exit status.
    """
    failure = failure_of(error)
    if debug and not isinstance(error, typer.TyperException):
        sys.stderr.write(terminal("".join(traceback.format_exception(error))))
    if isinstance(error, typer.TyperException):
        error.show()  # type: ignore[attr-defined]  # with the usage; the class that has it is private to typer
    else:
        sys.stderr.write(f"{clean(f'Error: {failure.error}')}\n")
    if as_json:
        print_json(failure.to_json())
    return failure.exit_status


def _usage(error: typer.TyperException) -> str | None:
    """Where to find the help of the command that was misused."""
    context: typer.Context | None = getattr(error, "ctx", None)
    return f"Run `{context.command_path} --help` for its arguments and options." if context else None


def _sentence(message: str) -> str:
    return message if message.endswith((".", "!", "?", ")")) else f"{message}."
