"""Fixtures for readers: subscribers, and papers accepted for them."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import count
from typing import Any

from harvester.domain.decisions import Decision
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper, Sighting
from harvester.services.digest.sending import send_digests
from harvester.services.subscribers.subscriptions import add_subscriber
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.store import queue, recording
from harvester.store.decisions import add_decision
from harvester.store.engine import read, write
from harvester.store.ledger import ledger
from tests.room.folder import START, Folder

JO, MAX = "jo@example.org", "max@example.org"
STATES = ("queued", "sending", "sent", "failed", "unknown")


class Readers(Folder):
    """Papers that a reviewer decided on, and their subscribers."""

    @cached_property
    def _numbers(self) -> Iterator[int]:
        return count(1)

    def subscribe(
        self,
        email: str,
        every: str | None = None,
        *,
        weekday: str | None = None,
        form: str | None = None,
        **topics: str,
    ) -> None:
        add_subscriber(self.ws, email, topics, every, weekday=weekday, form=form, confirmed=True)

    def paper(self, title: str, **known: Any) -> int:
        arxiv = f"2506.{next(self._numbers):05}"
        given: dict[str, Any] = {
            "identifiers": (f"arxiv:{arxiv}",),
            "abstract": "We look at hearts. It helps.",
            "authors": (Author("Ann Bee"), Author("Cy Dee"), Author("Eve Eff"), Author("Gil Hay")),
            "published": START,
            "links": {"paper": f"https://arxiv.org/abs/{arxiv}"},
        }
        with write(self.ws.store) as db:
            return recording.record(db, [Sighting(ARXIV, Paper(title=title, **{**given, **known}))], self.now)[0].number

    def decide(self, number: int, action: str, via: str = "review", labels: Labels | None = None) -> None:
        """A decision as harvester.services.decide records it, without the catalogue's file."""
        with write(self.ws.store) as db:
            before = queue.find_candidate(db, number)
            if before is None:
                queue.enqueue(db, [(number, 0.9)], self.now)
                before = queue.find_candidate(db, number)
            assert before is not None
            made = add_decision(db, Decision(number, action, via, labels, "", "me", self.now))
            first = made if before.accepted_by is None else before.accepted_by
            state = {"accept": "accepted", "reject": "rejected", "undo": "pending"}[action]
            queue.move(db, before, state, first if action == "accept" else None, filed=True)

    def accept(
        self,
        title: str,
        via: str = "review",
        kind: str = "research",
        known: Mapping[str, Any] | None = None,
        **labels: str,
    ) -> int:
        number = self.paper(title, **(known or {}))
        self.decide(number, "accept", via, as_labels(kind, **labels))
        return number

    def deliveries(self) -> dict[str, int]:
        """How many deliveries there are in each state."""
        with read(self.ws.store) as db:
            return {state: len(found) for state in STATES if (found := ledger(db, state))}


def as_labels(kind: str = "research", **labels: str) -> Labels:
    """``task="a,b"`` as a reviewer's labels."""
    facets = {facet: tuple(filter(None, labels.get(facet, "").split(","))) for facet in ("task", "modality", "disease")}
    return Labels({**facets, "kind": (kind,)})


def counts(**known: int) -> dict[str, int]:
    return {"due": 0, "sent": 0, "failed": 0, "unknown": 0, "waiting": 0} | known


def send(room: Readers) -> dict[str, int]:
    return send_digests(room.ws).to_json()
