"""Lines that are several: with labels in a row, or with the titles of several papers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from harvester.catalog.importing.citations import cited
from harvester.catalog.importing.dates import is_place_or_date
from harvester.catalog.importing.inline import TOKEN, Inline, Link, join, trimmed
from harvester.catalog.importing.names import names_of
from harvester.catalog.importing.nodes import Line
from harvester.catalog.importing.titles import is_title_link
from harvester.catalog.importing.words import field_of, word_count
from harvester.domain.identity import link_identifier

_LABEL = re.compile(r"(?:^|(?<=[.;,|。，、；\s]))(?P<name>[^\W\d_]{2,12}(?: [^\W\d_]{2,8})?)\s*[:：](?!//)")
_BETWEEN = re.compile(r"[\s,;/|·•&+、，；\[\]]*(?:(?:and|und|y|et|和|及)\s+)?\Z")
_PIECE = re.compile(r"[,;|·•()（），；]")
_GROUPS = re.compile(r"[^\W\d_][^:：\[\](),.]{2,40}[:：]")  # "Foundation models:" before several titles
_EDGES = " ,;/|·•&+、，；"
_AND = re.compile(r"\s(?:and|und|y|et|和|及)\Z")
_SEVERAL = 3  # words of a title
_LONGEST = 4_000  # characters of a line that are looked at


def parts_of(line: Line) -> Iterator[Line]:
    """The line, or the lines that it is, were each written on its own."""
    starts = _labels(line.content)
    yield from _split(line, starts) if len(starts) > 1 else (line,)


def titles_of(line: Line) -> tuple[Line, ...]:
    """The lines that a line with the titles of several papers is; none if it has fewer."""
    starts = _titles(line.content)
    if not starts:
        return ()
    label = line.content.text[: starts[0]].strip(" *_[:：")
    first, *others = _split(line, starts)
    return (replace(first, content=join(first.content, Inline(f" | {label}"))) if label else first, *others)


def _split(line: Line, starts: list[int]) -> Iterator[Line]:
    for whole in line.content.part(starts[0]).split([start - starts[0] for start in starts]):
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
    linked = [(span, span.link) for span in content.of("link") if span.link and _may_be_title(span.link)]
    named = [link_identifier(link.target) for _, link in linked]
    sure = all(named) and any(word_count(link.label) >= _SEVERAL for _, link in linked)
    titles = [(span, link) for span, link in linked if sure or _is_title(link)]
    before = content.text[: titles[0][0].start].strip(" [") if len(titles) > 1 else "none"
    if before and not (_GROUPS.fullmatch(before) and all(named)):
        return []
    shape = TOKEN.sub(lambda found: " " * len(found.group()), content.shape)
    if not all(_only_joins(shape[one.end : other.start]) for (one, _), (other, _) in pairwise(titles)):
        return []
    names = [link_identifier(link.target) or link.target for _, link in titles]
    starts = [span.start for span, _ in titles]
    return starts if len(set(names)) == len(names) else []


def _only_joins(text: str) -> bool:
    """Whether nothing but signs, dates and venues stand between two titles."""
    said = (piece.strip() for piece in _PIECE.split(_AND.sub("", text.rstrip())))
    return bool(_BETWEEN.fullmatch(text)) or all(not piece or is_place_or_date(piece) or cited(piece) for piece in said)


def _may_be_title(link: Link) -> bool:
    return is_title_link(link) and not names_of(link.label)


def _is_title(link: Link) -> bool:
    words = word_count(link.label)
    return words > _SEVERAL or (words == _SEVERAL and bool(link_identifier(link.target)))
