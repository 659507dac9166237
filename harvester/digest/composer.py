"""Composes the digests of one sending: a subscriber and papers go in, a message comes out.

Ten thousand mails share their papers, so each paper and heading is rendered, styled and encoded once, in whole lines,
and a message is these pieces one after the other. Only the footer is individual.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import NamedTuple

from markupsafe import escape

from classifiers.taxonomy import Taxonomy
from harvester.config.settings import Settings
from harvester.digest import content, layout
from harvester.digest.rules import Group, Item, grouped
from harvester.domain.subscribers import Subscriber
from harvester.mail.link_tokens import Tokens, open_tokens
from harvester.mail.message import Letter, encoded, letterhead, write

_OWN = ("to", "preferences", "unsubscribe")
# In the shared footer, placeholders for what is the recipient's own.
_MARKS = {name: f"{name}.of-the-recipient.invalid" for name in _OWN}
_PLACE_OF_PAPERS = "<!--papers-->"


@dataclass(frozen=True, slots=True)
class Plan:
    """A digest for one subscriber; without items it is a heartbeat."""

    subscriber: Subscriber
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class DigestOutline:
    """A summary of a message that would be sent."""

    to: str
    subject: str
    papers: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """One element of the ``messages`` of ``digest preview``."""
        return {"to": self.to, "subject": self.subject, "papers": list(self.papers)}


class MailBody(NamedTuple):
    """A mail in both forms."""

    text: str
    html: str


class Composed(NamedTuple):
    """Whole lines of a mail in both forms, plain and encoded."""

    text: str
    html: str
    text_bytes: bytes
    html_bytes: bytes


class Composer:
    """The letterhead, the taxonomy and the secret that all digests of one sending share.

    `extracts` holds each paper's extract by number; papers without one get the beginning of their abstract.
    """

    def __init__(self, settings: Settings, taxonomy: Taxonomy, extracts: Mapping[int, str] | None = None) -> None:
        """Raises: UsageError: the configured sender or base_url cannot be used."""
        self._settings, self._taxonomy, self._extracts = settings, taxonomy, extracts or {}
        self._head = letterhead(settings.digest, taxonomy.title)
        self._papers: dict[int, Composed] = {}
        self._frame = lru_cache(maxsize=512)(self._new_frame)
        self._foot = layout.text("foot", {**_MARKS, "archive": self._head.link("archive")})

    @cached_property
    def tokens(self) -> Tokens:
        """Opened only when needed: a preview of nothing creates no key file."""
        return open_tokens(self._settings)

    def message_id(self, day: date, to: Subscriber) -> str:
        """Always the same for one day and subscriber, so that mail programs recognize a repeat."""
        name = sha256(f"{day} {to.key}".encode()).hexdigest()[:32]
        return f"<{day:%Y%m%d}.{name}@{self._head.sender.domain}>"

    def message(self, plan: Plan, message_id: str, now: datetime) -> bytes:
        """The whole message as it goes over the wire."""
        groups, own = self._groups(plan), self._own(plan.subscriber)
        top, bottom, head = self._frame(content.count(len(plan.items)), content.overview(groups))
        pieces = list(self._pieces(groups))
        text = [encoded(head), *(piece.text_bytes for piece in pieces), encoded(_filled(self._foot, own))]
        html = None
        if plan.subscriber.preferences.form == "html":
            inner = (piece.html_bytes for piece in pieces)
            html = b"".join((encoded(top), *inner, encoded(_filled_html(bottom, own))))
        token = self.tokens.unsubscribe(plan.subscriber.key)
        subject = content.subject(groups, self._head.title)
        return write(self._head, Letter(plan.subscriber.email, subject, message_id, token, b"".join(text), html), now)

    def outline(self, plan: Plan) -> DigestOutline:
        """A summary of the message."""
        groups = self._groups(plan)
        papers = tuple(item.paper.id for group in groups for item in group.items)
        return DigestOutline(plan.subscriber.email, content.subject(groups, self._head.title), papers)

    def preview(self, plan: Plan) -> MailBody:
        """The text of the message."""
        own = self._own(plan.subscriber)
        text, html = self._shown(self._groups(plan))
        return MailBody(text + _filled(self._foot, own), _filled_html(html, own))

    def sample(self, items: tuple[Item, ...]) -> MailBody:
        """A digest of everything, to nobody."""
        text, html = self._shown(grouped(items, {}, self._taxonomy))
        own = {"to": "nobody: this is a preview", **dict.fromkeys(("preferences", "unsubscribe"), self._head.base_url)}
        return MailBody(text, _filled_html(html, own))

    def _groups(self, plan: Plan) -> tuple[Group, ...]:
        return grouped(plan.items, plan.subscriber.preferences.topics, self._taxonomy)

    def _own(self, to: Subscriber) -> dict[str, str]:
        return {
            "to": to.email,
            "preferences": self._head.link("preferences", self.tokens.preferences(to.key)),
            "unsubscribe": self._head.link("unsubscribe", self.tokens.unsubscribe(to.key)),
        }

    def _shown(self, groups: Sequence[Group]) -> MailBody:
        count = content.count(sum(len(group.items) for group in groups))
        top, bottom, head = self._frame(count, content.overview(groups))
        pieces = list(self._pieces(groups))
        text, html = (piece.text for piece in pieces), (piece.html for piece in pieces)
        return MailBody(head + "".join(text), top + "".join(html) + bottom)

    def _pieces(self, groups: Sequence[Group]) -> Iterator[Composed]:
        for group in groups:
            if group.heading:
                yield _heading(group.heading, len(group.items))
            for item in group.items:
                yield self._paper(item)

    def _paper(self, item: Item) -> Composed:
        """One paper in both forms, plain and encoded; made once."""
        found = self._papers.get(item.number)
        if found is None:
            shown = content.show(item, self._taxonomy, self._extracts.get(item.number, ""))
            found = self._papers[item.number] = _laid_out("paper", {"paper": shown})
        return found

    def _new_frame(self, heading: str, overview: str) -> tuple[str, str, str]:
        """What surrounds the papers: HTML before and after them, and the text before them."""
        values = {"title": self._head.title, "heading": heading, "overview": overview}
        page = layout.page("digest", {**values, **_MARKS, "archive": self._head.link("archive")})
        top, _, bottom = page.partition(_PLACE_OF_PAPERS)
        return f"{top}\n", bottom, layout.text("digest", values)


@lru_cache(maxsize=512)
def _heading(heading: str, number: int) -> Composed:
    return _laid_out("heading", {"heading": heading, "number": number})


def _laid_out(template: str, values: Mapping[str, object]) -> Composed:
    text, html = layout.text(template, values), layout.piece(template, values).rstrip("\n") + "\n"
    return Composed(text, html, encoded(text), encoded(html))


def _filled(foot: str, own: Mapping[str, str]) -> str:
    for name, mark in _MARKS.items():
        foot = foot.replace(mark, own[name])
    return foot


def _filled_html(foot: str, own: Mapping[str, str]) -> str:
    return _filled(foot, {name: str(escape(value)) for name, value in own.items()})
