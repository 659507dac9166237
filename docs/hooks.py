"""MkDocs calls this for every page: it replaces the reference's placeholders with text generated from the code.

A link to a file of the repository outside docs/, which works on GitHub, becomes the file's name.
"""

import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Any

from reference_pages import commands, configuration, documents, tables

from harvester.config.shipped import DEFAULTS

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"^<!-- (generated|json): (.+) -->$", re.MULTILINE)
UPWARD = re.compile(r"\[([^\]]+)\]\((\.\./[^)#\s]+)(?:#[^)]*)?\)")
PARTS = {
    "configuration": lambda: configuration.configuration(DEFAULTS),
    "options": commands.common_options,
    "commands": commands.commands,
    "classifiers": commands.classifier_commands,
    "statuses": commands.exit_statuses,
    "tables": tables.tables,
    "web": lambda: documents.web_addresses(_asked()[1]),
}


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The page with its generated parts."""
    whole = PLACE.sub(lambda found: _part(found[1], found[2]), markdown)
    return UPWARD.sub(lambda found: _named(found, page.file.src_uri), whole)


def _part(kind: str, name: str) -> str:
    return documents.described(_asked()[0][name]) if kind == "json" else PARTS[name]()


def _named(link: re.Match[str], page: str) -> str:
    path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), link[2]))
    outside = not path.startswith("docs/") and (ROOT / path).exists()
    return f"{link[1]} (`{path}`)" if outside else link[0]


@cache
def _asked() -> tuple[dict[str, Any], documents.Routes]:
    """The documents that all pages of the reference name, from a single run of the demo."""
    pages = sorted((ROOT / "docs" / "reference").glob("*.md"))
    found = [PLACE.findall(page.read_text(encoding="utf-8")) for page in pages]
    return documents.ask([name for page in found for kind, name in page if kind == "json"])
