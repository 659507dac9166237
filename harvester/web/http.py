"""What RFC 9110 asks of every route: HEAD wherever there is GET, Allow beside 405, and compression.

Only responses that may be stored are compressed: the others hold form tokens, whose letters a page of another site
could learn from the length of compressed responses (BREACH, https://breachattack.com).
"""

from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipResponder
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SMALL = 500  # bytes that are not worth compressing
_LEVEL = 6  # takes half the time of 9 and makes hardly more bytes


class HeadAsGet:
    """Answers HEAD with the headers of GET (RFC 9110, section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, without_body)
        else:
            await self.app(scope, receive, send)


class Compression:
    """Compresses public responses with gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        takes_gzip = scope["type"] == "http" and "gzip" in Headers(scope=scope).get("accept-encoding", "")
        app = _Compressor(self.app, _SMALL, _LEVEL) if takes_gzip else self.app
        await app(scope, receive, send)


class _Compressor(GZipResponder):
    async def send_with_compression(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            if "no-store" in headers.get("cache-control", ""):
                self.content_encoding_set = True  # as if it were compressed already
                await self.send(message)
                return
            if (tag := headers.get("etag", "")).startswith('"'):
                headers["etag"] = f"W/{tag}"  # the same page in other bytes (RFC 9110, section 8.8.3.3)
        await super().send_with_compression(message)


def allowed(routes: Sequence[BaseRoute], scope: Scope) -> str:
    """The value of Allow for a path: every method that one of the routes takes; files are only read."""
    whole = {**scope, "root_path": scope.get("app_root_path", scope["root_path"])}  # a mounted application has its own
    matching = (route for route in iter_route_contexts(routes) if route.matches(whole)[0] is not Match.NONE)
    methods = {method for route in matching for method in route.methods or {"GET"}}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
