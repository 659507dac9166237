"""Composes the digests of one sending: a subscriber and papers go in, a message comes out.

Ten thousand mails share their papers, so each paper and heading is rendered, styled and encoded once, in whole lines,
and a message is these pieces one after the other. Only the footer is individual.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import make_msgid
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import NamedTuple

from markupsafe import escape

from classifiers.taxonomy import Taxonomy
from harvester.config.settings import Settings
from harvester.digest import content, layout
from harvester.digest.rules import Group, Item, best_first, grouped
from harvester.domain.subscribers import Preferences, Subscriber
from harvester.mail.link_tokens import Tokens, open_tokens
from harvester.mail.message import Letter, encoded, letterhead, write

_OWN = ("to", "preferences", "unsubscribe")
# In the shared footer, placeholders for what is the recipient's own.
_MARKS = {name: f"{name}.of-the-recipient.invalid" for name in _OWN}
_PLACE_OF_PAPERS = "<!--papers-->"


LARGEST = 90_000  # bytes of a message: Gmail cuts longer ones, and the links to leave are at their end
ROOM = 70_000  # of these for papers and their headings, in both forms and encoded
HEADING = 600
NOBODY = Subscriber("", "", "active", Preferences(), datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Plan:
    """A digest for one subscriber; without items it is a heartbeat.

    `since` is the day of the first digest, to anybody, that had one of the items. `added` marks a mail that is no
    digest, whose papers no archive shows: it is the first day on which one of them joined the catalog.
    """

    subscriber: Subscriber
    items: tuple[Item, ...]
    since: date | None = None
    added: date | None = None


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
    """The letterhead, the taxonomy, the day and the secret that all digests of one sending share.

    `preview` and `message` join the same pieces, so what a preview shows is what is sent.
    """

    def __init__(self, settings: Settings, taxonomy: Taxonomy, day: date) -> None:
        """Raises: UsageError: the configured sender or base_url cannot be used."""
        self._settings, self._taxonomy, self._day = settings, taxonomy, day
        self._head = letterhead(settings.digest, taxonomy.title)
        self._papers: dict[int, Composed] = {}
        self._frame = lru_cache(maxsize=512)(self._new_frame)
        self._foot = layout.text("foot", {**_MARKS, "archive": self._head.link("archive")})

    @cached_property
    def tokens(self) -> Tokens:
        """Opened only when needed: a preview of nothing creates no key file."""
        return open_tokens(self._settings)

    def message_id(self, to: Subscriber) -> str:
        """Always the same for one day and subscriber, so that mail programs recognize a repeat."""
        name = sha256(f"{self._day} {to.key}".encode()).hexdigest()[:32]
        return f"<{self._day:%Y%m%d}.{name}@{self._head.sender.domain}>"

    def trial_id(self) -> str:
        """The Message-ID of a test mail: always another, so that the digest itself is no repeat of it."""
        return make_msgid("test", domain=self._head.sender.domain)

    def message(self, plan: Plan, message_id: str, now: datetime) -> bytes:
        """The whole message as it goes over the wire, less than `LARGEST` bytes of it."""
        pieces = self._whole(plan, self._own(plan.subscriber))
        text = b"".join(piece.text_bytes for piece in pieces)
        html = b"".join(piece.html_bytes for piece in pieces) if plan.subscriber.preferences.form == "html" else None
        to, token = plan.subscriber.email, self.tokens.unsubscribe(plan.subscriber.key)
        return write(self._head, Letter(to, self._subject(plan), message_id, token, text, html), now)

    def outline(self, plan: Plan) -> DigestOutline:
        """A summary of the message."""
        papers = tuple(item.paper.id for group in self._groups(plan) for item in group.items)
        return DigestOutline(plan.subscriber.email, self._subject(plan), papers)

    def preview(self, plan: Plan) -> MailBody:
        """Both forms of the message, as `message` encodes them."""
        return _joined(self._whole(plan, self._own(plan.subscriber)))

    def sample(self, items: tuple[Item, ...], added: date | None = None) -> MailBody:
        """A digest of everything, to nobody; `added` as in a `Plan`."""
        own = {"to": "nobody: this is a preview", **dict.fromkeys(("preferences", "unsubscribe"), self._head.base_url)}
        return _joined(self._whole(Plan(NOBODY, items, added=added), own))

    def _groups(self, plan: Plan) -> tuple[Group, ...]:
        return grouped(plan.items, plan.subscriber.preferences.topics, self._taxonomy)

    def _subject(self, plan: Plan) -> str:
        span = "month" if plan.subscriber.preferences.every == "month" else "week"
        return content.subject(self._groups(plan), self._head.title, span)

    def _own(self, to: Subscriber) -> dict[str, str]:
        return {
            "to": to.email,
            "preferences": self._head.link("preferences", self.tokens.preferences(to.key)),
            "unsubscribe": self._head.link("unsubscribe", self.tokens.unsubscribe(to.key)),
        }

    def _whole(self, plan: Plan, own: Mapping[str, str]) -> list[Composed]:
        """All pieces of a mail, from the first line to the last."""
        shown = self._best(plan.items)
        groups = grouped(shown, plan.subscriber.preferences.topics, self._taxonomy)
        top, bottom = self._frame(content.count(len(plan.items), len(shown)), content.overview(groups))
        more = len(plan.items) - len(shown)
        rest = [_more(more, *self._all_of(plan))] if more else []
        foot = _composed(_filled(self._foot, own), _filled_html(bottom, own))
        return [top, *self._pieces(groups), *rest, foot]

    def _best(self, items: Sequence[Item]) -> list[Item]:
        """The best papers, as many as the cap and the room in a mail allow, and at least one."""
        shown: list[Item] = []
        room = ROOM
        for item in best_first(items)[: self._settings.digest.papers]:
            piece = self._paper(item)
            room -= len(piece.text_bytes) + len(piece.html_bytes) + HEADING
            if room < 0 and shown:
                break
            shown.append(item)
        return shown

    def _all_of(self, plan: Plan) -> tuple[str, str]:
        """Where all papers of a digest are, in words and as an address; others may have had some of them before."""
        if plan.added:
            return "in the list", f"{self._head.link('')}?since={plan.added}&sort=added"
        earlier = plan.since if plan.since and plan.since < self._day else None
        page = self._head.link("archive", f"{self._day}") + (f"?since={earlier}" if earlier else "")
        return "on the page of this digest", page

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
            shown = content.show(item, self._taxonomy, self._head.base_url)
            found = self._papers[item.number] = _laid_out("paper", {"paper": shown})
        return found

    def _new_frame(self, heading: str, overview: str) -> tuple[Composed, str]:
        """What surrounds the papers: all before them, and the HTML after them."""
        values = {"title": self._head.title, "heading": heading, "overview": overview}
        page = layout.page("digest", {**values, **_MARKS, "archive": self._head.link("archive")})
        top, _, bottom = page.partition(_PLACE_OF_PAPERS)
        return _composed(layout.text("digest", values), f"{top}\n"), bottom


@lru_cache(maxsize=512)
def _heading(heading: str, number: int) -> Composed:
    return _laid_out("heading", {"heading": heading, "number": number})


@lru_cache(maxsize=512)
def _more(number: int, where: str, address: str) -> Composed:
    return _laid_out("more", {"number": number, "where": where, "address": address})


def _laid_out(template: str, values: Mapping[str, object]) -> Composed:
    return _composed(layout.text(template, values), layout.piece(template, values).rstrip("\n") + "\n")


def _composed(text: str, html: str) -> Composed:
    return Composed(text, html, encoded(text), encoded(html))


def _joined(pieces: Sequence[Composed]) -> MailBody:
    return MailBody("".join(piece.text for piece in pieces), "".join(piece.html for piece in pieces))


def _filled(foot: str, own: Mapping[str, str]) -> str:
    for name, mark in _MARKS.items():
        foot = foot.replace(mark, own[name])
    return foot


def _filled_html(foot: str, own: Mapping[str, str]) -> str:
    return _filled(foot, {name: str(escape(value)) for name, value in own.items()})
