"""The list of subscribers as CSV (RFC 4180) that can be imported again and is safe in a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime

from classifiers.taxonomy import Taxonomy
from harvester.base import escape
from harvester.base.clock import parse_moment, rfc3339
from harvester.base.errors import UsageError
from harvester.digest.preferences import BY_MAINTAINER, change_preferences, weekday_name
from harvester.domain.address import parse_address
from harvester.domain.subscribers import STATES, Preferences, Subscriber

_WISHES = ("topics", "every", "weekday", "format", "match", "authors", "words")
COLUMNS = ("email", "state", *_WISHES, "joined", "confirmed", "consent")


def to_csv(people: Iterable[Subscriber]) -> str:
    """One row per subscriber: times by RFC 3339, topics as ``facet:label`` words ("" is everything)."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for subscriber in people:
        table.writerow(map(escape.csv_cell, _cells(subscriber)))
    return out.getvalue()


def read_csv(text: str, name: str = "the table") -> list[tuple[int, dict[str, str]]]:
    """The rows of such a table, each with its line; columns may be in any order, and all but ``email`` may be missing.

    Args:
        name: of its file, for messages.

    Raises:
        UsageError: the text is not such a table.
    """
    table = csv.DictReader(io.StringIO(text), strict=True)
    try:
        names = [name.strip().lower() for name in table.fieldnames or ()]
        if "email" not in names:
            raise UsageError(
                f"There is no column email in {name}; its first line must list the columns: {','.join(COLUMNS)}."
            )
        table.fieldnames = names
        return [(table.line_num, {name: _cell(row.get(name)) for name in COLUMNS}) for row in table]
    except csv.Error as error:
        raise UsageError(f"Line {table.line_num} of {name} cannot be read: {error}.") from None


def parse_row(row: Mapping[str, str], taxonomy: Taxonomy, now: datetime, *, confirmed: bool = False) -> Subscriber:
    """One row as a subscriber without a key: active only with a time of consent, or if `confirmed` vouches for it.

    Raises:
        UsageError: naming what cannot be read.
    """
    email, state = parse_address(row["email"]), row["state"] or "active"
    if state not in STATES:
        raise UsageError(f"There is no state {state!r}; the states are: {', '.join(STATES)}.")
    consented = parse_moment(row["confirmed"], "confirmed") if row["confirmed"] else None
    if state == "active" and consented is None:
        state, consented = ("active", now) if confirmed else ("pending", None)
    joined = parse_moment(row["joined"], "joined") if row["joined"] else now
    if state == "pending" and consented is None:
        joined = now  # who is asked only now has as long as everybody to answer
    consent = row["consent"] or (BY_MAINTAINER if consented else "")
    return Subscriber("", email, state, _preferences(row, taxonomy), joined, consented, None, consent)


def _preferences(row: Mapping[str, str], taxonomy: Taxonomy) -> Preferences:
    topics: dict[str, list[str]] = {}
    for word in row["topics"].replace(",", " ").split():
        facet, _, label = word.partition(":")
        topics.setdefault(facet, []).append(label)
    older = "any" if topics else "all"  # a table from before there was a choice
    lists = {"match": row["match"] or older, "authors": row["authors"], "words": row["words"]}
    when = (row["every"] or None, row["weekday"] or None)
    return change_preferences(taxonomy, Preferences(), topics, *when, row["format"] or None, **lists)


def _cells(subscriber: Subscriber) -> tuple[str, ...]:
    wanted = subscriber.preferences
    topics = " ".join(f"{facet}:{label}" for facet, labels in wanted.topics.items() for label in labels)
    confirmed = rfc3339(subscriber.confirmed) if subscriber.confirmed else ""
    lists = (wanted.match, "; ".join(wanted.authors), "; ".join(wanted.words))
    preferences = (topics, wanted.every, weekday_name(wanted), wanted.form, *lists)
    return (subscriber.email, subscriber.state, *preferences, rfc3339(subscriber.joined), confirmed, subscriber.consent)


def _cell(text: str | None) -> str:
    return escape.csv_text((text or "").strip())
