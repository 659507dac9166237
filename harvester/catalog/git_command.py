"""The one place that runs git."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from harvester.base.errors import CatalogError
from harvester.base.escape import excerpt

HARVESTER = "Cardio harvester"
"""The name under which this program commits."""
TIMEOUT = 60.0  # seconds; a hook or a remote may take a while, but not forever
_REMEDY = 'fix the cause, or set [catalog] git = "off"'


def run_git(
    folder: Path,
    *arguments: str,
    more: Mapping[str, str] | None = None,
    stdin: str = "",
    strip: bool = True,
    remedy: str = _REMEDY,
) -> str:
    """Run git in `folder` and return its output.

    Args:
        more: environment variables.
        stdin: what git reads.
        strip: whether white space around the output is of no importance.
        remedy: what to do if git fails.

    Raises:
        CatalogError: git is not installed, fails, or takes too long.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            ["git", "--literal-pathspecs", "-C", str(folder), *arguments],  # noqa: S607 - git is found by PATH
            env={**environment, "GIT_TERMINAL_PROMPT": "0", **(more or {})},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",  # file names may be any bytes
            timeout=TIMEOUT,
            input=stdin,
        )
    except FileNotFoundError:
        raise CatalogError('git is not installed; install it, or set [catalog] git = "off".') from None
    except subprocess.TimeoutExpired:
        raise CatalogError(
            f"git {arguments[0]} in {folder} took longer than {TIMEOUT:.0f} s and was stopped."
        ) from None
    if done.returncode:
        reason = excerpt(done.stderr or done.stdout, 300).rstrip(".")
        raise CatalogError(f"git {arguments[0]} in {folder} failed ({reason})", remedy=remedy)
    return done.stdout.strip() if strip else done.stdout
