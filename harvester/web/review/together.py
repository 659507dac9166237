"""What other reviewers do, sent to open pages as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html

All streams of a process share one look at the store per `PAUSE`. Between two looks a stream holds neither a connection
to the database nor a thread. It ends after a while, and the browser opens another one: so a session that ended is
noticed, and no proxy sees an idle connection.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from time import monotonic
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from harvester.base.errors import StoreError
from harvester.domain.together import Happenings, Presence
from harvester.services.review.progress import progress
from harvester.services.review.together import happenings, read_now
from harvester.services.workspace import Workspace
from harvester.web.forms import Posted
from harvester.web.pages import PRIVATE
from harvester.web.review.review_context import ReviewContext
from harvester.web.signin import EVENTS, user_of
from harvester.web.workers import ReviewRoute

PAUSE = 0.6  # seconds between two looks at the store: what a look has just missed is shown after two at the latest
LIFE = 55.0  # seconds of a stream: less than proxies allow for an idle connection
RETRY = 1_000  # milliseconds until the browser opens the next one
MOST, MOST_EACH = 200, 8  # open streams, in all and for one reviewer
HEADERS = {**PRIVATE, "X-Accel-Buffering": "no"}  # nginx would collect events before it passes them on


class Streams:
    """The open streams of this process, and what they share."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._turn = asyncio.Lock()
        self._looked = -float("inf")
        self._known: dict[int, Happenings] = {}
        self._open: Counter[str] = Counter()

    def full(self, name: str) -> bool:
        """Whether this reviewer, or all of them, have as many streams as they may."""
        return self._open[name] >= MOST_EACH or self._open.total() >= MOST

    async def events(self, request: Request, after: int) -> AsyncIterator[str]:
        """A stream that begins after a decision, until the browser leaves, the server stops, or `LIFE` is over."""
        name, until = user_of(request).name, monotonic() + LIFE
        self._open[name] += 1
        shown: tuple[Presence, ...] | None = None
        try:
            yield f"retry: {RETRY}\n\n"
            while monotonic() < until and not _stops(request):
                found = await self._since(after)
                for text in told(found, shown):
                    yield text
                after, shown = found.newest, found.present
                await asyncio.sleep(PAUSE)
        except StoreError:
            return  # the browser tries again
        finally:
            self._open[name] -= 1

    async def _since(self, decision: int) -> Happenings:
        async with self._turn:
            if monotonic() - self._looked >= PAUSE:
                self._looked, self._known = monotonic(), {}
            if decision not in self._known:
                self._known[decision] = await run_in_threadpool(happenings, self._ws, decision)
            return self._known[decision]


def routes(context: ReviewContext) -> APIRouter:
    """The stream, and where browsers say which paper is open."""
    router, streams = APIRouter(route_class=ReviewRoute), Streams(context.ws)

    @router.get("/review/events")
    async def events(request: Request, after: str = "") -> Response:
        decision = _number(request.headers.get("last-event-id", "") or after)
        if EVENTS not in request.headers.get("accept", ""):
            found = await run_in_threadpool(happenings, context.ws, decision)
            return Response("".join(told(found, None)), media_type=EVENTS, headers=HEADERS)
        if streams.full(user_of(request).name):
            return Response("Too many pages are open.", 503, {**PRIVATE, "Retry-After": "30"})
        return StreamingResponse(streams.events(request, decision), media_type=EVENTS, headers=HEADERS)

    @router.get("/review/progress")
    def where(request: Request) -> Response:
        return context.show(request, "progress", {"progress": progress(context.ws, user_of(request).name)})

    @router.post("/review/reading")
    def reading(request: Request, form: Posted) -> Response:
        read_now(context.ws, user_of(request), form.get("paper", ""))
        return Response(status_code=204, headers=PRIVATE)

    return router


def told(found: Happenings, shown: Iterable[Presence] | None) -> list[str]:
    """The events that tell a page what it does not show yet. Pure.

    Args:
        shown: who reads what as the page shows it; None if it shows nobody yet.
    """
    texts = []
    if found.changes:
        changes = [
            {"paper": change.paper, "state": change.state, "version": change.version, "by": change.by}
            for change in found.changes
        ]
        texts.append(_event("changes", {"changes": changes, "counts": dict(found.counts)}, found.newest))
    if shown is None or tuple(shown) != found.present:
        present = [{"paper": one.paper, "by": one.by} for one in found.present]
        texts.append(_event("present", present, found.newest))
    return texts


def reading(present: Iterable[Presence], me: str) -> dict[int, str]:
    """Who besides oneself reads which paper, as ``bob is reading this``."""
    found: dict[int, list[str]] = {}
    for one in present:
        if one.by != me:
            found.setdefault(one.paper, []).append(one.by)
    return {
        paper: f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} reading this" for paper, names in found.items()
    }


def _event(name: str, data: Any, number: int) -> str:
    return f"event: {name}\nid: {number}\ndata: {json.dumps(data)}\n\n"


def _number(text: str) -> int:
    """A decision's number; 0, before the first, if it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _stops(request: Request) -> bool:
    """Whether the server is shutting down, for which it waits for all responses."""
    stopping = getattr(request.app.state, "stopping", None)
    return bool(stopping and stopping())
