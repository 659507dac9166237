"""Export and import subscribers as a CSV table."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harvester.base.errors import HarvesterError, UsageError
from harvester.digest.subscriber_csv import parse_row, read_csv, to_csv
from harvester.domain.subscribers import Subscriber
from harvester.mail.link_tokens import open_tokens
from harvester.services.subscribers.confirmation_mail import answer_all, not_asked
from harvester.services.workspace import Workspace
from harvester.store.decisions import newest_decision
from harvester.store.engine import read, write
from harvester.store.subscribers import all_subscribers, insert_subscribers, known_keys, suppressed


@dataclass(slots=True)
class Imported:
    """The result of importing a table; `known` subscribers already existed and are unchanged."""

    added: list[Subscriber] = field(default_factory=list)
    known: int = 0
    problems: list[str] = field(default_factory=list)


def export_csv(ws: Workspace) -> str:
    """All subscribers as a table, with the time of their consent and the version of the words they agreed to."""
    with read(ws.store) as db:
        return to_csv(all_subscribers(db))


def import_csv(ws: Workspace, path: Path, *, confirmed: bool = False) -> Imported:
    """Add the people in a table independently: a row that cannot be read does not affect the others.

    Rows with a time of consent are active; the others are asked by mail, unless `confirmed` vouches for all. Existing
    subscribers are left unchanged, and people who were erased or complained are not added.

    Raises:
        UsageError: the file is not a subscriber table.
        HarvesterError: it cannot be read.
    """
    done = Imported()
    rows = _rows(ws, path, confirmed, done)
    with write(ws.store) as db:
        away, there = suppressed(db, rows), known_keys(db, rows)
        done.problems += [f"{rows[key].email} is not written to: {reason}." for key, reason in away.items()]
        done.known += len(there)
        after = newest_decision(db)
        new = [
            replace(subscriber, confirmed_after=after) if subscriber.confirmed else subscriber
            for subscriber in rows.values()
        ]
        insert_subscribers(
            db, [subscriber for subscriber in new if subscriber.key not in away and subscriber.key not in there]
        )
        done.added = [
            subscriber for subscriber in all_subscribers(db) if subscriber.key in rows and subscriber.key not in there
        ]
    _ask_pending(ws, done)
    return done


def _rows(ws: Workspace, path: Path, confirmed: bool, done: Imported) -> dict[str, Subscriber]:
    """The people in the table by key; if several rows have one address, the first counts."""
    tokens, people = open_tokens(ws.settings), dict[str, Subscriber]()
    for line, row in read_csv(_text(path), str(path)):
        try:
            subscriber = parse_row(row, ws.taxonomy, ws.clock(), confirmed=confirmed)
        except UsageError as error:
            done.problems.append(f"{path}, line {line}: {error}")
            continue
        key = tokens.key(subscriber.email)
        done.known += key in people
        people.setdefault(key, replace(subscriber, key=key))
    return people


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise HarvesterError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text; save the table as CSV in UTF-8.") from None


def _ask_pending(ws: Workspace, done: Imported) -> None:
    waiting: Sequence[Subscriber] = [subscriber for subscriber in done.added if subscriber.state == "pending"]
    if waiting:
        done.problems += [str(not_asked(email, problem)) for email, problem in answer_all(ws, waiting).items()]
