"""``harvester venues``."""

from typing import TYPE_CHECKING

from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table

if TYPE_CHECKING:
    from harvester.catalog.venues import Venue


@command
def venues(call: Invocation) -> Output | None:
    """List the venues of the catalog's entries, and which source reads each: candidates for harvest.crossref.venues."""
    from harvester.services.catalog.venues import venues as venues_found

    found, problems = venues_found(call.workspace)
    return Output([venue.to_json() for venue in found], lambda: _print(found), problems)


def _print(found: "list[Venue]") -> None:
    if found:
        table(("entries", "venue", "read by"), [(venue.entries, venue.title, venue.covered_by) for venue in found])
    missing = sum(not venue.covered_by for venue in found)
    say(f"{count_of(len(found), 'venue')}, {missing} of which no source reads by name.")
    if missing:
        say("Add the ISSN or exact title of one to venues in [harvest.crossref]; a feed or a query may bring it, too.")
