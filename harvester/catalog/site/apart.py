"""Similar papers and the map, computed in a process of their own.

scikit-learn takes a hundred megabytes that a web server would keep for good, though it computes only when the catalog
has changed.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from harvester.base.errors import CatalogError
from harvester.catalog.site import clusters, nearby

log = logging.getLogger(__name__)
LONGEST = 900  # seconds; the map of a large catalog takes half a minute


def similar(texts: Sequence[str]) -> list[list[int]]:
    """As `nearby.similar`; nothing is similar if it cannot be computed, since the pages are good without."""
    try:
        return _computed("similar", texts)
    except CatalogError as error:
        log.warning("%s", error)
        return [[] for _ in texts]


def layout(texts: Sequence[str]) -> list[list[int]]:
    """As `nearby.layout`.

    Raises:
        CatalogError: it cannot be computed.
    """
    return _computed("layout", texts)


def groups(places: Sequence[Sequence[int]]) -> list[int]:
    """As `clusters.groups`.

    Raises:
        CatalogError: they cannot be computed.
    """
    found: list[int] = _computed("groups", places)
    return found


def _computed(what: str, given: Sequence[Any]) -> list[Any]:
    command = [sys.executable, "-m", __name__, what]
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            command, input=json.dumps(given).encode(), capture_output=True, check=True, timeout=LONGEST
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", b"") or b"").decode(errors="replace").strip().rpartition("\n")[2]
        raise CatalogError(f"Similar papers and the map could not be computed: {said or error}") from error
    found: list[Any] = json.loads(done.stdout)
    return found


_WORK: dict[str, Callable[[Any], object]] = {
    "similar": lambda texts: nearby.similar(nearby.vectors(texts)),
    "layout": lambda texts: nearby.layout(nearby.vectors(texts)),
    "groups": clusters.groups,
}


def main() -> None:
    """Read what is given as a JSON list, write what is asked for of it."""
    json.dump(_WORK[sys.argv[1]](json.load(sys.stdin.buffer)), sys.stdout)


if __name__ == "__main__":
    main()
