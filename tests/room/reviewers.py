"""Fixtures for reviewers: candidates to decide on, and signed-in HTTP clients."""

import re
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from typing import Any

from lxml import html
from sqlalchemy import func, select
from starlette.testclient import TestClient

from harvester.domain.candidates import Candidate
from harvester.domain.decisions import Decision
from harvester.domain.explanations import Explanation, Reason
from harvester.domain.labels import Labels
from harvester.domain.papers import Author, Paper, Sighting
from harvester.domain.predictions import Prediction
from harvester.services.review import users
from harvester.services.review.users import hash_token
from harvester.sources.arxiv.api import PROVENANCE as ARXIV
from harvester.sources.registry import provenance_of
from harvester.store.accounts import begin_session, put_user, user_named
from harvester.store.decisions import decisions_on
from harvester.store.engine import read, write
from harvester.store.explanations import save_explanations, save_similar
from harvester.store.predictions import save
from harvester.store.queue import enqueue, find_candidate
from harvester.store.recording import record
from harvester.store.tables import predictions
from harvester.web.app import create_app
from harvester.web.forms import SESSION
from harvester.web.server import proxies, server_of
from tests.room.configuration import free_port
from tests.room.folder import START, Folder

PASSWORD = "correct horse battery"
ENCODER = "all-MiniLM-L6-v2"
NO_ENCODER = "./none"  # loading the real one takes seconds, so most tests do without explanations
TOPICS = ("echocardiography", "the electrocardiogram", "cardiac MRI", "coronary CT", "heart sounds")
METHODS = ("Transformers for", "A benchmark of", "Foundation models for", "Weakly supervised", "Uncertainty in")


@cache
def hashed() -> str:
    """The hash of the password that all users have."""
    return users._hasher().hash(PASSWORD)


class Reviewers(Folder):
    """Candidates to review, and who reviews them."""

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The numbers of the papers that were put here."""
        return {}

    def put(self, name: str, title: str, scope: float = 0.9, **known: Any) -> int:
        """A paper with a prediction, queued."""
        labels = known.pop("labels", None) or Labels(
            {"task": ("diagnosis",), "modality": ("ecg",), "kind": ("research",)}
        )
        unsure = known.pop("unsure", ("task:prognosis",))
        source = known.pop("source", "arxiv")
        given: dict[str, Any] = {
            "abstract": f"We study {title.lower()}. The electrocardiogram is read by a network. It works.",
            "authors": (Author("Ann Bee"), Author("Cy Dee")),
            "published": START - timedelta(days=len(self.numbers)),
            "version": 1,
            "links": {"paper": f"https://arxiv.org/abs/{name}"},
        }
        identifiers = known.pop("identifiers", (f"arxiv:{name}",))
        paper = Paper(identifiers, title, **{**given, **known})
        chances = {
            facet.id: {label: 0.93 if labels.has(facet.id, label) else 0.04 for label in facet.label_ids}
            for facet in self.ws.taxonomy.facets
        }
        with write(self.ws.store) as db:
            number = record(db, [Sighting(provenance_of(source), paper)], self.now)[0].number
            save(db, [(number, paper, Prediction(scope, True, labels, unsure, chances, "2025-06-01-abc"))], self.now)
            enqueue(db, [(number, scope)], self.now)
        self.numbers[name] = number
        return number

    def explain(self, name: str, reasons: Mapping[str, Sequence[str]]) -> None:
        """Store which sentences support which labels of a paper's newest prediction, and that nothing is similar."""
        found = {label: tuple(Reason(sentence, 0.2) for sentence in some) for label, some in reasons.items()}
        with write(self.ws.store) as db:
            newest = select(func.max(predictions.c.id)).where(predictions.c.paper == self.numbers[name])
            save_explanations(db, {db.execute(newest).scalar_one(): Explanation(found, ())}, self.now)
            save_similar(db, {self.numbers[name]: ()})

    def put_again(self, name: str, title: str) -> None:
        """A newer version of a paper, with another title."""
        paper = Paper((f"arxiv:{name}",), title, "Another abstract.", (Author("Ann Bee"),), version=2)
        with write(self.ws.store) as db:
            record(db, [Sighting(ARXIV, paper)], self.now)

    def fill(self, count: int) -> list[str]:
        """Queue candidates with descending scores; returns their ids, best first."""
        names = [f"2506.{number:05}" for number in range(1, count + 1)]
        for place, name in enumerate(names):
            topic, method = TOPICS[place % len(TOPICS)], METHODS[place // len(TOPICS) % len(METHODS)]
            self.put(name, f"{method} {topic}, part {place + 1}", 0.99 - place / 200)
        return names

    def place(self, name: str) -> Candidate:
        with read(self.ws.store) as db:
            found = find_candidate(db, self.numbers[name])
        assert found is not None
        return found

    def log(self, name: str) -> list[Decision]:
        with read(self.ws.store) as db:
            return decisions_on(db, [self.numbers[name]]).get(self.numbers[name], [])

    def states(self) -> dict[str, str]:
        return {name: self.place(name).state for name in self.numbers}

    def user(self, name: str, role: str = "reviewer") -> None:
        """A user who may review; hashing a password is slow, so the hash is shared."""
        with write(self.ws.store) as db:
            put_user(db, name, role, hashed(), self.now)

    def browser(self, name: str = "") -> "Browser":
        """A browser, signed in if a name is given."""
        made = Browser(TestClient(create_app(self.ws), follow_redirects=False))
        if name:
            token = secrets.token_urlsafe(32)
            with write(self.ws.store) as db:
                user = user_named(db, name)
                assert user
                begin_session(db, user.id, hash_token(token), self.now)
            made.client.cookies.set(SESSION, token)
        return made

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The pages over HTTP, from a thread."""
        port = free_port()
        server = server_of(create_app(self.ws), port=port, timeout_graceful_shutdown=1, **proxies(self.ws.settings.web))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            thread.join(0.02)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(20)


@dataclass
class Browser:
    """Requests with cookies; forms are sent as the page has them."""

    client: TestClient

    def page(self, address: str, **more: Any) -> Any:
        answer = self.client.get(address, **more)
        assert answer.status_code == 200, (address, answer.status_code, answer.text[-500:])
        return html.document_fromstring(answer.text)

    def csrf(self, address: str = "/review") -> str:
        found = re.search(r'name="csrf" value="(\w+)"', self.client.get(address).text)
        assert found
        return found[1]

    def sign_in(self, name: str, password: str = PASSWORD) -> Any:
        return self.client.post("/login", data={"csrf": self.csrf("/login"), "username": name, "password": password})

    def decide(self, paper: str, action: str, version: int = 0, **more: Any) -> Any:
        """Post a decision; an accept has the predicted labels unless others are given."""
        labels = {"task": ["diagnosis"], "modality": ["ecg"], "kind": ["research"]} if action == "accept" else {}
        data = {"paper": paper, "action": action, "version": version, "csrf": self.csrf(), **labels, **more}
        return self.client.post("/review/decide", data=data)
