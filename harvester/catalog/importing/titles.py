"""Finds a paper's title in a line of a list: lists set it in bold, as a link, in quotes, or as bare words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.catalog.importing.dates import date_of, is_place_or_date, is_venue, named_place, place_and_year
from harvester.catalog.importing.inline import OPENS_LINK_OR_NOTE, TOKEN, Inline, Kind, Link, Span, join, trimmed
from harvester.catalog.importing.long_names import NAME, long_name
from harvester.catalog.importing.names import names_of
from harvester.catalog.importing.sentences import LONGEST, QUOTED, sentence_end
from harvester.catalog.importing.words import IDENTIFIERS, label_before, role_word, without_marks, word_set
from harvester.domain.identity import arxiv_version, link_identifier

_NOTE_FIRST = re.compile(
    r"(?:\[(?P<note>[^\[\]\ue000\ue001]*)\]|[(（](?P<round>[^()（）\ue000\ue001]{1,60})[)）])[\s:,|–—-]*"
)
_DATE_FIRST = re.compile(
    r"(?P<note>\d{4}(?:[-./]\d{1,2}){0,2}|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?,? \d{4})"
    r"(?:\s*[:,|–—-]+\s+|(?<=\d[-./]\d\d)\s+(?=\S))"
)
_PLACE_FIRST = re.compile(
    r"(?P<note>[A-Z][\w&-]{1,15}(?: [A-Z][\w&-]{1,15}){0,2}[ '’-]{1,2}\d{2,4})\s*[:|–—-]+\s+(?=\S)"
)
_LINK_FIRST = re.compile("\\[{0,2}(?P<link>\ue000*\ue001)\\]{0,2}[\\s:,|–—-]*")
_CITED = re.compile(r"(?P<authors>[^()]{3,600}?)\s*\((?P<year>(?:19|20)\d\d)[a-z]?(?:,[^()]{1,30})?\)[.:]?\s+(?=\S)")
_PERSON = r"(?:(?! and | & )[^.,;]){2,40}"
_PEOPLE_FIRST = re.compile(
    rf"(?P<authors>(?:{_PERSON}(?:[,;]| and| &) ){{1,40}}{_PERSON}|[^\W\d_][\w'’-]+ [A-Z]{{1,3}})\.\s+(?=\S)"
)
_VENUE_NEXT = re.compile(
    r"[.?!]?\s*(?P<venue>[A-Z][^.;:\d()\[\]\ue000-\ue001]{2,80}?)(?=[.,;]?\s*\(?\d|\.?\s*(?:\Z|https?://|doi\b))"
)
_AUTHORS_FIRST = re.compile(r"[^.]{0,80}\bet al\.?,?\s*(?:\(\d{4}\))?[.,:]?\s+")
_KANJI_NAME = re.compile(r"[\u4e00-\u9fff]{2,5}")
_TAIL_ROUND = re.compile(r"\s*[(（\[](?P<tail>[^()（）\[\]]{2,60})[)）\]][.。]?\s*$")
_LINKS_FIRST = re.compile(rf"(?:(?:{TOKEN.pattern.replace('?P<note>', '?:')})[\s:,|–—-]*)+")
_SEPARATOR = re.compile(r"[,，.;]\s+|\s+[–—|-]\s+|\s+(?=in\s)")
_MOST_NOTES = 4
_MOST_TAILS = 3
_BAR = Inline(" | ")
_EDGES = " \t*_`|\\,:;–—-"
_AROUND = " \t|,:;–—-"
_QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’", "«": "»", "「": "」", "『": "』", "《": "》", "„": "“"}
_OPEN_ENDS = word_set("a an the of for in on with from by and or to see via is are at into as about")


@dataclass(frozen=True, slots=True)
class Titled:
    """A line split into the title (empty if there is none), the title's own link, and everything else."""

    title: str
    rest: Inline
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    title: Inline
    rest: Inline
    link: Link | None = None


def find_title(line: Inline, *, bullet: bool, like_a_paper: bool) -> Titled:
    """The title of a block, from its first line.

    Args:
        like_a_paper: whether the block links to a paper, so that bare words may be trusted to be its title.
    """
    before, text = _leading_notes(_with_bracketed_place(unmarked(line)))
    _, part, start = label_before(text.text)
    if part == "title":
        text = text.part(start)
    for found in _candidates(text, bullet=bullet, like_a_paper=like_a_paper):
        title, tail = _without_tails(found.title)
        if words := tidy(title.words):
            return Titled(words, join(before, found.rest, tail), found.link)
    return _named_in_place(line)


def _named_in_place(line: Inline) -> Titled:
    """The name in a venue that is all there is: ``[2021-MICCAI-HeartNet](...)``."""
    link = next((span.link for span in line.of("link") if span.link and named_place(span.link.label)), None)
    named = named_place(link.label) if link else None
    return Titled(named[2] if named else "", line, link if named and named[2] else None)


def unmarked(line: Inline) -> Inline:
    """The line without emoji and bullets at its ends."""
    start, end = without_marks(line.text)
    start, end = min(start, len(line.text)), max(start, end)
    outside = [
        span for span in line.spans if span.link and (span.end <= start or span.start >= end) and span.start != span.end
    ]
    return line if outside else trimmed(join(_images(line, 0, start), line.part(start, end), _images(line, end)))


def tidy(title: str) -> str:
    """A title without the quotes around it, the full stop behind it, and emoji."""
    while True:
        start, end = without_marks(title)
        bare = title[start:end].strip(_AROUND)
        if len(bare) > 2 and _QUOTES.get(bare[0]) == bare[-1] and bare[-1] not in bare[1:-1]:
            bare = bare[1:-1]
        if bare.endswith(("。", ".")) and not bare.endswith(("..", " al.")) and len(bare.split()[-1]) > 2:
            bare = bare[:-1]
        if bare == title:
            return bare
        title = bare


def is_generic(label: str) -> bool:
    """Whether a link's text says what kind of link it is ("PDF", "PyTorch code", an arXiv id), so is not a title."""
    if arxiv_version(label) or "://" in label or label.lower().startswith(IDENTIFIERS):
        return True
    return bool(role_word(label))


def leads_to_paper(link: Link) -> bool:
    """Whether a link leads to a paper, by its label or its address."""
    said = role_word(link.label) in ("paper", "pdf", "link") or bool(place_and_year(link.label))
    return not link.image and (bool(link_identifier(link.target)) or said)


def is_title_link(link: Link) -> bool:
    """Whether a link's text is a title: it leads to another site and says more than what kind of link it is."""
    return "://" in link.target and not link.image and not is_generic(link.label) and not is_place_or_date(link.label)


def _images(line: Inline, start: int, end: int | None = None) -> Inline:
    spans = line.part(start, end).spans
    return Inline("", tuple(Span(0, 0, span.kind, span.link) for span in spans if span.link and span.start == span.end))


def _leading_notes(line: Inline) -> tuple[Inline, Inline]:
    """Notes and dates before a title (``[MICCAI 2023] Title``), each in square brackets, and the rest."""
    notes, text = Inline(), trimmed(line)
    for _ in range(_MOST_NOTES):
        found = _note_first(text)
        if not found:
            break
        rest = trimmed(text.part(found.end()))
        rest = rest.part(without_marks(rest.text)[0])
        if not rest.text.strip(_EDGES) or (rest.shape.startswith(OPENS_LINK_OR_NOTE) and not _titular_start(rest)):
            break  # nothing else in the line, or only links follow
        if found.re is _LINK_FIRST:
            notes, text = join(notes, Inline("["), text.part(*found.span("link")), Inline("] ")), rest
        else:
            note = text.part(*found.span(found.lastgroup or 0))
            notes, text = join(notes, Inline("["), note, Inline("] ")), rest
    return notes, text


def _with_bracketed_place(line: Inline) -> Inline:
    """A venue or a date in bold or as code at the beginning, before other words, in square brackets."""
    first = _first(line, "strong") or _first(line, "code")
    if not first or not re.search(r"\w", line.text[first.end :]):
        return line
    said = line.part(first.start, first.end)
    if not is_place_or_date(said.words) or said.of("link"):
        return line
    rest = line.part(first.end)
    return join(Inline(f"[{said.words}] "), trimmed(rest, _AROUND))


def _note_first(text: Inline) -> re.Match[str] | None:
    shape = text.shape[:LONGEST]
    if found := _NOTE_FIRST.match(shape) or _DATE_FIRST.match(shape):
        return found
    if (placed := _PLACE_FIRST.match(shape)) and place_and_year(placed["note"]):
        return placed
    found = _LINK_FIRST.match(shape)
    return found if found and is_place_or_date(text.part(*found.span("link")).words) else None


def _titular_start(text: Inline) -> bool:
    """Whether a line begins with a note, or with a link that is a title."""
    if _note_first(text):
        return True
    first = _first(text, "link")
    return bool(first and first.link and is_title_link(first.link))


def _candidates(text: Inline, *, bullet: bool, like_a_paper: bool) -> Iterator[_Found]:
    """Possible titles, most credible first."""
    bold = _first(text, "strong")
    if bold and not (_is_note(text, bold) and re.search(r"\w", text.text[bold.end :])):
        yield from _from_bold(text, bold, like_a_paper=like_a_paper)
    linked = _first(text, "link")
    if linked and linked.link and is_title_link(linked.link):
        found = _from_link(text, linked)
        if leads_to_paper(linked.link):
            name = text.part(linked.start, linked.end)
            yield from _with_long_name(text, name, linked.end, linked.link, like_a_paper=True)
        if bullet or _no_prose(found.rest):
            yield found
    if bullet or like_a_paper:
        yield from _further_on(text)
    if like_a_paper:
        yield from _cited(text)
        if named := NAME.match(text.shape):
            yield from _with_long_name(text, text.part(0, named.end()), named.end(), None, like_a_paper=True)
        yield from _bare(text, bullet=bullet)
        if bullet:
            yield from _behind_links(text)
    if bold:
        yield from _from_bold(text, bold, like_a_paper=like_a_paper)


def _first(line: Inline, kind: Kind) -> Span | None:
    """The mark at the very beginning of a line, ignoring brackets around a link."""
    found = next((span for span in line.of(kind) if span.end > span.start), None)
    lead = line.text[: found.start].strip() if found else ""
    return found if lead == "" or (kind == "link" and lead in ("[", "[[")) else None


def _is_note(line: Inline, bold: Span) -> bool:
    """``**[2023]**``, ``**2023-07-01**`` and ``**Paper:**`` are not titles."""
    words = line.part(bold.start, bold.end)
    found = TOKEN.fullmatch(words.shape)
    if found is not None and found["note"] is not None:
        return True
    said = words.words.strip(" :：")
    return bool(date_of(said)) or is_generic(said) or bool(place_and_year(said)) or bool(_field_in_bold(line, bold))


def _field_in_bold(line: Inline, bold: Span) -> str:
    _, field, _ = label_before(line.text[bold.start :])
    return field


def _from_bold(line: Inline, bold: Span, *, like_a_paper: bool) -> Iterator[_Found]:
    words, rest = line.part(bold.start, bold.end), _without(line, bold.start, bold.end)
    linked = next((span.link for span in words.of("link")), None)
    yield from _with_long_name(line, words, bold.end, linked, like_a_paper=like_a_paper)
    yield _Found(words, rest, linked)


def _with_long_name(line: Inline, name: Inline, end: int, link: Link | None, *, like_a_paper: bool) -> Iterator[_Found]:
    """A short name and the long one behind it, both together; the long one alone if it is a link."""
    if found := long_name(line, name, end, like_a_paper=like_a_paper):
        yield _Found(found.title, found.rest, found.link or link)


def _from_link(line: Inline, link: Span) -> _Found:
    """A link as the title, without the brackets around it."""
    around = next((found for found in TOKEN.finditer(line.shape) if found.end() >= link.end), None)
    start, end = (min(around.start(), link.start), around.end()) if around else (link.start, link.end)
    return _Found(line.part(link.start, link.end), _without(line, start, end), link.link)


def _further_on(line: Inline) -> Iterator[_Found]:
    """A title after authors or a date: in bold, in quotes, or a link of several words."""
    for bold in line.of("strong"):
        if not _is_note(line, bold) and len(line.part(bold.start, bold.end).words.split()) > 2:
            yield from _from_bold(line, bold, like_a_paper=False)
    if quoted := QUOTED.search(line.shape[:LONGEST]):
        yield _Found(trimmed(line.part(*quoted.span("text")), " .,"), _without(line, *quoted.span()))
    for span in line.of("link"):
        several = len(line.part(span.start, span.end).words.split()) > 2
        if span.link and several and is_title_link(span.link) and not _in_sentence(line.text[: span.start]):
            yield _from_link(line, span)


def _without(line: Inline, start: int, end: int) -> Inline:
    """The line without its title, and a bar in its place if it has other words before it."""
    before = line.part(0, start)
    return join(before, _BAR if before.text.strip() else Inline(), line.part(end))


def _in_sentence(before: str) -> bool:
    """Whether the words before a link lead into it."""
    words = before.lower().split()
    return bool(words) and words[-1].strip("(") in _OPEN_ENDS


def _cited(line: Inline) -> Iterator[_Found]:
    """``Dee, A., & Poe, B. (2021). Title. Venue`` and ``Dee A, Poe B. Title.``, as in references (APA, Vancouver)."""
    text = line.text[:LONGEST]
    found = _CITED.match(text) or _PEOPLE_FIRST.match(text)
    if found and names_of(found["authors"]):
        after = line.part(found.end())
        first = TOKEN.search(after.shape)
        stop = sentence_end(after.text[: first.start()] if first else after.text)
        yield _Found(after.part(0, stop), join(line.part(0, found.end()), _BAR, _with_venue(after.part(stop))))


def _with_venue(rest: Inline) -> Inline:
    """What is behind the title of a reference; the words before the year or the volume, its venue, in italics."""
    found = _VENUE_NEXT.match(rest.text)
    return Inline(rest.text, (*rest.spans, Span(*found.span("venue"), "em"))) if found else rest


def _bare(line: Inline, *, bullet: bool) -> Iterator[_Found]:
    """The words before the first link or note: their first sentence, after the authors if those come first."""
    first = TOKEN.search(line.shape)
    stop = first.start() if first else len(line.text)
    lead = line.text[: min(stop, LONGEST)].rstrip(" (（[")
    lead = lead[: without_marks(lead)[1]].rstrip(" (（[|,:;–—-")
    skipped = _AUTHORS_FIRST.match(lead)
    start = skipped.end() if skipped else 0
    end = start + sentence_end(lead[start:])
    end = _before_people(lead, start, end)
    title = trimmed(line.part(start, end), _EDGES)
    words = title.words.split()
    if not words or date_of(title.words) or not re.search(r"[^\W\d_]", title.text) or is_generic(title.words):
        return
    if first is not None and _in_sentence(lead) and end == len(lead):
        return  # "Another thing on [the web](...)"
    if len(words) == 1 and not bullet:
        return
    yield _Found(title, _without(line, start, end))


def _behind_links(line: Inline) -> Iterator[_Found]:
    """``[[PDF](...)] Title``: the words behind the links at the beginning."""
    links = _LINKS_FIRST.match(line.shape)
    for found in _bare(line.part(links.end()), bullet=False) if links else ():
        if not names_of(found.title.words) and not is_place_or_date(found.title.words):
            yield _Found(found.title, join(line.part(0, links.end() if links else 0), found.rest))


def _before_people(text: str, start: int, end: int) -> int:
    """Where the title ends if authors, a venue or a date follow it between commas."""
    parts = list(re.finditer(r"[,，]\s+|、\s*", text[start:end]))
    for number, comma in enumerate(parts):
        stop = start + parts[number + 1].start() if number + 1 < len(parts) else end
        part = text[start + comma.end() : stop]
        opened = text.rfind("(", start, start + comma.start())
        if opened > start and ")" not in text[opened : start + comma.start()] and names_of(text[opened + 1 : stop]):
            return opened  # "Title (A. Dee, B. Poe, 2022)"
        several = len(text[start : start + comma.start()].split()) > 1 or comma.group().startswith("、")
        if several and (names_of(part) or is_place_or_date(part)):
            alone = number > 0 and _KANJI_NAME.fullmatch(text[start + parts[number - 1].end() : start + comma.start()])
            return start + (parts[number - 1] if alone else comma).start()
    return end


def _without_tails(title: Inline) -> tuple[Inline, Inline]:
    """A title, and the venue and year behind it, which lists put into the same link, bold or sentence."""
    tail, title = Inline(), Inline(title.text, tuple(span for span in title.spans if not span.link))
    for _ in range(_MOST_TAILS):
        cut = _tail(title)
        if not cut or len(title.text[: cut[0]].split()) < 1:
            break
        said = title.part(*cut[1])
        title, tail = title.part(0, cut[0]), join(Inline(" ["), said, Inline("]"), tail)
    return title, tail


def _tail(title: Inline) -> tuple[int, tuple[int, int]] | None:
    """Where the last venue or date in a title starts, and which characters say it."""
    shape = title.shape[:LONGEST]
    found = _TAIL_ROUND.search(shape[-80:])
    if found and is_place_or_date(found["tail"]):
        behind = max(0, len(shape) - 80)
        return behind + found.start(), (behind + found.start("tail"), behind + found.end("tail"))
    for separator in reversed(list(_SEPARATOR.finditer(shape))[-4:]):
        said = shape[separator.end() :].strip(" .")
        plain_year = separator.group().strip() in (",", ".") and date_of(said)
        if (
            said
            and len(shape[: separator.start()].split()) > 1
            and (_is_tail(said, title, separator.end()) or plain_year)
        ):
            return separator.start(), (separator.end(), len(title.text))
    return None


def _is_tail(said: str, title: Inline, start: int) -> bool:
    if found := place_and_year(said):
        return is_venue(found[1])
    emphasised = any(span.start <= start + 4 and span.end >= start + 2 for span in title.of("em"))
    return emphasised and bool(place_and_year(said, trusted=True))


def _no_prose(rest: Inline) -> bool:
    """Whether the text after a link at the start of a paragraph is details, not the rest of a sentence."""
    shape = TOKEN.sub(lambda found: " " * len(found.group()), rest.shape)
    start = len(shape) - len(shape.lstrip())
    set_apart = any(span.start == start for kind in ("em", "strong", "code") for span in rest.of(kind))
    return start == len(shape) or set_apart or not shape[start].isalnum() or shape.startswith("by ", start)
