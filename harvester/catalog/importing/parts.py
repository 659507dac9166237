"""Lines that are several: with labels in a row, or with the titles of several papers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from harvester.catalog.importing.inline import TOKEN, Inline, Link, trimmed
from harvester.catalog.importing.names import names_of
from harvester.catalog.importing.nodes import Line
from harvester.catalog.importing.titles import is_title_link
from harvester.catalog.importing.words import field_of, word_count
from harvester.domain.identity import link_identifier

_LABEL = re.compile(r"(?:^|(?<=[.;,|。，、；\s]))(?P<name>[^\W\d_]{2,12}(?: [^\W\d_]{2,8})?)\s*[:：](?!//)")
_BETWEEN = re.compile(r"[\s,;/|·•&+、，；\[\]]*(?:(?:and|und|y|et|和|及)\s+)?\Z")
_EDGES = " ,;/|·•&+、，；"
_AND = re.compile(r"\s(?:and|und|y|et|和|及)\Z")
_SEVERAL = 3  # words of a title
_LONGEST = 4_000  # characters of a line that are looked at


def parts_of(line: Line) -> Iterator[Line]:
    """The line, or the lines that it is, were each written on its own."""
    starts = _labels(line.content) or _titles(line.content)
    if len(starts) < 2:
        yield line
        return
    for whole in line.content.split(starts):
        part = trimmed(whole, _EDGES)
        joining = _AND.search(part.text)
        yield replace(line, content=part.part(0, joining.start()) if joining else part)


def _labels(content: Inline) -> list[int]:
    """Where the labels of a line stand that begins with ``Title:``; none if it has only this one."""
    found = [(label.start("name"), field_of(label["name"])) for label in _LABEL.finditer(content.shape[:_LONGEST])]
    starts = [start for start, field in found if field]
    return starts if found and found[0] == (0, "title") and len(starts) > 1 else []


def _titles(content: Inline) -> list[int]:
    """Where the titles of a line stand that has several, all of them links, and nothing but signs between them."""
    spans = [span for span in content.of("link") if span.link and _is_title(span.link)]
    if len(spans) < 2 or content.text[: spans[0].start].strip(" ["):
        return []
    shape = TOKEN.sub(lambda found: " " * len(found.group()), content.shape)
    if not all(_BETWEEN.fullmatch(shape[before.end : after.start]) for before, after in pairwise(spans)):
        return []
    names = [link_identifier(span.link.target) or span.link.target for span in spans if span.link]
    return [span.start for span in spans] if len(set(names)) == len(names) else []


def _is_title(link: Link) -> bool:
    words = word_count(link.label)
    several = words > _SEVERAL or (words == _SEVERAL and bool(link_identifier(link.target)))
    return several and is_title_link(link) and not names_of(link.label)
