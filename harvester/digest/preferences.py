"""Subscribers' preferences, read from flags, form fields and tables, and the text they agree to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import UsageError
from harvester.digest.rules import FORMS, PERIODS, WEEKDAYS
from harvester.domain.labels import parse_labels
from harvester.domain.subscribers import Preferences

CONSENT = (
    "I want to get the digest of new papers by mail. My address and what I chose are kept for that and for nothing "
    "else; the digest counts no opens and no clicks. Every mail has a link that ends it at once, and one that erases "
    "what is kept of me."
)
CONSENT_VERSION = "2026-11"  # of the text above; change it with the text
BY_MAINTAINER = "told the maintainer"


def change_preferences(
    taxonomy: Taxonomy,
    old: Preferences,
    topics: Mapping[str, Iterable[str]],
    every: str | None = None,
    weekday: str | None = None,
    form: str | None = None,
) -> Preferences:
    """The old preferences with the given ones replaced; None or a missing facet leaves the old ones.

    Args:
        weekday: an English name, which implies a weekly digest; "" means any day.

    Raises:
        UsageError: an unknown facet, label, period, day or form.
    """
    if every is not None and every not in PERIODS:
        raise UsageError(f"Digests go out every {' or '.join(PERIODS)}, not every {every!r}.")
    if form is not None and form not in FORMS:
        raise UsageError(f"Digests have the form {' or '.join(FORMS)}, not {form!r}.")
    day = old.weekday if weekday is None else _weekday(weekday)
    if weekday and every == "day":
        raise UsageError(f"A daily digest cannot go out only on {weekday.capitalize()}; choose a weekly digest.")
    rhythm = every or ("week" if weekday else old.every)
    joined = {**old.topics, **parse_labels(taxonomy, topics)}
    return replace(
        old,
        topics={facet: labels for facet, labels in joined.items() if labels},
        every=rhythm,
        weekday=day if rhythm == "week" else None,
        form=form or old.form,
    )


def weekday_name(preferences: Preferences) -> str:
    """The day of somebody's weekly digest; "" if any day will do."""
    return "" if preferences.weekday is None else WEEKDAYS[preferences.weekday]


def _weekday(name: str) -> int | None:
    if not name:
        return None
    if name.lower() not in WEEKDAYS:
        raise UsageError(f"{name!r} is not a day of the week; write one of: {', '.join(WEEKDAYS)}.")
    return WEEKDAYS.index(name.lower())
