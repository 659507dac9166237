"""The scripts, styles and pictures of the server's own pages, at addresses that change when they do."""

import hashlib
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from urllib.parse import parse_qs

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from harvester.catalog.site import pages as site

FOLDER = Path(__file__).parent / "static"
SHARED = ("harvester.catalog.site", site.SHARED)
"""Package and folder of what the site has as well."""
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
    package, folder = SHARED
    own = FOLDER / name
    file = own if own.is_file() else resources(package) / folder / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
