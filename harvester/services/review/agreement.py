"""Whether a decision only repeats what was decided before, or meanwhile. Pure."""

from harvester.domain.decisions import LEADS_TO, standing
from harvester.domain.labels import Labels
from harvester.services.review.queries import ReviewedPaper


def agrees(now: ReviewedPaper, action: str, labels: Labels, seen: int) -> bool:
    """Whether the paper already stands as this decision would leave it, so that nobody needs to be asked.

    Args:
        labels: those that an accept would keep.
        seen: the version that the reviewer saw; an undo repeats only the one right after it.
    """
    if action == "undo":
        return bool(now.decisions) and now.decisions[-1].action == "undo" and now.version == seen + 1
    return now.state == LEADS_TO[action] and (action != "accept" or _same(labels, now.labels))


def repeats(now: ReviewedPaper, action: str, labels: Labels, reason: str, *, links: bool) -> bool:
    """Whether the decision in force is this very one, whoever made it, so that recording it again would say nothing.

    Args:
        labels: those that an accept would keep.
        links: whether an entry that is still to be written gets the code and data that the paper names.
    """
    decision = standing(now.decisions).decision
    if decision is None or decision.action != action or adds_note(now, reason):
        return False
    written = now.candidate is not None and now.candidate.entry is not None
    return action != "accept" or (_same(labels, now.labels) and (written or decision.links == links))


def adds_note(now: ReviewedPaper, reason: str) -> bool:
    """Whether a decision has a note that the one in force lacks: it says more, so it is worth recording."""
    decision = standing(now.decisions).decision
    return bool(reason) and decision is not None and decision.reason != reason


def _same(one: Labels, other: Labels) -> bool:
    return set(one.pairs) == set(other.pairs)
