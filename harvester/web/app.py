"""The application: its routes, and the headers of every response."""

from fastapi import FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from harvester.services.workspace import Workspace
from harvester.web import archive, health, links, public, review, signin, subscribe, suggest
from harvester.web.errors import show_errors
from harvester.web.forms import Refused, refuse_foreign
from harvester.web.http import Compression, HeadAsGet
from harvester.web.pages import PRIVATE, Pages
from harvester.web.static_files import FOLDER, SHARED, StaticFilesKept

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    # Some URLs hold a token, which no other site may learn. Our own forms must name their Origin, though.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

SAY_IT = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML", "HX-Reselect": "main > p, p.note"}
"""Where htmx shows an error, whether a page or a part of one: in the status line, and the paper stays as it is."""


def create_app(ws: Workspace) -> FastAPI:
    """The web application on a workspace. Its pages run only our own script files, and could run no others."""
    app = FastAPI(
        title=ws.taxonomy.title, docs_url=None, redoc_url=None, redirect_slashes=False
    )  # its Location would name the Host that was asked for
    app.state.base_url = ws.settings.digest.base_url
    pages = Pages(ws.taxonomy, ws.settings.digest.sender)
    app.mount("/static", StaticFilesKept(directory=FOLDER, packages=[SHARED]))
    guard = signin.Guard(ws)
    app.add_middleware(Compression)

    @app.middleware("http")
    async def same_for_all(request: Request, call_next: RequestResponseEndpoint) -> Response:
        """What no route can forget: forms from other sites are refused, and every response forbids foreign scripts."""
        try:
            refuse_foreign(request, ws.settings)
            answer = await call_next(request)
        except Refused as error:
            answer = pages.message(error.status, "Refused", f"{error}", headers=PRIVATE)
        if answer.status_code >= 400 and answer.status_code != 409 and request.headers.get("hx-request"):
            for name, value in SAY_IT.items():
                answer.headers.setdefault(name, value)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    app.add_middleware(HeadAsGet)  # outermost: what is added last is asked first
    show_errors(app, pages)
    app.include_router(health.routes(ws))
    app.include_router(public.routes(ws))
    app.include_router(subscribe.routes(ws, pages))
    app.include_router(links.routes(ws, pages))
    app.include_router(archive.routes(ws, pages))
    app.include_router(signin.routes(ws, pages, guard))
    app.include_router(suggest.routes(ws, pages))
    app.include_router(review.routes(ws, pages, guard))
    return app
