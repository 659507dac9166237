"""The lines of a paragraph: which begin another paper, and which only say more about the one above. Pure."""

import re
from collections.abc import Iterator, Sequence

from harvester.catalog.importing.citations import BY, cited
from harvester.catalog.importing.dates import is_place_or_date
from harvester.catalog.importing.eastern_names import is_eastern
from harvester.catalog.importing.facts import PAGES, without_links
from harvester.catalog.importing.inline import Inline, links_in, notes_in
from harvester.catalog.importing.leading_label import label_of
from harvester.catalog.importing.names import FAMILIES_FIRST, names_of
from harvester.catalog.importing.nodes import Line
from harvester.catalog.importing.parts import parts_of, titles_of
from harvester.catalog.importing.titles import find_title, is_generic, is_title_link, leads_to_paper, unmarked
from harvester.catalog.importing.words import plain, word_count
from harvester.domain.identity import link_identifier

_STOP = re.compile(r"[.。](?<!\b[A-Z].)(?<! al\.)\s+|\s*[;|·•()（）]\s*|\s+[–—-]+\s+|\s+(?=(?:by|por|par)\s)")
_INSTITUTION = re.compile(
    r"\b(?:universit|institut|hospital|colleg|laborator|school|academy|faculty|clinic\b)"
    r"|大学|大學|医院|醫院|研究所|研究院|대학|병원",
    re.IGNORECASE,
)
_LONGEST_INSTITUTION = 8  # words
_LONGEST_LINE = 1_000  # characters of a line of authors


def papers_of(lines: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    """The lines of a paragraph, split where another paper begins."""
    group: list[Line] = []
    for whole in lines:
        several = () if group and _is_in_brackets(whole.content) else titles_of(whole)
        for number, line in enumerate(several or _parts(whole, group)):
            if group and ((several and number) or _begins(line, group)):
                yield tuple(group)
                group = []
            group.append(line)
    if group:
        yield tuple(group)


def _parts(line: Line, above: Sequence[Line]) -> Iterator[Line]:
    """The lines that a line is; a line of links in brackets below a title is one."""
    yield from (line,) if above and _is_in_brackets(line.content) else parts_of(line)


def _is_in_brackets(line: Inline) -> bool:
    """Whether a line begins with a link in brackets (``[[Code](...)]``): below a title, it belongs to that paper."""
    return line.text.startswith("[") and any(span.start == 1 for span in line.of("link"))


def _begins(line: Line, above: Sequence[Line]) -> bool:
    """Whether a line of a paragraph begins another paper: in bold, or with a link that is a title."""
    content = unmarked(line.content)
    if content.text.startswith("|"):
        return True
    _, part, start = label_of(content)
    if part and start:
        return False
    first = find_title(above[0].content, bullet=False, like_a_paper=True).title
    bold = next((span for span in content.of("strong") if span.start == 0), None)
    if bold:
        words = content.part(bold.start, bold.end).words.strip(" :：[]")
        if not (is_place_or_date(words) or is_generic(words) or names_of(words)):
            return True
    if _is_like(line, above):
        return True
    link = next((span.link for span in content.of("link") if span.start == 0), None)
    return bool(first and link and is_title_link(link) and word_count(link.label) > 2 and _has_paper(above))


def _is_like(line: Line, above: Sequence[Line]) -> bool:
    """Whether a line has a title and a link to a paper like the one above it: lines between which only breaks stand."""
    if len(above) > 1 or not _may_begin(line.content) or not _may_begin(above[0].content):
        return False
    own, others = (
        {link_identifier(link.target) for link in links_in(content) if leads_to_paper(link)} - {None}
        for content in (line.content, above[0].content)
    )
    several = word_count(find_title(line.content, bullet=False, like_a_paper=True).title) > 2
    return several and bool(own and others) and not own & others and not is_detail(line.content)


def _may_begin(line: Inline) -> bool:
    """Whether a line begins like a title, or like a date or a venue before one."""
    first = unmarked(line).text.lstrip('[(（【「《"“*')[:1]
    return first.isupper() or first.isdigit() or is_eastern(first)


def _has_paper(lines: Sequence[Line]) -> bool:
    return any(leads_to_paper(link) or is_title_link(link) for link in links_in(*(line.content for line in lines)))


def is_detail(line: Inline) -> bool:
    """Whether a line has no title: labelled parts, links that say what they lead to, dates, venues, authors."""
    text = plain(line.text)
    label, part, _ = label_of(unmarked(line))
    if label and part:
        return part not in ("title", "name")
    links = [link for link in links_in(line) if not link.image]
    if any(is_title_link(link) and word_count(link.label) > 2 for link in links):
        return False
    left = plain(without_links(line).text).strip(" ,.;:|-–—()[]*_/&+")
    if not re.search(r"\w", left):
        if _is_bold_text(line):
            return False
        return bool(line.spans) or bool(list(notes_in(line))) or not text
    if line.of("strong") and not _are_names_in_bold(line, left):
        return False
    families = FAMILIES_FIRST.match(left)
    pieces = _STOP.split(left[families.end() :] if families and names_of(families.group()) else left)
    said = [piece for piece in (piece.strip(" ,.:") for piece in pieces) if piece and not PAGES.fullmatch(piece)]
    return all(map(_says_who_or_where, said)) or (len(line.of("em")) == 1 and not links)


def _are_names_in_bold(line: Inline, text: str) -> bool:
    """Whether a text names people, of whom several are in bold, or one who is not the first: a title is one piece."""
    bold = [span for span in line.of("strong") if span.end > span.start]
    several = len(bold) > 1 or bool(bold and names_of(line.text[: bold[0].start]))
    return several and len(names_of(text)) > 1


def _is_bold_text(line: Inline) -> bool:
    """Whether all of a line is in bold, and is more than one link: a title that contains an address."""
    whole = any((span.start, span.end) == (0, len(line.text)) for span in line.of("strong"))
    links = [line.text[span.start : span.end].strip() for span in line.of("link")]
    return whole and bool(links) and line.text.lstrip("[( ").rstrip(") ]") not in [link.rstrip(") ]") for link in links]


def _says_who_or_where(text: str) -> bool:
    """Whether a text names authors, a venue or a date, or authors and then, behind a comma, a venue."""
    text = BY.sub("", text, count=1) if BY.match(text) else text
    if names_of(text) or is_place_or_date(text) or cited(text) or _is_institution(text):
        return True
    commas = (comma.span() for comma in re.finditer(r"[,，、]\s*", text[:_LONGEST_LINE]))
    return any(names_of(text[:start]) and _is_where(text[end:]) for start, end in commas)


def _is_where(text: str) -> bool:
    return is_place_or_date(text) or all(map(_is_institution, re.split(r"[,，;]\s+", text)))


def _is_institution(text: str) -> bool:
    """Whether a text is the name of a university, a hospital and the like."""
    return bool(_INSTITUTION.search(text)) and word_count(text) <= _LONGEST_INSTITUTION and not text[:1].islower()
