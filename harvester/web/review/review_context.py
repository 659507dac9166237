"""What all review routes share: the workspace and the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from harvester.base.errors import CatalogError, HarvesterError, UsageError
from harvester.services.review.explanations import doubles
from harvester.services.review.queries import PaperDetail, StandingDecision, last_by, unpublished
from harvester.services.workspace import Workspace
from harvester.web.forms import SESSION, token_of
from harvester.web.pages import PRIVATE, Pages
from harvester.web.review import view
from harvester.web.review.query import View
from harvester.web.signin import user_of


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """What a review route works with."""

    ws: Workspace
    pages: Pages

    def show(self, request: Request, template: str, values: Mapping[str, Any], **more: Any) -> HTMLResponse:
        """A page, or a part of one, for a signed-in user."""
        return show(self.pages, request, template, values, **more)

    def pane(self, detail: PaperDetail | None, at: View, following: str = "", **more: Any) -> dict[str, Any]:
        """The values of the pane: a paper, or None if there is none; `following` is the next paper."""
        shown = view.pane(detail, self.ws.taxonomy) if detail else None
        same = view.similar(doubles(self.ws, detail)) if detail else []
        return {
            "paper": shown,
            "doubles": same,
            "explaining": self.ws.settings.review.explanations > 0,
            "reasons": view.REASONS,
            "at": at,
            "following": following,
            "conflict": None,
            "note": "",
            **more,
        }

    def tail(self, request: Request, made: StandingDecision | None = None) -> dict[str, Any]:
        """The values of the status line: what the next undo takes back, and what is not published yet.

        Args:
            made: what this reviewer just decided; without it, their latest decision is looked up.
        """
        last = made or last_by(self.ws, user_of(request).name)
        return {"last": self._last(last), "unpublished": unpublished(self.ws)}

    def _last(self, found: StandingDecision | None) -> dict[str, Any] | None:
        """What the next undo of this reviewer takes back."""
        if found is None:
            return None
        did = view.done(found.decision, self.ws.taxonomy)
        return {"id": found.paper.id, "title": found.paper.title, "version": found.candidate.version, "did": did}


def show(
    pages: Pages,
    request: Request,
    template: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page, or a part of one, for a signed-in user."""
    csrf = token_of(request.cookies.get(SESSION, ""))
    shown = {"user": user_of(request), "csrf": csrf, "here": request.url.path, **values}
    return pages.render(f"review/{template}", shown, status=status, headers={**PRIVATE, **(headers or {})})


def problem(pages: Pages, request: Request, error: HarvesterError) -> HTMLResponse:
    """One sentence that says what is wrong: in the status line for htmx, else as a page."""
    status = 422 if isinstance(error, UsageError) else 500 if isinstance(error, CatalogError) else 404
    template = "problem" if is_fragment(request) else "problem_page"
    return show(pages, request, template, {"problem": str(error)}, status=status)


def is_fragment(request: Request) -> bool:
    """Whether htmx asks, which wants a part of a page."""
    return request.headers.get("hx-request") == "true"
