"""Finds a paper's title in a line of a list: lists set it in bold, as a link, in quotes, or as bare words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.catalog.importing.bars import titled_part
from harvester.catalog.importing.citations import cited, people_behind_by
from harvester.catalog.importing.data_sets import is_counted
from harvester.catalog.importing.dates import date_of, is_place_or_date, named_place, place_and_year
from harvester.catalog.importing.eastern_names import is_lone_name
from harvester.catalog.importing.inline import OPENS_LINK_OR_NOTE, TOKEN, Inline, Kind, Link, Span, join, trimmed
from harvester.catalog.importing.long_names import NAME, has_words_in_lower_case, long_name
from harvester.catalog.importing.names import FAMILIES_FIRST, is_surname, names_of
from harvester.catalog.importing.references import reference_in, with_names_turned
from harvester.catalog.importing.sentences import LONGEST, QUOTED, sentence_end
from harvester.catalog.importing.title_ends import (
    BAR,
    EDGES,
    NOTE_FIRST,
    with_citations_last,
    without_head,
    without_tails,
)
from harvester.catalog.importing.words import (
    IDENTIFIERS,
    ROLES,
    label_before,
    role_word,
    without_marks,
    word_count,
    word_set,
)
from harvester.domain.identity import arxiv_version, link_identifier

_DATE_FIRST = re.compile(
    r"(?P<note>\d{4}(?:[-./]\d{1,2}){0,2}|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?,? \d{4})"
    r"(?:\s*[:,|–—-]+\s+|(?<=\d[-./]\d\d)\s+(?=\S))"
)
_PLACE_FIRST = re.compile(
    r"(?P<note>[A-Z][\w&-]{1,15}(?: [A-Z][\w&-]{1,15}){0,2}[ '’-]{1,2}\d{2,4})\s*[:|–—-]+\s+(?=\S)"
)
_LINK_FIRST = re.compile("\\[{0,2}(?P<link>\ue000*\ue001)\\]{0,2}[\\s:,|–—-]*")
_AUTHORS_FIRST = re.compile(r"[^.]{0,80}\bet al\.?,?\s*(?:\(\d{4}\))?[.,:]?\s+")
_BOOK = re.compile("[^《》\\[\\]\ue000\ue001]{0,60}《(?P<title>[^《》\ue000\ue001]{6,200})》")
_REFERS = re.compile(r"[.:]\s+(?:[A-Z]\w* )?(?:see|read|visit|check(?: out)?)\Z", re.IGNORECASE)
_KANJI_NAME = re.compile(r"[\u4e00-\u9fff]{2,5}")
_LINKS_FIRST = re.compile(rf"(?:(?:{TOKEN.pattern.replace('?P<note>', '?:')})[\s:,|–—-]*)+")
_MOST_NOTES = 4
_WORD = 40  # characters before a link in which the last word is looked for
_AROUND = " \t|,:;，、；：–—=-"
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
    bare = with_citations_last(unmarked(line))
    if counted := _counted(bare):
        return Titled(tidy(counted.title.words), counted.rest, counted.link)
    before, text = _leading_notes(_with_bracketed_place(bare))
    _, part, start = label_before(text.text)
    if part == "authors":
        return Titled("", line)
    if part == "title":
        text = text.part(start)
    for found in _candidates(text, bullet=bullet, like_a_paper=like_a_paper):
        head, title = without_head(found.title)
        title, tail = without_tails(title)
        words = tidy(title.words)
        if words and not FAMILIES_FIRST.fullmatch(f"{words}.") and not _names_links(words):
            return Titled(words, join(before, head, found.rest, tail), found.link)
    return _named_in_place(line)


def _names_links(title: str) -> bool:
    """Whether a title is only what links are called: ``Code``, ``Datasets``."""
    return role_word(title) not in ("", "link") and all(word.lower() in ROLES for word in title.split())


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
    said = is_generic(link.label) or is_place_or_date(link.label) or cited(link.label)
    return "://" in link.target and not link.image and not said


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
        if not rest.text.strip(EDGES) or (rest.shape.startswith(OPENS_LINK_OR_NOTE) and not _titular_start(rest)):
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
    if not (is_place_or_date(said.words) or arxiv_version(said.words)) or said.of("link"):
        return line
    rest = line.part(first.end)
    return join(Inline(f"[{said.words}] "), trimmed(rest, _AROUND))


def _note_first(text: Inline) -> re.Match[str] | None:
    shape = text.shape[:LONGEST]
    if found := NOTE_FIRST.match(shape) or _DATE_FIRST.match(shape):
        return found
    if (placed := _PLACE_FIRST.match(shape)) and place_and_year(placed["note"]):
        return placed
    found = _LINK_FIRST.match(shape)
    said = text.part(*found.span("link")).words if found else ""
    return found if is_place_or_date(said) or cited(said) else None


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
        yield from _in_words(text, bullet=bullet)
    if bold:
        yield from _from_bold(text, bold, like_a_paper=like_a_paper)


def _in_words(text: Inline, *, bullet: bool) -> Iterator[_Found]:
    """Possible titles that no mark sets apart."""
    if (marked := _BOOK.match(line_text := text.shape[:LONGEST])) and not is_place_or_date(marked["title"]):
        before = line_text[: marked.start("title") - 1].strip(" ，,:：、")
        if not before or names_of(before):
            yield _Found(text.part(*marked.span("title")), _without(text, marked.start("title") - 1, marked.end()))
    if parted := titled_part(text):
        yield _Found(*parted)
    if referred := reference_in(text):
        yield _Found(*referred)
    if named := NAME.match(text.shape):
        yield from _with_long_name(text, text.part(0, named.end()), named.end(), None, like_a_paper=True)
    yield from _bare(text, bullet=bullet)
    if bullet:
        yield from _behind_links(text)


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
    """A title after authors or a date: in italics, in bold, in quotes, or a link of several words."""
    if italics := _behind_people(line):
        yield _Found(line.part(italics.start, italics.end), _without(line, italics.start, italics.end))
    for bold in line.of("strong"):
        if word_count(line.text[bold.start : bold.end]) > 2 and not _is_note(line, bold):
            yield from _from_bold(line, bold, like_a_paper=False)
    quoted = QUOTED.search(line.shape[:LONGEST])
    if quoted and not _is_inside_title(line.shape, *quoted.span()):
        before = with_names_turned(line.part(0, quoted.start()))
        rest = join(before, BAR if before.text.strip() else Inline(), line.part(quoted.end()))
        yield _Found(trimmed(line.part(*quoted.span("text")), " .,"), rest)
    for span in line.of("link"):
        several = word_count(line.text[span.start : span.end]) > 2
        if (
            span.link
            and several
            and is_title_link(span.link)
            and not _in_sentence(line.text[max(0, span.start - _WORD) : span.start])
        ):
            yield _from_link(line, span)


def _behind_people(line: Inline) -> Span | None:
    """Words in italics behind one author, ``Ann Dee. *Leaflets in one pass*``, that are no name of a journal."""
    span = next(iter(line.of("em")), None)
    people = line.text[: span.start].strip(" .,") if span else ""
    if not span or NAME.fullmatch(people) or not (is_surname(people) or names_of(people)):
        return None
    said = line.text[span.start : span.end]
    return span if word_count(said) > 2 and has_words_in_lower_case(said) and not names_of(said) else None


def _without(line: Inline, start: int, end: int) -> Inline:
    """The line without its title, and a bar in its place if it has other words before it."""
    before = line.part(0, start)
    return join(before, BAR if before.text.strip() else Inline(), line.part(end))


def ends_open(text: str) -> bool:
    """Whether a text ends with a word that others must follow: ``of``, ``the``."""
    return _in_sentence(text)


def _in_sentence(before: str) -> bool:
    """Whether the words before a link lead into it."""
    words = before.lower().split()
    return bool(words) and words[-1].strip("(") in _OPEN_ENDS


def _bare(line: Inline, *, bullet: bool) -> Iterator[_Found]:
    """The words before the first link or note: their first sentence, after the authors if those come first."""
    first = TOKEN.search(line.shape)
    stop = first.start() if first else len(line.text)
    lead = line.text[: min(stop, LONGEST)].rstrip(" (（[")
    lead = lead[: without_marks(lead)[1]].rstrip(" (（[|,:;，、；：–—-")
    skipped = _AUTHORS_FIRST.match(lead)
    if skipped and not names_of(re.sub(r"\(\d{4}\)", "", skipped.group()).strip(" .,:")):
        skipped = None
    start = skipped.end() if skipped else 0
    end = start + sentence_end(lead[start:])
    end = _before_people(lead, start, end)
    title = trimmed(line.part(start, end), EDGES)
    words = title.words.split()
    if not words or date_of(title.words) or not re.search(r"[^\W\d_]", title.text) or is_generic(title.words):
        return
    if first is not None and _in_sentence(lead) and end == len(lead):
        return  # "Another thing on [the web](...)"
    if not bullet and (_REFERS.search(lead[end:]) or (_in_sentence(lead) and _names_another(line, stop))):
        return  # "Papers with code are marked. See [the survey](...)"
    if len(words) == 1 and word_count(title.words) == 1 and not bullet:
        return
    yield _Found(title, _without(line, start, end))


def _names_another(line: Inline, start: int) -> bool:
    """Whether the link there is a title: a sentence that leads to it speaks of another paper."""
    link = next((span.link for span in line.of("link") if span.start >= start), None)
    return bool(link and is_title_link(link) and word_count(link.label) > 2)


def _behind_links(line: Inline) -> Iterator[_Found]:
    """``[[PDF](...)] Title``: the words behind the links at the beginning."""
    links = _LINKS_FIRST.match(line.shape)
    for found in _bare(line.part(links.end()), bullet=False) if links else ():
        if not names_of(found.title.words) and not is_place_or_date(found.title.words):
            yield _Found(found.title, join(line.part(0, links.end() if links else 0), found.rest))


def _before_people(text: str, start: int, end: int) -> int:
    """Where the title ends if authors, a venue or a date follow it between commas."""
    parts = list(re.finditer(r",\s+|[，、]\s*", text[start:end]))
    for number, comma in enumerate(parts):
        stop = start + parts[number + 1].start() if number + 1 < len(parts) else end
        part = text[start + comma.end() : stop]
        opened = text.rfind("(", start, start + comma.start())
        if opened > start and ")" not in text[opened : start + comma.start()]:
            inside = text[opened + 1 :].partition(")")[0]
            if names_of(text[opened + 1 : stop]) or is_place_or_date(inside):
                return opened  # "Title (A. Dee, B. Poe, 2022)", "Title (Europace, 2021)"
            continue
        several = word_count(text[start : start + comma.start()]) > 1 or comma.group().startswith("、")
        if several and (names_of(part) or is_place_or_date(part)):
            head, _, last = text[start : start + comma.start()].rpartition(" ")
            if not number and head and is_lone_name(last):
                return start + len(head)  # "题目 张三、李四"
            alone = number > 0 and _KANJI_NAME.fullmatch(text[start + parts[number - 1].end() : start + comma.start()])
            stop = start + (parts[number - 1] if alone else comma).start()
            by = people_behind_by(text[start:stop])
            return start + by if by > 0 else stop
    return end


def _counted(line: Inline) -> _Found | None:
    """A data set, which is said to hold so many recordings: ``[CPSC2018](...), 6,877 recordings``."""
    first = _first(line, "link") or _first(line, "strong")
    if not first:
        named = re.match(r"[A-Z][\w&+.-]*(?:\s\d{4})?(?=\s*[:：,，(（])", line.shape)
        first = Span(*named.span(), "strong") if named and is_place_or_date(named.group()) else None
    if not first or not is_place_or_date(line.text[first.start : first.end]) or not is_counted(line.shape, first.end):
        return None
    inside = next((span.link for span in line.of("link") if first.start <= span.start < first.end), None)
    return _Found(line.part(first.start, first.end), _without(line, first.start, first.end), inside)


def _is_inside_title(shape: str, start: int, end: int) -> bool:
    """Whether a quotation is part of a sentence: Chinese or Japanese words go on right before or behind it."""
    if shape[start] not in "「『":
        return False
    return shape[end : end + 1].isalnum() or shape[max(0, start - 1) : start].isalnum()


def _no_prose(rest: Inline) -> bool:
    """Whether the text after a link at the start of a paragraph is details, not the rest of a sentence."""
    shape = TOKEN.sub(lambda found: " " * len(found.group()), rest.shape)
    start = len(shape) - len(shape.lstrip())
    set_apart = any(span.start == start for kind in ("em", "strong", "code") for span in rest.of(kind))
    return start == len(shape) or set_apart or not shape[start].isalnum() or shape.startswith("by ", start)
