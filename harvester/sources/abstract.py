"""Abstracts: PubMed's have headings right before the text, those of preprints whatever their server writes."""

import re

from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.feed import plain_text

# <h4>Background</h4>, <title>Abstract</title>; the length is limited because a heading may never end.
_HEADING = re.compile(r"<(h[1-6]|(?:jats:)?title)\b[^<>]*>(.{0,200}?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_NOTHING = re.compile(
    r"\W*(?:(?:the |structured )?abstract|(?:this |no )?abstract(?: (?:is )?(?:not )?available)?|not available"
    r"|null|none|n/?a|abstract (?:is )?missing.{0,60}|abstract truncated at \d+ words)?\W*",
    re.IGNORECASE,
)
# "ABSTRACT We ...", "Abstract: We ...", "Abstract Background ..."; not "Abstract thinking"
_LABEL = re.compile(
    r"\A(?:(?:ABSTRACT|Abstract)\s*[:.]\s*|ABSTRACT\s+(?=[A-Z])|Abstract\s+(?=(?:Background|Objectives?|Aims?"
    r"|Purpose|Introduction|Importance|Context|Methods|We|This|Here|In|The)\b))"
)
_TRUNCATED = re.compile(r"\s*\(ABSTRACT TRUNCATED AT \d+ WORDS\)\W*\Z")


def abstract_of(markup: str) -> str:
    """The abstract as text with its headings: ``Background: We ... Methods: ...``; "" if it consists of markup only.

    A heading that only says "Abstract", or has no text, is dropped.
    """
    begin, *rest = _HEADING.split(markup)  # text, then for each heading: tag, heading, text
    sections = [("", begin), *zip(rest[1::3], rest[2::3], strict=True)]
    text = " ".join(filter(None, (_section(heading, body) for heading, body in sections)))
    return plain_tex(without_label(text))


def without_label(text: str) -> str:
    """The text of an abstract without the word "Abstract" before it; "" if it only says that there is none."""
    return "" if _NOTHING.fullmatch(text) else _TRUNCATED.sub("", _LABEL.sub("", text, count=1))


def _section(heading: str, body: str) -> str:
    text, name = plain_text(body), plain_text(heading).rstrip(" :.")
    if not text or _NOTHING.fullmatch(name):
        return text
    return f"{name}: {text.removeprefix(':').lstrip()}"
