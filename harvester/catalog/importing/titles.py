"""Finds a paper's title in a line of a list: lists set it in bold, as a link, in quotes, or as bare words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.catalog.importing.inline import (
    OPENS_LINK_OR_NOTE,
    TOKEN,
    Inline,
    Kind,
    Link,
    Span,
    join,
    trimmed,
)
from harvester.catalog.published import Published
from harvester.domain.identity import arxiv_version, link_identifier

_NOTE_FIRST = re.compile(r"(?:\[(?P<note>[^\[\]\ue000\ue001]*)\]|\((?P<round>[^()\ue000\ue001]{1,60})\))[\s:,|–—-]*")
_DATE_FIRST = re.compile(r"(?P<note>\d{4}(?:[-./]\d{1,2}){0,2}|[A-Z][a-z]{2,8}\.?,? \d{4})\s*[:,|–—-]+\s+")
_QUOTED = re.compile('[“"](?P<text>[^“”"]{12,300})[”"]')
_SENTENCE = re.compile(r"(?P<text>.{8,}?)(?:\.(?=\s+[A-Z(*_\[])|[.?!]\s*$|\s+[–—-]\s+|$)")
_AUTHORS_FIRST = re.compile(r"[^.]{0,80}\bet al\.?,?\s*(?:\(\d{4}\))?[.,:]?\s+")
_MOST_NOTES = 4
_EDGES = " \t*_`|\\.,:;–—-"
# What lists use as link text instead of a title.
_GENERIC = frozenset(
    """
    abs abstract acm appendix arxiv bib bibtex biorxiv blog cite code colab data dataset demo doi download elsevier full
     github gitlab hal here hf homepage html huggingface ieee implementation jax journal keras link matlab medrxiv
    model more nature notebook official openreview page paper papers paperwithcode pdf poster ppt preprint project
    pubmed python pytorch r read repo repository science slides source springer star stars supp supplement
    supplementary text tf tensorflow the torch tweet twitter unofficial url version video web website weights wiley
    youtube""".split()  # noqa: SIM905 - a list of a hundred words in quotes is no easier to read
)
_PAPER_WORDS = frozenset(
    {
        "abs",
        "arxiv",
        "biorxiv",
        "doi",
        "here",
        "html",
        "link",
        "medrxiv",
        "openreview",
        "paper",
        "pdf",
        "preprint",
        "pubmed",
    }
)


@dataclass(frozen=True, slots=True)
class Titled:
    """A line split into the title (empty if there is none), the title's own link, and everything else."""

    title: Inline
    rest: Inline
    link: str = ""


def find_title(line: Inline, *, bullet: bool, like_a_paper: bool) -> Titled:
    """The title of a block, from its first line.

    Args:
        like_a_paper: whether the block links to a paper, so that bare words may be trusted to be its title.
    """
    before, text = _leading_notes(line)
    for found in _candidates(text, bullet=bullet, like_a_paper=like_a_paper):
        return Titled(found.title, join(before, found.rest), found.link)
    return Titled(Inline(), line)


def begins_bold(line: Inline) -> bool:
    """Whether the first words of a line are in bold."""
    return _first(line, "strong") is not None


def is_generic(label: str) -> bool:
    """Whether a link's text says what kind of link it is ("PDF", "PyTorch code", an arXiv id), so is not a title."""
    if arxiv_version(label) or "://" in label or label.lower().startswith(("10.", "doi:")):
        return True
    words = re.findall(r"[a-z]+", label.lower())
    return not words or (len(words) <= 3 and all(word in _GENERIC for word in words))


def leads_to_paper(link: Link) -> bool:
    """Whether a link leads to a paper, by its label or its address."""
    words = re.findall(r"[a-z]+", link.label.lower())
    return bool(link_identifier(link.target)) or (len(words) <= 3 and any(word in _PAPER_WORDS for word in words))


def _leading_notes(line: Inline) -> tuple[Inline, Inline]:
    """Notes and dates before a title (``[MICCAI 2023] Title``), each in square brackets, and the rest."""
    notes, text = Inline(), trimmed(line)
    for _ in range(_MOST_NOTES):
        shape = text.shape
        found = _NOTE_FIRST.match(shape) or _DATE_FIRST.match(shape)
        if not found:
            break
        rest = text.part(found.end())
        if not rest.text.strip(_EDGES) or shape.startswith(OPENS_LINK_OR_NOTE, found.end()):
            break  # nothing else in the line, or only links follow
        note = text.part(*found.span(found.lastgroup or 0))
        notes, text = join(notes, Inline("["), note, Inline("] ")), rest
    return notes, text


def _candidates(text: Inline, *, bullet: bool, like_a_paper: bool) -> Iterator[Titled]:
    """Possible titles, most credible first."""
    bold = _first(text, "strong")
    if bold and not (_is_note(text, bold) and re.search(r"\w", text.text[bold.end :])):
        yield _from_bold(text, bold)
    linked = _first(text, "link")
    if linked and _is_title(text, linked):
        found = _from_link(text, linked)
        if bullet or _no_prose(found.rest):
            yield found
    if bullet or like_a_paper:
        yield from _further_on(text)
    if like_a_paper:
        yield from _bare(text)
    if bold:
        yield _from_bold(text, bold)


def _first(line: Inline, kind: Kind) -> Span | None:
    """The mark at the very beginning of a line, ignoring brackets around a link."""
    found = next(iter(line.of(kind)), None)
    lead = line.text[: found.start] if found else ""
    return found if lead == "" or (kind == "link" and lead in ("[", "[[")) else None


def _is_title(line: Inline, link: Span) -> bool:
    """Whether a link leads to another site and its text says more than what kind of link it is."""
    return "://" in link.value and not is_generic(line.part(link.start, link.end).words)


def _is_note(line: Inline, bold: Span) -> bool:
    """``**[2023]**`` and ``**2023-07-01**`` are not titles."""
    words = line.part(bold.start, bold.end)
    found = TOKEN.fullmatch(words.shape)
    return (found is not None and found["note"] is not None) or is_date(words.words) or is_generic(words.words)


def _from_bold(line: Inline, bold: Span) -> Titled:
    words, rest = line.part(bold.start, bold.end), line.without(bold.start, bold.end)
    linked = next((span for span in words.of("link") if span.value), None)
    return Titled(words, rest, linked.value if linked else "")


def _from_link(line: Inline, link: Span) -> Titled:
    """A link as the title, without the brackets around it."""
    around = next((found for found in TOKEN.finditer(line.shape) if found.end() >= link.end), None)
    start, end = (min(around.start(), link.start), around.end()) if around else (link.start, link.end)
    return Titled(line.part(link.start, link.end), line.without(start, end), link.value)


def _further_on(line: Inline) -> Iterator[Titled]:
    """A title after authors or a date: in bold, in quotes, or a link of several words."""
    for bold in line.of("strong"):
        if not _is_note(line, bold) and len(line.part(bold.start, bold.end).words.split()) > 2:
            yield _from_bold(line, bold)
    if quoted := _QUOTED.search(line.shape):
        title = trimmed(line.part(*quoted.span("text")), ".,")
        yield Titled(title, line.without(*quoted.span()))
    for link in line.of("link"):
        if _is_title(line, link) and len(line.part(link.start, link.end).words.split()) > 2:
            yield _from_link(line, link)


def _bare(line: Inline) -> Iterator[Titled]:
    """The words before the first link or note: their first sentence, after the authors if those come first."""
    first = TOKEN.search(line.shape)
    lead = re.sub(r"[\s(\[|,:;–—-]+$", "", line.text[: first.start()] if first else line.text)
    skipped = _AUTHORS_FIRST.match(lead)
    start = skipped.end() if skipped else 0
    if found := _SENTENCE.match(lead, start):
        title = trimmed(line.part(*found.span("text")), _EDGES)
        if len(title.words.split()) > 1 and not is_date(title.words):
            yield Titled(title, line.without(*found.span("text")))


def _no_prose(rest: Inline) -> bool:
    """Whether the text after a link at the start of a paragraph is details, not the rest of a sentence."""
    shape = TOKEN.sub(lambda found: " " * len(found.group()), rest.shape)
    start = len(shape) - len(shape.lstrip())
    set_apart = any(span.start == start for kind in ("em", "strong", "code") for span in rest.of(kind))
    return start == len(shape) or set_apart or not shape[start].isalnum() or shape.startswith("by ", start)


def is_date(text: str) -> bool:
    """Whether a text is a date and nothing else, even an impossible one."""
    try:
        return bool(Published.parse(text))
    except ValueError:
        return True
