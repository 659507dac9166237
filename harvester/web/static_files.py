"""The server's own scripts, styles and pictures, at addresses that change when they do."""

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"  # a year, as RFC 8246 has it


@cache
def address(name: str) -> str:
    """The URL of a file: browsers need never ask again whether they have what it names."""
    return f"/static/{name}?v={_version(name)}"


class StaticFilesKept(StaticFiles):
    """Serves the files; an address without the present version is asked for each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with its lifetime."""
        response = await super().get_response(path, scope)
        asked = parse_qs(scope["query_string"].decode("ascii", "replace")).get("v", [""])[0]
        known = response.status_code in (200, 304) and asked == _version(path)
        response.headers["Cache-Control"] = _FOR_EVER if known else "no-cache"
        return response


@cache
def _version(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
