"""The command line: parse, call a service, print."""

import sys
import traceback

from harvester.base.errors import HarvesterError


def main() -> None:
    """The console script ``harvester``; exit statuses are those of ``harvester.base.errors``."""
    from harvester.cli.app import app

    if odd := [word for word in sys.argv[1:] if not _is_text(word)]:
        sys.exit(_report(f"Error: the argument {odd[0]!a} is no UTF-8 text.", 2))
    try:
        app(prog_name="harvester")
    except HarvesterError as error:
        sys.exit(_report(f"Error: {error}", error.exit_status))
    except KeyboardInterrupt:
        sys.exit(_report("Stopped.", 130))
    except BrokenPipeError:  # `harvester queue | head`
        sys.stderr.close()
    except Exception as error:  # a bug of ours: named in one line, shown whole with --debug
        sys.exit(_report(f"Error: {type(error).__name__}: {error}. This is a bug; --debug shows where.", 1))


def _is_text(word: str) -> bool:
    """Whether it could be decoded: Python keeps bytes that are no UTF-8 as lone surrogates (PEP 383)."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _report(line: str, status: int) -> int:
    """Name it on standard error, without what a terminal would obey: upstream's words may be in it."""
    from harvester.cli.common import printable
    from harvester.domain.text import clean

    if "--debug" in sys.argv:
        sys.stderr.write(f"{printable(traceback.format_exc())}\n")
    sys.stderr.write(f"{clean(line)}\n")
    return status
