"""Which part of the queue to show, as the page's URL says. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import ImmutableMultiDict

from classifiers.taxonomy import Taxonomy
from harvester.base.clock import parse_day
from harvester.base.errors import UsageError
from harvester.domain.candidates import ORDERS, QueueFilter, parse_order, parse_state
from harvester.domain.text import clean

PAGE = 50  # papers
LONGEST_SEARCH = 200  # characters
LAST_PAGE = 10_000
USEFULNESS = ORDERS[0]


@dataclass(frozen=True, slots=True)
class View:
    """One page of the wanted part of the queue, in one of the `ORDERS`."""

    wanted: QueueFilter = QueueFilter()  # noqa: RUF009 - frozen, so it can be shared
    page: int = 1
    order: str = USEFULNESS

    @property
    def query(self) -> str:
        """The view as the query string of a URL; "" for the plain queue."""
        return urlencode(_pairs(self))

    @property
    def filtered(self) -> bool:
        """Whether anything besides the state narrows the queue."""
        return self.wanted != QueueFilter(self.wanted.state)

    def address(self, paper: str = "") -> str:
        """The page's URL, with a paper selected."""
        pairs = [*_pairs(self), *([("paper", paper)] if paper else [])]
        return f"/review?{urlencode(pairs)}" if pairs else "/review"

    def at(self, page: int) -> "View":
        """Another page of the same view."""
        return replace(self, page=page)

    def other(self, state: str) -> "View":
        """The same view of another state."""
        return View(replace(self.wanted, state=state), order=self.order)

    def sorted(self, order: str) -> "View":
        """The same part of the queue in another order, from its first page."""
        return View(self.wanted, order=order)

    @property
    def everything(self) -> "View":
        """The whole of the state, in the same order."""
        return View(QueueFilter(self.wanted.state), order=self.order)


def read_view(given: ImmutableMultiDict[str, str], taxonomy: Taxonomy) -> View:
    """The view that a URL names.

    Raises:
        UsageError: a state, label, day, scope or order is not valid.
    """
    wanted = QueueFilter(
        state=parse_state(given.get("state") or "pending"),
        labels=tuple(_label(text, taxonomy) for text in dict.fromkeys(filter(None, given.getlist("label")))),
        source=clean(given.get("source", ""))[:100],
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        least=_scope(given.get("least", "")),
        unsure=given.get("unsure", "") == "1",
        words=given.get("q", "").strip()[:LONGEST_SEARCH],
    )
    return View(wanted, _page(given.get("page", "")), parse_order(given.get("sort") or USEFULNESS))


def view_of(taxonomy: Taxonomy, form: Mapping[str, str]) -> View:
    """The view that a form, or the address of another page, carries along as ``view``.

    Raises:
        UsageError: it names something invalid.
    """
    return read_view(ImmutableMultiDict(parse_qsl(form.get("view", ""))), taxonomy)


def _pairs(view: View) -> Sequence[tuple[str, str]]:
    wanted = view.wanted
    pairs: Iterable[tuple[str, str]] = (
        ("state", "" if wanted.state == "pending" else wanted.state),
        ("q", wanted.words),
        *(("label", f"{facet}:{label}") for facet, label in wanted.labels),
        ("source", wanted.source),
        ("since", wanted.since.isoformat() if wanted.since else ""),
        ("until", wanted.until.isoformat() if wanted.until else ""),
        ("least", f"{wanted.least:g}" if wanted.least else ""),
        ("unsure", "1" if wanted.unsure else ""),
        ("sort", "" if view.order == USEFULNESS else view.order),
        ("page", str(view.page) if view.page > 1 else ""),
    )
    return [(name, value) for name, value in pairs if value]


def _label(text: str, taxonomy: Taxonomy) -> tuple[str, str]:
    name, _, label = text.partition(":")
    if not any(facet.id == name and label in facet.label_ids for facet in taxonomy.facets):
        raise UsageError(
            f"There is no label {text[:80]!r} in the taxonomy", remedy="choose one of the labels on the page"
        )
    return name, label


def _day(text: str) -> date | None:
    return parse_day(text) if text else None


def _scope(text: str) -> float:
    try:
        scope = float(text or 0)
    except ValueError:
        scope = -1.0
    if not 0 <= scope <= 1:
        raise UsageError(f"{text[:40]!r} is not a valid scope", remedy="give a number from 0 to 1")
    return scope


def _page(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
    return min(max(1, number), LAST_PAGE)
