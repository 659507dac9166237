"""Responses that a browser or a feed reader keeps and revalidates (RFC 9110, conditional requests)."""

import hashlib

from fastapi import Request, Response


def unless_known(request: Request, body: bytes, media_type: str, cache: str) -> Response:
    """The body, or 304 if the client already has this one; `cache` is the Cache-Control header."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": cache}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
