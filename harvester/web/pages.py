"""Pages from templates."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from classifiers.taxonomy import Taxonomy
from harvester.catalog.site.navigation import SERVED, VIEWS, Links
from harvester.web.static_files import address

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""For pages whose URL holds a token, or that only some people may see."""


class Pages:
    """Renders the templates with the values that all of them show."""

    def __init__(self, taxonomy: Taxonomy, sender: str) -> None:
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader("harvester.web"), PackageLoader("harvester.catalog.site")]),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "site": taxonomy.title,
            "definition": taxonomy.scope.definition,
            "contact": parseaddr(sender)[1],
            "site_views": VIEWS,
            "site_pages": SERVED,
            "static": address,
        }

    def render(
        self, template: str, values: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """A page from a template."""
        content = self._templates.get_template(f"{template}.html").render(values)
        return HTMLResponse(content, status, headers)

    def message(
        self,
        status: int,
        heading: str,
        words: str,
        *,
        ask_again: bool = False,
        headers: Mapping[str, str] | None = None,
        links: Links = (),
    ) -> HTMLResponse:
        """A page with one message; with `ask_again`, also how to get a new confirmation link."""
        values = {"heading": heading, "words": words, "ask_again": ask_again, "button": "", "links": links}
        return self.render("message", values, status=status, headers=headers)

    def button(self, heading: str, words: str, button: str, links: Links = ()) -> HTMLResponse:
        """A page that asks a question, with a button that posts to the page's own URL."""
        values = {"heading": heading, "words": words, "ask_again": False, "button": button, "links": links}
        return self.render("message", values, headers=PRIVATE)

    def done(self, heading: str, words: str, links: Links = ()) -> HTMLResponse:
        """A page that says what was done."""
        return self.message(200, heading, words, headers=PRIVATE, links=links)
