"""Subscribers' preferences, read from flags, form fields and tables, and the text they agree to. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from classifiers.taxonomy import Taxonomy
from harvester.base.errors import UsageError
from harvester.digest.rules import FORMS, PERIODS, WEEKDAYS
from harvester.domain.labels import parse_labels
from harvester.domain.subscribers import Preferences
from harvester.domain.text import clean

CONSENT = (
    "I want to get the digest of new papers by mail. My address and what I chose are kept for that and for nothing "
    "else; the digest counts no opens and no clicks. Every mail has a link that ends it at once, and one that erases "
    "what is kept of me."
)
CONSENT_VERSION = "2026-11"  # of the text above; change it with the text
BY_MAINTAINER = "told the maintainer"
MATCHES = ("all", "any")
MOST, LONGEST = 20, 100  # elements of a list of authors or words, and characters of each


class ListError(UsageError):
    """What somebody wrote into a list cannot be used; `field` names the list."""

    def __init__(self, field: str, message: str, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.field = field


def change_preferences(
    taxonomy: Taxonomy,
    old: Preferences,
    topics: Mapping[str, Iterable[str]],
    every: str | None = None,
    weekday: str | None = None,
    form: str | None = None,
    *,
    match: str | None = None,
    authors: str | None = None,
    words: str | None = None,
) -> Preferences:
    """The old preferences with the given ones replaced; None or a missing facet leaves the old ones.

    Args:
        weekday: an English name, which implies a weekly digest; "" means any day.
        authors, words: separated by commas, semicolons or line ends; "" means none.

    Raises:
        UsageError: an unknown facet, label, period, day, form or match.
        ListError: too many or too long authors or words.
    """
    if every is not None and every not in PERIODS:
        raise UsageError(f"Digests go out every {' or '.join(PERIODS)}, not every {every!r}.")
    if match is not None and match not in MATCHES:
        raise UsageError(f"Papers match {' or '.join(MATCHES)} of the lists, not {match!r}.")
    if form is not None and form not in FORMS:
        raise UsageError(f"Digests have the form {' or '.join(FORMS)}, not {form!r}.")
    day = old.weekday if weekday is None else _weekday(weekday)
    if weekday and every == "day":
        raise UsageError(f"A daily digest cannot go out only on {weekday.capitalize()}; choose a weekly digest.")
    if weekday and every == "month":
        raise UsageError(f"A monthly digest has no weekday such as {weekday.capitalize()}; choose a weekly digest.")
    rhythm = every or ("week" if weekday else old.every)
    joined = {**old.topics, **parse_labels(taxonomy, topics)}
    return replace(
        old,
        topics={facet: labels for facet, labels in joined.items() if labels},
        every=rhythm,
        weekday=day if rhythm == "week" else None,
        form=form or old.form,
        match=match or old.match,
        authors=old.authors if authors is None else _names(authors),
        words=old.words if words is None else split_list("words", words),
    )


def split_list(field: str, text: str) -> tuple[str, ...]:
    """The elements of ``"Ann Bee; Cy Dee"``, each once, in their order.

    Raises:
        ListError: there are too many, or one is too long or has neither letter nor digit.
    """
    parts = tuple(dict.fromkeys(filter(None, (clean(part) for part in re.split(r"[;,\n]", text)))))
    if len(parts) > MOST:
        raise ListError(field, f"{len(parts)} {field} are too many", remedy=f"give at most {MOST}")
    for part in parts:
        if len(part) > LONGEST:
            raise ListError(field, f"{part[:40]}… is too long", remedy=f"write at most {LONGEST} characters")
        if not any(char.isalnum() for char in part):
            raise ListError(field, f"{part!r} has no letters", remedy=f"write {field} separated by commas")
    return parts


def _names(text: str) -> tuple[str, ...]:
    names = split_list("authors", text)
    for name in names:
        if not re.search(r"[^\W\d_]{2}", name):
            raise ListError("authors", f"{name!r} is not enough of a name", remedy="write the family name in full")
    return names


def weekday_name(preferences: Preferences) -> str:
    """The day of somebody's weekly digest; "" if any day will do."""
    return "" if preferences.weekday is None else WEEKDAYS[preferences.weekday]


def _weekday(name: str) -> int | None:
    if not name:
        return None
    if name.lower() not in WEEKDAYS:
        raise UsageError(f"{name!r} is not a day of the week; write one of: {', '.join(WEEKDAYS)}.")
    return WEEKDAYS.index(name.lower())
