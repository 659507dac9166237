"""Renders the templates: text wrapped at 78 columns, HTML with inlined styles, as many mail programs drop sheets."""

import textwrap
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

COLUMNS = 78


def text(template: str, values: Mapping[str, object]) -> str:
    """A plain text, or part of one."""
    return _templates().get_template(f"{template}.txt").render(values)


def page(template: str, values: Mapping[str, object]) -> str:
    """A whole HTML document."""
    return _inliner().inline(_templates().get_template(f"{template}.html").render(values))


def piece(template: str, values: Mapping[str, object]) -> str:
    """Part of an HTML document: whole elements, styled like a page."""
    return _inliner().inline_fragment(_templates().get_template(f"{template}.html").render(values), _sheet())


def wrap(words: str, first: str = "", rest: str = "") -> str:
    """Text in lines of at most 78 columns, after `first` on the first line and `rest` on the others."""
    return textwrap.fill(words, COLUMNS, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("harvester.digest"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["wrap"] = wrap
    return made


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(load_remote_stylesheets=False, extra_css=_sheet())


@cache
def _sheet() -> str:
    return (files("harvester.digest") / "templates" / "mail.css").read_text(encoding="ascii")
