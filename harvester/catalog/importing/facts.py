"""What the lines of an entry say besides its title: date, venue, authors, notes, and what its links are called."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from harvester.catalog.importing.citations import BY, BY_INSIDE, Cited, cited
from harvester.catalog.importing.dates import (
    date_of,
    is_known_venue,
    is_place_or_date,
    is_venue,
    place_and_year,
    without_numbers,
)
from harvester.catalog.importing.inline import LINE_BREAK, TOKEN, Inline, Link, notes_in, trimmed
from harvester.catalog.importing.journals import is_of_one_word, with_full_stop
from harvester.catalog.importing.leading_label import label_of
from harvester.catalog.importing.names import FAMILIES_FIRST, listed_names, names_of
from harvester.catalog.importing.roles import role_of
from harvester.catalog.importing.sentences import comma_parts, sentence_pieces
from harvester.catalog.importing.titles import is_generic, tidy, unmarked
from harvester.catalog.importing.words import ROLES, SHORTCODE, field_of, phrases, plain, role_word
from harvester.catalog.published import Published
from harvester.domain.identity import arxiv_version, link_identifier
from harvester.domain.text import clean

PAGES = re.compile(
    r"(?:(?:vol(?:ume)?|no|issue|pp?|pages?|art(?:icle)?|number|ed|bd|heft|s|т|вып|с|№)\.?\s*)?[\d\s():–—/-]+|\d+\s?\(\d+\)",
    re.IGNORECASE,
)
_EMPTY = phrases("none;null;n a;na;nan;tbd;tba;new;no;x;online;available;无;なし;soon;coming soon")
_LETTERS = "abcdefghijklmnopqrstuvwxyzтсн"  # before the number of a volume or a page
_GOES_ON = re.compile(rf"{LINE_BREAK}(?=\s*[^\W\dA-Z_])")  # a line that goes on in the next
_AND_COMMA = re.compile(r"(\band|&),\s", re.IGNORECASE)
_SHORT_VENUE = 5  # words of a venue and its year, which a link to a paper is called
_MOST_PARTS = 40  # between commas, in which authors are looked for
_LONGEST = 4_000  # characters of a line that are looked at
_LABELS = re.compile(r"\s*[;,|/·&+•、]\s*")
_BETWEEN_BRACKETS = re.compile(r"\]\s*\[")
_KEY = re.compile(r"[A-Z][a-z]+\+?\d\d[a-z]?")  # of a reference: [Dee21]
_LEADING_ON = re.compile(r"(?:\s+(?:is|are|available|at|in|on|from|here))+\Z", re.IGNORECASE)
_SAYING = phrases("pytorch;tensorflow;keras;jax;torch;matlab;benchmark;benchmarks;database;software")
_EDGES = " \t*_`|\\,.:：;–—-~"
_AFFILIATION = re.compile(
    r"\([^()]{0,80}\b(?:univ|institut|hospital|colleg|laborator|school|cent(?:er|re)|academy|inc\b)[^()]{0,80}\)",
    re.IGNORECASE,
)
_ONE_PERSON = re.compile(r"\b[A-Z]\.|\bet al")  # two capitalized words in italics are a journal, unless they have this
_SHORT_NAME = re.compile(r"[A-Z]\w*(?:[a-z][A-Z]\w*|(?i:net|gan|former|bert|mae|seg|clip|gpt|diff))(?:[-+]\w+)?")
"""What a paper's method is called, between brackets before its title: ``[HeartNet]``."""
_ROUND = ("(", "（")
_ROUND_NOTE = re.compile(r"\(([^()]{1,80})\)|（([^（）]{1,80})）")
_PLURAL = re.compile("e?s|en|e|ies")  # ``Author(s):``


@dataclass(slots=True)
class Facts:
    """What was found so far; the first of several dates and venues counts, the others become notes.

    `doubtful` are words in italics that may be a venue or the one author; what else is found says which.
    """

    title: str = ""
    published: Published = Published()  # noqa: RUF009 - frozen, so it can be shared
    venue: str = ""
    authors: tuple[str, ...] = ()
    doubtful: str = ""
    notes: list[str] = field(default_factory=list)
    brackets: list[str] = field(default_factory=list)
    hints: dict[int, str] = field(default_factory=dict)

    def line(self, line: Inline) -> None:
        """Take in a line: what its label says (``Date: July 2026``), otherwise whatever it contains."""
        bare = unmarked(line.part(0, _LONGEST))
        label, part, start = label_of(bare)
        inside_link = any(span.start < start for span in bare.of("link"))
        if label and not inside_link and (part or _is_said(bare, start)):
            self.part(part or "said", label, bare.part(start), more=bare.text[len(label) : start])
        else:
            self.words(bare)

    def part(self, part: str, label: str, text: Inline, more: str = "") -> None:
        """Take in a text that is labelled, by a word before it or above its column."""
        lines = [line for piece in _visible(text).split(LINE_BREAK) if (line := plain(clean(piece)))]
        words = " ".join(lines)
        if part in ("date", "venue") and len(lines) > 1:
            self._placed_lines(lines, part)
        elif part == "date":
            self._date(words) or self.place(words) or self.note(f"{label}: {words}", words)
        elif part == "venue":
            self.place(words, trusted=True) or self._venue(words) or self.note(words, words)
        elif part == "authors":
            self.authors = self.authors or listed_names(
                _AND_COMMA.sub(r"\1 ", ", ".join(line.strip(" ,;") for line in lines))
            )
        elif part in ("note", "said"):
            said = _with_brackets(Inline(text.text.replace(LINE_BREAK, ";"), text.spans))
            if not _names_links(said):
                self.note(said if part == "note" else f"{label}: {said}", said)
        elif part in ("title", "name"):
            self.title = self.title or tidy(words)
        else:
            self.links(text, part)
            self.words(_without_any_link(text))
        for note in (first or second for first, second in _ROUND_NOTE.findall(more)):
            if not _PLURAL.fullmatch(note):
                self.note(note, note)

    def _placed_lines(self, lines: list[str], part: str) -> None:
        """Take in a venue and a date on lines of their own (``MICCAI<br>2021``), in any order."""
        whole = " ".join(lines)
        if self._date(whole) or self._date("-".join(lines)) or self.place(whole, trusted=part == "venue"):
            return
        left = " ".join(line for line in lines if not (self._date(line) or self.place(line)))
        if left and not (self._known(left, set_apart=False) or self._venue(left)):
            self.note(left, left)

    def words(self, line: Inline) -> None:
        """Take in a text without a label."""
        self.links(line, "")
        self.brackets += [note for note in notes_in(line) if not _is_empty(note)]
        text = _GOES_ON.sub(" ", _visible(line))
        for hidden in (_AFFILIATION, SHORTCODE):
            text = hidden.sub(lambda found: " " * len(found.group()), text)
        text = self._without_families(text, line)
        emphasised = [(span.start, span.end) for span in (*line.of("em"), *line.of("code"))]
        for start, end in sentence_pieces(text):
            words = clean(text[start:end]).strip(_EDGES)
            if not re.search(r"\w", words) or _is_empty(words):
                continue
            self._piece(text, start, end, emphasised)

    def _without_families(self, text: str, line: Inline) -> str:
        """The text without ``Müller, K., Schmidt, P.``, which no other rule tells from the sentence behind it."""
        if self.authors:
            return text
        italics = line.of("em")
        for found in FAMILIES_FIRST.finditer(text):
            em = next((span.start for span in italics if span.end > found.start()), len(text))
            whole = FAMILIES_FIRST.match(text, found.start(), em) if found.start() < em else None
            names = names_of(whole.group()) if whole else ()
            if whole and names and (len(names) > 1 or _ends_people(text, whole.end(), em)):
                self.authors = names
                return f"{text[: found.start()]}{'|':<{whole.end() - found.start()}}{text[whole.end() :]}"
        return text

    def settled(self) -> "Facts":
        """With the notes in square brackets, which are date and venue where a list has both."""
        for name in filter(_SHORT_NAME.fullmatch, self.brackets):
            if not (is_place_or_date(name) or is_of_one_word(name)):
                self.note(name, name)
        for citation in filter(None, map(cited, self.brackets)):
            self._cited(citation)
        self.brackets = [note for note in self.brackets if not cited(note)]
        notes = [note for note in self.brackets if not _is_empty(note) and _says_where(note) and len(note) > 1]
        dated = next((note for note in notes if date_of(note)), None)
        venues = [note for note in notes if note is not dated]
        others = _no_places(venues)
        venues = [note for note in venues if note not in others]
        self.notes += [note for note in others if note not in self.notes]
        if dated:
            self.published = date_of(dated) or self.published
            venues = [re.sub(rf",\s*{self.published.year}\Z", "", note) for note in venues]
        elif len(venues) == 1 and (found := place_and_year(venues[0], trusted=True)):
            self.published, venues = found[0], [found[1]]
            self.note(found[2], found[2])
        if venues:
            said = ", ".join(venues)
            if self.venue and self.venue != said:
                self.notes.append(self.venue)
            self.venue = said
        if self.doubtful and (self.authors or not self.venue):
            self.venue, self.notes = self.venue or self.doubtful, [*self.notes, *[self.doubtful] * bool(self.venue)]
        elif self.doubtful:
            self.authors = names_of(self.doubtful)
        self.venue = with_full_stop(self.venue)
        return self

    def _cited(self, found: Cited) -> None:
        self.authors = self.authors or found.authors
        self.published = self.published or found.published
        self.venue = self.venue or found.venue
        if found.town:
            self.note(found.town, found.town)

    def note(self, text: str, said: str) -> bool:
        """Add a note, if it says something."""
        bare = plain(text).strip(" ,;|:：")
        if _names_links(bare):
            return True
        if re.search(r"\w", said) and re.search(r"\w", bare) and not _is_empty(said) and bare not in self.notes:
            self.notes.append(bare)
        return True

    def place(self, words: str, *, trusted: bool = False) -> bool:
        """Take a venue and its year; whether it was one."""
        found = place_and_year(words, trusted=trusted)
        if not found or self.venue:
            return False
        self.venue = found[1]
        self.published = self.published or found[0]
        self.note(found[2], found[2])
        return True

    def _date(self, words: str) -> bool:
        found = date_of(words)
        if found:
            self.published = self.published or found
        return bool(found)

    def _venue(self, words: str) -> bool:
        if self.venue or _is_empty(words) or not re.search(r"\w", words):
            return False
        self.venue = words
        return True

    def _piece(self, text: str, start: int, end: int, emphasised: Iterable[tuple[int, int]]) -> None:
        """A piece of a sentence, as a whole or between commas."""
        whole = clean(text[start:end]).strip(_EDGES)
        if text[max(0, start - 1) : start] in _ROUND and (found := cited(whole)):
            return self._cited(found)
        if text[:start].endswith("//") and self._periodical(whole):
            return None
        if (
            (by := BY_INSIDE.search(text, start, end))
            and names_of(text[by.end() : end])
            and self.place(clean(text[start : by.start()]))
        ):
            start = by.start()
        start = _behind_by(text, start, end)
        parts = list(comma_parts(text, start, end))
        people = next((n for n in range(min(len(parts), _MOST_PARTS), 0, -1) if _people(text, parts[:n])), 0)
        one = people in (0, len(parts))
        if one and self._known(whole, set_apart=_covered(text, start, end, emphasised)):
            return None
        if people and not self.authors:
            self.authors = names_of(text[parts[0][0] : parts[people - 1][1]])
            parts = parts[people:]
        left = [part for part in parts if not self._known_part(text, part, emphasised)]
        if left and len(left) == len(parts):
            self.note(text[left[0][0] : left[-1][1]], whole)
        elif left:
            self.note(", ".join(clean(text[slice(*part)]) for part in left), whole)
        return None

    def _periodical(self, words: str) -> bool:
        """Take in what stands behind two strokes, which is a venue: ``Title // Heart Letters, 2020``."""
        if self.place(words, trusted=True):
            return True
        venue, _, rest = words.partition(",")
        return self._venue(venue) and (self._date(rest) or self.note(rest, rest))

    def _known_part(self, text: str, part: tuple[int, int], emphasised: Iterable[tuple[int, int]]) -> bool:
        words = clean(text[slice(*part)]).strip(_EDGES)
        return self._known(words, set_apart=_covered(text, *part, emphasised))

    def _known(self, words: str, *, set_apart: bool) -> bool:
        """Take a text that is a date, a venue or authors and nothing else; whether it was."""
        if not words or (PAGES.fullmatch(words) and not date_of(words)):
            return True
        if self._date(words) or self.place(words, trusted=set_apart):
            return True
        people = names_of(words)
        may_be_venue = is_known_venue(words) or (set_apart and len(people) == 1 and not _ONE_PERSON.search(words))
        if people and not self.authors and not may_be_venue:
            self.authors = people
            return True
        if people and may_be_venue and not is_known_venue(words) and not (self.venue or self.authors or self.doubtful):
            self.doubtful = words
            return True
        bare = re.sub(r"^[Ii]n:?\s+", "", words)
        if not self.venue and (is_known_venue(bare) or (set_apart and is_venue(bare, set_apart=True))):
            self.venue = without_numbers(bare).strip("《》")
            return True
        return False

    def links(self, line: Inline, hint: str) -> None:
        """Remember what stands before links that say nothing themselves, and venue and date in what they are called."""
        for span in line.of("link"):
            link = span.link
            if not link:
                continue
            before = _before(line, span.start)
            if role := (before or hint):
                self.hints.setdefault(link.number, role)
            label = link.label
            if label and (
                date_of(label)
                or (_says_when(link) and (cited(label) or place_and_year(label) or not is_generic(label)))
            ):
                self.brackets.append(label)


def roles(links: Iterable[Link], hints: dict[int, str]) -> Iterator[tuple[str, str]]:
    """The role and the address of each link."""
    for link in links:
        role = role_of(link, hints.get(link.number, ""))
        yield "data" if role == "dataset" else role, link.target


def _ends_people(text: str, end: int, em: int) -> bool:
    """Whether words in italics, a date or nothing follow a single name, which a title may contain as well."""
    behind = text[end:].lstrip(" ,.;")
    return not behind or end == em or bool(re.match(r"[\d|·–—-]|\((?:19|20)\d\d", behind))


def _is_said(line: Inline, start: int) -> bool:
    """Whether an unknown word before a colon is a label: in bold, or short and at the beginning of a short line."""
    label = line.text[:start].rstrip(" :：")
    bold = any(span.start == 0 and span.end >= len(label) for span in line.of("strong"))
    return bold and len(label.split()) <= 3


def _before(line: Inline, start: int) -> str:
    """The role that is named right before a link: ``Code: https://...``."""
    lead = line.text[max(0, start - 40) : start].rstrip(" [(*_")
    if not lead.endswith((":", "：")):
        return ""
    said = re.split(r"[,;|.)\]·]\s*", lead[:-1])[-1].strip(" *_([")
    role = field_of(re.sub(r"\s*[(（].*", "", said)) or role_word(said.split(" ")[-1] if said else "")
    return role if role in ROLES.values() else ""


def _says_when(link: Link) -> bool:
    """Whether a link is called by its date or venue; a short name before a year is one if it leads to a paper."""
    label = link.label
    trusted = bool(link_identifier(link.target)) and len(label.split()) <= _SHORT_VENUE
    return bool(cited(label) or date_of(label) or place_and_year(label, trusted=trusted))


def _visible(line: Inline) -> str:
    """The text with notes, and with links that only say what they lead to, blanked."""
    shown = list(line.text)
    hidden = [found.span() for found in TOKEN.finditer(line.shape) if found["note"] is not None]
    for span in line.of("link"):
        label = span.link.label if span.link else ""
        around = line.text[max(0, span.start - 1) : span.start] == "["
        if around or not label or is_generic(label) or (span.link and _says_when(span.link)):
            hidden.append((span.start - around, span.end + around))
    for start, end in hidden:
        shown[start:end] = " " * (min(end, len(shown)) - start)
    return "".join(shown)


def _with_brackets(line: Inline) -> str:
    """A remark as it is, without the addresses of its links."""
    bare = [span for span in line.of("link") if span.link and not span.link.label]
    text = list(line.text)
    for span in bare:
        text[span.start : span.end] = " " * (span.end - span.start)
    said = clean("".join(text))
    return re.sub(r"\A\[([^\[\]]*)\]\Z", r"\1", said).strip()


def _behind_by(text: str, start: int, end: int) -> int:
    """Where a piece starts without the ``by`` before its authors."""
    lead = len(text[start:end]) - len(text[start:end].lstrip(_EDGES))
    by = BY.match(text, start + lead, end)
    first = re.split(r"[,，]", text[by.end() : end], maxsplit=1)[0] if by else ""
    return by.end() if by and names_of(first) else start


def _people(text: str, parts: list[tuple[int, int]]) -> bool:
    return bool(names_of(text[parts[0][0] : parts[-1][1]]))


def _covered(text: str, start: int, end: int, marks: Iterable[tuple[int, int]]) -> bool:
    """Whether the first word of a piece, or all of it, is in italics."""
    while start < end and not text[start].isalnum():
        start += 1
    return any(first <= start < last for first, last in marks)


def _says_where(note: str) -> bool:
    """Whether a note in brackets may be a date or a venue: not ``[code]``, but ``[Nature]`` and ``[2024-13]``."""
    if (_KEY.fullmatch(note) and not is_place_or_date(note)) or arxiv_version(note) or re.fullmatch(r"\d{1,3}", note):
        return False
    known = (
        is_place_or_date(note) or is_of_one_word(note) or (re.search(r"\d", note) and not re.search(r"[^\W\d]", note))
    )
    return known or not (is_generic(note) or _SHORT_NAME.fullmatch(note))


def _no_places(notes: Iterable[str]) -> list[str]:
    """The notes that are words and say no venue, where others do."""
    placed = [note for note in notes if is_place_or_date(note)]
    return [note for note in notes if placed and note not in placed and re.search(r"[^\W\d]", note)]


def _names_links(text: str) -> bool:
    """Whether a text is what links would be called: ``Paper; Code``, ``[code] [data]``."""
    said = _BETWEEN_BRACKETS.sub(";", _LEADING_ON.sub("", text)).strip("[] ")
    return all(map(_is_label, _LABELS.split(said)))


def _is_label(text: str) -> bool:
    """Whether it is what a link is called, and says nothing else about a paper."""
    return role_word(text) not in ("", "link") and text.lower() not in _SAYING


def _is_empty(text: str) -> bool:
    said = " ".join(re.findall(r"\w+", text.lower()))
    return said in _EMPTY or (len(said) == 1 and said in _LETTERS)


def _without_any_link(line: Inline) -> Inline:
    shown = list(line.text)
    for span in line.of("link"):
        around = line.text[max(0, span.start - 1) : span.start] == "[" and line.text[span.end : span.end + 1] == "]"
        shown[span.start - around : span.end + around] = " " * (span.end - span.start + 2 * around)
    return Inline("".join(shown), tuple(span for span in line.spans if not span.link))


def without_links(line: Inline) -> Inline:
    """The words of a line that are not in links that only say what they lead to."""
    return trimmed(Inline(_visible(line)))
