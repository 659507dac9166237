"""``harvester status``: one screen."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from harvester.base.clock import rfc3339
from harvester.base.counts import count_of
from harvester.cli.command import Invocation, Output, command
from harvester.cli.common import say

if TYPE_CHECKING:
    from harvester.domain.proposal_branches import Proposals
    from harvester.services.operations.overview import Overview

_MOST_PROBLEMS = 5


@command
def status(call: Invocation) -> Output | None:
    """Show the last night, what waits, the next job, the model, the subscribers, and what needs attention."""
    from harvester.services.operations.overview import overview

    found = overview(call.workspace)
    return Output(found.to_json(), lambda: _print(found))


def _print(found: "Overview") -> None:
    now, have = found.status.now, found.status.figures
    for name, text in (
        ("run", _run(found)),
        ("waiting", _waiting(found)),
        *((("proposed", _proposed(found.status.proposals, now)),) if found.status.proposals else ()),
        ("next", f"{found.next.job} {_when(found.next.due, now)}" if found.next else "no job is scheduled"),
        ("model", _model(found)),
        ("readers", count_of(have.subscribers.get("active", 0), "active subscriber")),
        ("disk", ", ".join(f"{size / 1e9:,.0f} GB free for {' and '.join(on)}" for on, size in found.free.items())),
    ):
        say(f"{name:<9}{text}")
    for problem in found.problems[:_MOST_PROBLEMS]:
        say(f"problem  {problem}")
    if (more := len(found.problems) - _MOST_PROBLEMS) > 0:
        say(f"         and {more} more; see `harvester doctor`")


def _run(found: "Overview") -> str:
    last = found.status.last
    if last is None:
        return "none yet; start one: harvester run"
    return (
        f"{last.state} {_when(last.began, found.status.now)}: {count_of(last.papers.new, 'new paper')}, "
        f"{last.in_scope:,} in scope, {last.queued:,} queued"
    )


def _waiting(found: "Overview") -> str:
    have = found.status.figures
    if not have.pending:
        return "nothing"
    since = f", the oldest since {rfc3339(have.oldest)[:10]}" if have.oldest else ""
    backlog = f" ({have.backlog:,} from a backfill)" if have.backlog else ""
    return f"{count_of(have.pending, 'paper')}{backlog}{since}"


def _proposed(waiting: "Proposals", now: datetime) -> str:
    since = f", the oldest since {rfc3339(waiting.oldest)[:10]}" if waiting.oldest else ""
    last = f"; the last was pushed {_when(waiting.pushed, now)}" if waiting.pushed else ""
    return f"{count_of(waiting.papers, 'paper')} on {count_of(waiting.branches, 'branch', 'branches')}{since}{last}"


def _model(found: "Overview") -> str:
    if found.model is None:
        return "broken"
    age = found.model_age
    return found.model.version + (
        f", trained on papers up to {count_of(age.days, 'day')} ago" if age is not None else ""
    )


def _when(moment: datetime, now: datetime) -> str:
    """``9 hours ago`` or ``in 2 days``, and the time itself."""
    distance = abs(moment - now)
    hours, days = distance // timedelta(hours=1), distance.days
    minutes = distance // timedelta(minutes=1)
    size = count_of(*((days, "day") if days > 1 else (hours, "hour") if hours > 1 else (minutes, "minute")))
    return f"{f'in {size}' if moment > now else f'{size} ago'} ({rfc3339(moment)})"
