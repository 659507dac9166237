"""``harvester queue`` and ``harvester show``."""

from typing import Annotated, Any

import typer

from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say, table, watched


@command
def queue(
    call: Invocation,
    limit: Annotated[int | None, typer.Option(min=1, help="Show at most so many.")] = None,
    state: Annotated[
        str | None, typer.Option(help="pending, accepted, rejected or deferred; else pending and open suggestions.")
    ] = None,
) -> Output | None:
    """The candidates, best first."""
    from harvester.services.review.documents import candidates, suggested

    ws = call.workspace
    found = candidates(ws, state or "pending", limit)
    appeared = [] if state else suggested(ws)
    if call.as_json:
        return Output((found + appeared)[:limit])
    labelled = [facet.id for facet in ws.taxonomy.facets]
    table(("id", "score", "title", *labelled), [_row(one, labelled) for one in found])
    say(f"{len(found)} {state or 'pending'}.")
    if appeared:
        say(f"{len(appeared)} accepted preprints have appeared in a journal: `harvester suggestions list`.")
    return None


@command
def show(
    call: Invocation,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="arXiv id, DOI, title: name or arXiv address.")],
) -> Output | None:
    """Everything known of one paper."""
    from harvester.services.review.documents import whole

    ws = call.workspace
    with watched() as watch:
        watch("explained", 0, 1)
        found = whole(ws, paper, explained=True)
    if call.as_json:
        return Output(found)
    say(f"{found['title']}\n{', '.join(found['authors'])}\n{'  '.join(found['identifiers'])}\n\n{found['abstract']}\n")
    _show_prediction(found)
    _show_explanation(found)
    for seen in found["sightings"]:
        announced = seen["announced"] or "-"
        say(f"seen    {seen['seen']} by {seen['source']}, version {seen['version']}, announced {announced}")
    for one in found["decisions"]:
        say(f"decided {one['at']} {one['action']} by {one['by']} {one['reason']}")
    say(f"state   {found['state']}" + (" (withdrawn by its authors)" if found["withdrawn"] else ""))
    return None


def _show_prediction(found: dict[str, Any]) -> None:
    prediction = found["prediction"]
    if not prediction:
        return
    say(f"scope   {prediction['scope']:.3f} (model {prediction['model']})")
    for facet, values in prediction["probabilities"].items():
        likely = sorted(((p, label) for label, p in values.items() if p >= 0.1), reverse=True)
        say(
            f"{facet:<8}"
            + ", ".join(
                f"{label} {p:.2f}{'?' if f'{facet}:{label}' in prediction['unsure'] else ''}" for p, label in likely
            )
        )


def _show_explanation(found: dict[str, Any]) -> None:
    for label, reasons in (found["explanation"] or {}).items():
        say(f"why     {label}" + ("" if reasons else ": no single sentence"))
        for reason in reasons:
            say(f"        {reason['drop']:.2f} {reason['sentence']}")
    for one in found["nearest"] or ():
        say(f"near    {one['similarity']:.2f} {one['id']} {one['title']}")


def _row(one: dict[str, Any], labelled: list[str]) -> list[object]:
    values = (one[facet] for facet in labelled)
    return [
        one["id"],
        f"{one['score']:.3f}",
        ("WITHDRAWN " if one["withdrawn"] else "") + one["title"][:70],
        *(v if isinstance(v, str) else ", ".join(v) for v in values),
    ]
