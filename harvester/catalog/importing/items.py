"""Finds the items of a page: what may be a paper, with title, links, venue, date, authors and notes. Pure.

It knows nothing of labels; `places` decides where an item belongs, and whether it is a paper.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from harvester.catalog.importing.data_sets import is_counted
from harvester.catalog.importing.dates import date_of
from harvester.catalog.importing.facts import Facts, without_links
from harvester.catalog.importing.footnotes import with_footnotes
from harvester.catalog.importing.inline import Inline, Link, links_in, notes_in
from harvester.catalog.importing.item import Item, joined_notes
from harvester.catalog.importing.leading_label import label_of
from harvester.catalog.importing.no_papers import has_such_name
from harvester.catalog.importing.nodes import (
    Bullet,
    Close,
    Heading,
    Hidden,
    Line,
    Node,
    Rule,
    Table,
    Text,
    contents_of,
    every,
)
from harvester.catalog.importing.paragraphs import is_detail, papers_of
from harvester.catalog.importing.records_as_tables import with_records_as_lines
from harvester.catalog.importing.roles import TITLE, leads_to_people, leads_to_publisher, names_part
from harvester.catalog.importing.rows import row_items
from harvester.catalog.importing.titles import (
    Titled,
    find_title,
    is_generic,
    is_title_link,
    leads_to_paper,
    tidy,
    unmarked,
)
from harvester.catalog.importing.unknown import is_grouping
from harvester.catalog.importing.words import plain, role_word, word_count
from harvester.domain.identity import link_identifier

LABEL_LEVEL, GROUP_LEVEL = 60, 70  # of bold lines and of bullets that group others: below all headings
_LONGEST_BODY = 40  # nodes below a heading that is a title
_NUMBER = re.compile(r"\A\d{1,3}[.)]\s+(?=\S)")  # of a heading
_SITE = "project"
_FEWEST = 3  # words of a heading that is a title, unless authors are below it
_NAME = 3  # words of a data set's name
_DATA_SET = re.compile(r"(?=.*.[A-Z\d])[A-Z][\w&+./-]*(?: (?:[A-Z][\w&+./-]*|\d{4}))*")
_FEW = 8  # words of a bold line that groups


Event = Heading | Close | Hidden | Item
IsSection = Callable[[str], bool]


@dataclass(slots=True)
class Draft:
    """An item to which more lines may come: its first line, and those below."""

    first: Line
    rest: list[Line] = field(default_factory=list)
    bullet: bool = False
    is_heading: bool = False

    @property
    def lines(self) -> list[Line]:
        """All of its lines."""
        return [self.first, *self.rest]

    @property
    def links(self) -> tuple[Link, ...]:
        """Its links, without images."""
        return tuple(link for link in links_in(*(line.content for line in self.lines)) if not link.image)

    def title(self) -> Titled:
        """Its title, and the rest of its first line."""
        like = any(map(leads_to_paper, self.links))
        found = find_title(
            self.first.content, bullet=self.bullet or self.is_heading, like_a_paper=like or self.is_heading
        )
        if not found.title and self.is_heading:
            return Titled(tidy(self.first.content.words), Inline())
        return found


def items(nodes: Sequence[Node], text: str, is_section: IsSection = lambda heading: False) -> Iterator[Event]:
    """The headings and items of a page with its hidden links, in order.

    Args:
        nodes: the page's nodes; `text` is its source.
        is_section: whether a heading is known to be a section, so that it cannot be the title of a paper.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    yield from Reader(lines, is_section).read(with_records_as_lines(with_footnotes(nodes)), 0)


class Reader:
    """Reads the nodes of one page, whose source are `lines`."""

    def __init__(self, lines: Sequence[str], is_section: IsSection) -> None:
        self._lines, self._is_section = lines, is_section
        self._is_footer = False
        self._is_first = True  # the page's first heading is its name

    def read(self, nodes: Sequence[Node], depth: int) -> Iterator[Event]:
        """The events of a page, or of what is in a bullet."""
        draft: Draft | None = None
        below = len(nodes) if depth else _footer(nodes)
        for place, node in enumerate(nodes):
            self._is_footer = self._is_footer or place > below
            if isinstance(node, Hidden):
                yield node
            elif isinstance(node, Text):
                events, draft = self._text(node, draft, nodes[place + 1 : place + 2])
                yield from events
            elif draft and isinstance(node, Bullet) and self._continues(node, draft):
                draft.rest += _all_lines(node)
            else:
                if draft:
                    yield self._item(draft)
                draft = self._titled(nodes, place)
                if not draft:
                    yield from self._other(node, depth)
        if draft:
            yield self._item(draft)

    def _other(self, node: Node, depth: int) -> Iterator[Event]:
        """What is in a node that is no text."""
        if isinstance(node, Close):
            yield node
        elif isinstance(node, Table):
            yield from row_items(node, self._source)
        elif isinstance(node, Bullet):
            yield from self._bullet(node, depth)
        elif isinstance(node, Heading):
            yield node
            if links := links_in(node.content):
                yield Item(node.line, self._source(node.line, node.line), links=links)

    def _titled(self, nodes: Sequence[Node], place: int) -> Draft | None:
        """A heading that is the title of a paper."""
        node = nodes[place]
        if isinstance(node, Heading) and self._is_title(node, _body(nodes, place + 1)):
            return Draft(Line(node.line, node.line, node.content), is_heading=True)
        return None

    def _text(self, node: Text, draft: Draft | None, below: Sequence[Node]) -> tuple[list[Event], Draft | None]:
        """The items of a paragraph, and the last one, which may go on below it."""
        events: list[Event] = []
        for group in papers_of(node.lines):
            fresh = Draft(group[0], list(group[1:]))
            if draft and self._attaches(fresh, draft):
                draft.rest += fresh.lines
                continue
            events += [self._item(draft)] if draft else []
            draft = fresh
            if _is_label(fresh) and below and self._groups_below(fresh, below[0]):
                events.append(Heading(fresh.first.line, LABEL_LEVEL, fresh.first.content))
                draft = None
        return events, draft

    def _attaches(self, fresh: Draft, draft: Draft) -> bool:
        """Whether a paragraph only says more about the paper above it."""
        if not _only_details(fresh) or not draft.title().title:
            return False
        indented = fresh.first.indent > draft.first.indent + 1
        alone = _is_bare(fresh) or (not fresh.links and _people_in(fresh.lines) > 1)
        return indented or not draft.links or draft.is_heading or (not draft.bullet and alone)

    def _continues(self, bullet: Bullet, draft: Draft) -> bool:
        """Whether a bullet below a paragraph says more about its paper: ``- Code: https://...``."""
        if not draft.title().title or any(isinstance(node, Bullet | Table) for node in bullet.children):
            return False
        lines = _all_lines(bullet)
        return bool(lines) and _only_details(Draft(lines[0], lines[1:], bullet=True))

    def _groups_below(self, label: Draft, node: Node) -> bool:
        """Whether the bullets below a bold line are papers of their own."""
        if isinstance(node, Table):
            return True
        if isinstance(node, Bullet):
            lines = _own_lines(node)
            return not lines or not _only_details(Draft(lines[0], lines[1:], bullet=True))
        words = label.first.content.words
        return bool(date_of(words)) or is_grouping(words) or _begins_with_title(node)

    def _is_title(self, heading: Heading, body: Sequence[Node]) -> bool:
        """Whether a heading is the title of a paper: only details with links to it follow, down to the next heading."""
        words = plain(heading.text)
        first, self._is_first = self._is_first, False
        if (heading.level < 2 and first) or self._is_section(heading.text):
            return False
        if own := links_in(heading.content):
            return any(map(leads_to_paper, own)) and word_count(_own_title(heading)) >= 3
        if is_grouping(words) or has_such_name(words):
            return False
        lines = [line for node in body for line in _all_lines(node)]
        links = [link for link in links_in(*(line.content for line in lines)) if not link.image]
        if not links or any(isinstance(node, Table) for node in body):
            return False
        last = max(
            number for number, line in enumerate(lines) if any(not link.image for link in links_in(line.content))
        )
        if not all(_only_details(Draft(line, bullet=True)) for line in lines[: last + 1]):
            return False
        if word_count(words) < _FEWEST and not _people_in(lines[: last + 1]):
            return False
        return any(link_identifier(link.target) or leads_to_paper(link) for link in links) or is_generic(links[0].label)

    def _bullet(self, node: Bullet, depth: int) -> Iterator[Event]:
        """A bullet, and those in it: more about its paper, papers of their own, or both."""
        own = _own_lines(node)
        rest = node.children[1:] if own else node.children
        if not own:
            yield from self.read(rest, depth + 1)
            return
        if _is_group(own, rest):
            yield Heading(own[0].line, GROUP_LEVEL + depth, own[0].content)
            yield from self.read(rest, depth + 1)
            yield Close(GROUP_LEVEL + depth)
            return
        first, *others = list(papers_of(own))
        draft = Draft(first[0], list(first[1:]), bullet=True)
        apart: list[Node] = [Text(tuple(group)) for group in others]
        for child in rest:
            if isinstance(child, Text | Bullet) and not _is_paper_below(child, draft):
                draft.rest += _all_lines(child)
                apart += [node for node in every([child]) if isinstance(node, Hidden | Table)]
            else:
                apart.append(child)
        yield self._item(draft)
        yield from self.read(apart, depth + 1)

    def _item(self, draft: Draft) -> Item:
        found = draft.title()
        facts = Facts()
        facts.words(found.rest) if found.title else facts.line(draft.first.content)
        for line in draft.rest:
            facts.line(line.content)
        dated = any(date_of(note) for note in facts.brackets)
        facts = facts.settled()
        if found.link:
            facts.hints[found.link.number] = _SITE if _is_site(found, draft.links) else TITLE
        if found.title and _is_data_set(found):
            facts.hints |= {
                link.number: _SITE
                for link in draft.links
                if role_word(link.label) == "link"
                and not link_identifier(link.target)
                and link.number not in facts.hints
            }
        lines = draft.lines
        return Item(
            line=lines[0].line,
            text=self._text_of(lines),
            title=_NUMBER.sub("", found.title or facts.title) if draft.is_heading else found.title or facts.title,
            links=links_in(*(line.content for line in lines)),
            hints=facts.hints,
            published=facts.published,
            venue=facts.venue,
            authors=facts.authors,
            note=joined_notes([note for note in facts.notes if note != found.title]),
            bullet=draft.bullet,
            opens=draft.bullet or draft.first.content.shape.startswith(("[", "\ue000", "\ue001")),
            dated=dated,
            footer=self._is_footer,
        )

    def _text_of(self, lines: Sequence[Line]) -> str:
        numbers = dict.fromkeys(n for line in lines for n in range(line.line, line.last + 1))
        return " ".join(filter(None, (self._source(number, number) for number in numbers)))

    def _source(self, first: int, last: int) -> str:
        return " ".join(" ".join(self._lines[first - 1 : last]).split())


def _is_site(found: Titled, links: Sequence[Link]) -> bool:
    """Whether a short name leads to a site: another link is called the paper (``[ACDC](...) [[paper](...)]``)."""
    if not found.link or link_identifier(found.link.target) or len(found.title.split()) > _NAME:
        return False
    if _is_data_set(found):
        return True
    if leads_to_publisher(found.link):
        return False
    return any(role_word(link.label) == "paper" and link_identifier(link.target) for link in links)


def _is_data_set(found: Titled) -> bool:
    """Whether a line gives a name and how many recordings it holds: ``CPSC2018, 6,877 recordings``."""
    return bool(_DATA_SET.fullmatch(found.title)) and is_counted(found.rest.text.replace("[]", " "))


def _own_title(heading: Heading) -> str:
    """The title in a heading that has links of its own."""
    return find_title(heading.content, bullet=True, like_a_paper=True).title


def _only_details(draft: Draft) -> bool:
    """Whether lines have no title: labelled parts, links that say what they lead to, dates, venues, authors."""
    return all(is_detail(line.content) for line in draft.lines)


def _is_label(draft: Draft) -> bool:
    """Whether a paragraph is one bold line of few words without links."""
    content = draft.first.content
    if draft.rest or links_in(content):
        return False
    bold = content.of("strong")
    covered = sum(len(content.text[span.start : span.end].strip()) for span in bold)
    left = re.sub(
        r"[\W_]", "", "".join(c for n, c in enumerate(content.text) if not any(s.start <= n < s.end for s in bold))
    )
    return bool(covered) and not left and len(content.words.split()) <= _FEW


def _people_in(lines: Sequence[Line]) -> int:
    """How many authors lines name, as below a title."""
    facts = Facts()
    for line in lines:
        facts.line(line.content)
    return len(facts.settled().authors)


def _is_bare(draft: Draft) -> bool:
    """Whether a paragraph is nothing but addresses."""
    return bool(draft.links) and all(not plain(without_links(line.content).text).strip() for line in draft.lines)


def _begins_with_title(node: Node) -> bool:
    """Whether a paragraph begins with a link that is a title of several words."""
    first = node.lines[0].content if isinstance(node, Text) and node.lines else Inline()
    link = next((span.link for span in first.of("link") if not first.text[: span.start].strip()), None)
    return bool(link and is_title_link(link) and word_count(link.label) > 2)


def _is_group(own: Sequence[Line], children: Sequence[Node]) -> bool:
    """Whether a bullet without links stands above bullets that are papers."""
    if any(not link.image for link in links_in(*(line.content for line in own))) or len(own) > 1:
        return False
    bullets = [child for child in children if isinstance(child, Bullet)]
    tables = [child for child in children if isinstance(child, Table)]
    if (list(notes_in(own[0].content)) and not tables) or any(map(_only_leads_to_paper, bullets)):
        return False
    return bool(tables) or any(_holds_paper(bullet) for bullet in bullets)


def _only_leads_to_paper(bullet: Bullet) -> bool:
    """``- [PDF](https://arxiv.org/...)``: what is above it is that paper's title."""
    lines = _own_lines(bullet)
    draft = Draft(lines[0], lines[1:], bullet=True) if lines else None
    return bool(draft and any(map(leads_to_paper, draft.links)) and _only_details(draft))


def _holds_paper(bullet: Bullet) -> bool:
    """Whether a bullet is a paper, or stands above papers at any depth: a year, a topic."""
    lines = _own_lines(bullet)
    if not lines:
        return False
    draft = Draft(lines[0], lines[1:], bullet=True)
    inside = [child for child in bullet.children[1:] if isinstance(child, Bullet)]
    if not draft.links and any(map(_holds_paper, inside)):
        return True
    if _only_details(draft):
        return False
    below = [line for child in inside for line in _all_lines(child)]
    whole = Draft(lines[0], [*lines[1:], *below], bullet=True)
    return bool(whole.title().title and whole.links)


def _is_paper_below(child: Node, draft: Draft) -> bool:
    """Whether what is in a bullet is a paper of its own: it has a title, and leads to another paper."""
    lines = _all_lines(child) if isinstance(child, Text) else _own_lines(child) if isinstance(child, Bullet) else []
    if not lines or (isinstance(child, Bullet) and any(isinstance(node, Table) for node in child.children)):
        return bool(not lines)
    fresh = Draft(lines[0], list(lines[1:]), bullet=isinstance(child, Bullet))
    if _only_details(fresh):
        return False
    label, part, _ = label_of(unmarked(lines[0].content))
    if label and part:
        return False
    own = {link_identifier(link.target) for link in draft.links} - {None}
    theirs = {link_identifier(link.target) for link in fresh.links} - {None}
    titled = [link for link in fresh.links if is_title_link(link) and word_count(link.label) > 2]
    if titled and find_title(lines[0].content, bullet=True, like_a_paper=True).link in titled:
        return not (theirs and theirs <= own)
    return bool(theirs - own) and bool(lines[0].content.of("strong")) and bool(fresh.title().title)


def _own_lines(node: Node) -> list[Line]:
    """The lines of a bullet's own text."""
    first = node.children[0] if isinstance(node, Bullet) and node.children else None
    return list(first.lines) if isinstance(first, Text) else []


def _all_lines(node: Node) -> list[Line]:
    """All lines in a node, at any depth."""
    return [line for inside in every([node]) if isinstance(inside, Text) for line in inside.lines]


def _footer(nodes: Sequence[Node]) -> int:
    """The rule below which there is only the list's footer: paragraphs that lead to no paper; the end if none is."""
    for place, node in reversed(list(enumerate(nodes))):
        if isinstance(node, Rule):
            return place
        leads = [link for inside in every([node]) for content in contents_of(inside) for link in links_in(content)]
        contents = isinstance(node, Bullet) and all(link.target.startswith("#") for link in leads)
        if not contents and (not isinstance(node, Text) or any(map(_may_be_paper, node.lines))):
            break
    return len(nodes)


def _may_be_paper(line: Line) -> bool:
    links = links_in(line.content)
    if any(link_identifier(link.target) for link in links) or line.content.of("strong"):
        return True
    if any(is_title_link(link) and word_count(link.label) > 3 for link in links):
        return True
    return any(map(names_part, links)) and not any(map(leads_to_people, links))


def _body(nodes: Sequence[Node], start: int) -> list[Node]:
    """The nodes from a place up to the next heading."""
    body: list[Node] = []
    for node in islice(nodes, start, start + _LONGEST_BODY):
        if isinstance(node, Heading | Close | Rule):
            break
        body.append(node)
    return body
