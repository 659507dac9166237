"""Abstracts: PubMed's have headings right before the text, those of preprints whatever their server writes."""

import re

from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.feed import plain_text

# <h4>Background</h4>, <title>Abstract</title>; the length is limited because a heading may never end.
_HEADING = re.compile(r"<(h[1-6]|(?:jats:)?title)\b[^<>]*>(.{0,200}?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_NOTHING = re.compile(r"(?:(?:the |structured )?abstract|(?:no )?abstract(?: (?:is )?(?:not )?available)?)?\W*", re.I)


def abstract_of(markup: str) -> str:
    """The abstract as text with its headings: ``Background: We ... Methods: ...``; "" if it consists of markup only.

    A heading that only says "Abstract", or has no text, is dropped.
    """
    begin, *rest = _HEADING.split(markup)  # text, then for each heading: tag, heading, text
    sections = [("", begin), *zip(rest[1::3], rest[2::3], strict=True)]
    text = " ".join(filter(None, (_section(heading, body) for heading, body in sections)))
    return "" if _NOTHING.fullmatch(text) else plain_tex(text)


def _section(heading: str, body: str) -> str:
    text, name = plain_text(body), plain_text(heading).rstrip(" :.")
    if not text or _NOTHING.fullmatch(name):
        return text
    return f"{name}: {text.removeprefix(':').lstrip()}"
