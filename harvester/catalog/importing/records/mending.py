"""Repairs a BibTeX record that the library refuses, or would misread.

docs/howto/paper.md lists what is repaired.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harvester.base.errors import CatalogError

_STANDARD = (
    "abstract|address|annote|archiveprefix|author|booktitle|date|day|doi|edition|editor|eid|eprint|eprinttype|eventtitle"
    "|howpublished|institution|isbn|issn|issue|journal|journaltitle|keywords|language|location|month|note|number"
    "|organization|pages|primaryclass|publisher|school|series|subtitle|title|url|urldate|volume|year"
)
_FOLLOWS = rf"(?i:{_STANDARD})\s*=\s*(?:[{{\"“]|\d)"
SWALLOWED = re.compile(rf"(?:,\s*|\n[^\S\n]*)(?={_FOLLOWS})")  # no blank line is looked at twice
CONTINUES = re.compile(rf"(?:\s*[,}}]+)?\s*(?={_FOLLOWS})")
_HEADER = re.compile(r"(?P<at>@?)[ \t]*(?P<kind>[A-Za-z]+)\s*(?P<open>[{(])\s*")
_KEY = re.compile(r"(?P<key>[^\s,={}()\"]+)\s*,|,")
_KEY_ALONE = re.compile(r"(?P<key>[^\s,={}()\"]+)(?=\s+[\w-]+\s*=)")
_KEY_OF_WORDS = re.compile(r"(?P<key>[^,={}\"\n]+),")
_NAME = re.compile(r"(?P<name>[A-Za-z][\w.+:-]*?)\s*(?:(?P<sign>:?=+>?)|:?\s*(?=[{\"“])|:\s*(?=\d))\s*")
_WORD = re.compile(r"[^\s,{}()#\"]+")
_END_OF_WORDS = re.compile(r"[,}\n]|\Z")
_END_OF_QUOTE = re.compile(r"\s*(?:[,})#;]|\Z|\n)")
_GAP = re.compile(r"(?:\s|%[^\n]*\n)*")
_QUOTES = {'"': '"', "“": "”", "”": "”", "„": "“", "'": "'", "‘": "’"}
_SHOWN = 40  # characters of a text that a message quotes
_MOST_NOTES = 20  # faults of one record; each costs a look at the rest of it
_OPENING, _BRACES = re.compile(r"[{(]"), re.compile(r"[{})]")
_MENDABLE = re.compile(rf"[}})]|{_FOLLOWS}")


class Unmendable(CatalogError):
    """No reading of the record is certain; the message is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The record in BibTeX's own form, its fields, and what was wrong with it."""

    text: str
    fields: Mapping[str, str]
    notes: tuple[str, ...]


def balanced_end(text: str, start: int = 0) -> int | None:
    """Where the record that begins at `start` is closed, counted by its braces as BibTeX does; None if it is not."""
    first = _OPENING.search(text, start)
    opened, depth = first[0] if first else "", 0
    for mark in _BRACES.finditer(text, start):
        if mark[0] == ")":
            if depth == 0 and opened == "(":
                return mark.end()
            continue
        depth += 1 if mark[0] == "{" else -1
        if depth == 0 and opened == "{":
            return mark.end()
    return None


def mend(text: str, macros: Mapping[str, str]) -> Mended:
    """Read the record field by field, as a person would.

    Raises:
        Unmendable: a title that is never closed, or no field at all.
    """
    reader = _Reader(text, macros)
    reader.read()
    if not reader.fields:
        raise Unmendable("no field in it can be read")
    written = "".join(f",\n {name} = {{{value}}}" for name, value in reader.fields.items())
    key = reader.key or "record"
    return Mended(f"@{reader.kind}{{{key}{written}\n}}", reader.fields, tuple(reader.faults()))


@dataclass(slots=True)
class _Reader:
    """The record that is read, and the place that is reached."""

    text: str
    macros: Mapping[str, str]
    at: int = 0
    kind: str = ""
    key: str = ""
    parenthesis: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    no_comma: list[str] = field(default_factory=list)

    def faults(self) -> Iterator[str]:
        """What was wrong, each kind of fault once."""
        if self.no_comma:
            yield f"a comma is missing after {', '.join(self.no_comma)}"
        yield from dict.fromkeys(self.notes)

    def read(self) -> None:
        self._header()
        last = ""
        while not self._ended():
            if len(self.notes) > _MOST_NOTES:
                raise Unmendable("too much of it is wrong")
            comma = self._skipped(",;")
            if self._ended():
                return
            if name := self._name():
                if last and not comma:
                    self.no_comma.append(last)
                self._keep(name, self._value(name))
            last = name

    def _header(self) -> None:
        found = self._taken(_HEADER)
        if not found:
            raise Unmendable("it has no opening brace")
        if not found["at"]:
            self.notes.append("it has no @")
        self.kind, self.parenthesis = found["kind"], found["open"] == "("
        if found := self._taken(_KEY):
            self.key = found["key"] or ""
        elif found := self._taken(_KEY_ALONE):
            self.key = found["key"]
            self.no_comma.append("its key")
        elif found := self._taken(_KEY_OF_WORDS):
            self.key = "".join(found["key"].split())
            self.notes.append("its key contains a space")

    def _ended(self) -> bool:
        """Whether nothing follows; a brace too many in the middle is skipped."""
        self._skipped("")
        rest = self.text[self.at : self.at + 1]
        if not rest:
            self.notes.append("it is never closed")
            return True
        if rest == "}" or (rest == ")" and self.parenthesis):
            if not CONTINUES.match(self.text, self.at + 1):
                self.at = len(self.text)
                return True
            self.at += 1
            self.notes.append("a closing brace is in its middle")
        return False

    def _name(self) -> str:
        """The name of the field that begins here; "" if none does, and then the line is skipped."""
        found = self._taken(_NAME)
        if not found:
            self._skip_line()
            return ""
        if not found["sign"]:
            self.notes.append(f"an equals sign is missing after {found['name']}")
        return found["name"].lower()

    def _skip_line(self) -> None:
        """Skip a line that is no field; below a record that is never closed, that is prose, up to the end."""
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        if _MENDABLE.search(self.text, self.at):
            words = self.text[self.at : end].rstrip("}) \t")
            self.at += max(1, len(words))
            if words:
                self.notes.append(f"{words[:_SHOWN]!r} is no field")
        else:
            self.at = len(self.text)
            self.notes.append("it is never closed")

    def _keep(self, name: str, value: str) -> None:
        if not value.strip():
            return
        if name not in self.fields:
            self.fields[name] = value if _is_balanced(value) else re.sub(r"[{}]", "", value)
        elif self.fields[name] != value:
            self.notes.append(f"{name} is given twice, the first is used")

    def _value(self, name: str) -> str:
        """A value, with the parts that ``#`` joins."""
        parts = [self._part(name)]
        while self._skipped("#"):
            parts.append(self._part(name))
        return "".join(parts)

    def _part(self, name: str) -> str:
        opened = self.text[self.at : self.at + 1]
        if opened == "{":
            return self._until(name, self._closing_brace())
        if opened in _QUOTES and opened:
            return self._until(name, self._closing_quote(_QUOTES[opened]))
        return self._bare()

    def _until(self, name: str, end: int | None) -> str:
        """The value from behind its opening mark to `end`; if it swallows other fields, or `end` is None, it is cut."""
        start = self.at + 1
        swallowed = SWALLOWED.search(self.text, start, len(self.text) if end is None else end)
        if end is not None and not swallowed:
            self.at = end + 1
            return self.text[start:end]
        self.notes.append(f"{name} is never closed")
        if swallowed:
            self.at = swallowed.start()
            return self.text[start : self.at].rstrip(' \t\n,}"')
        if name == "title":
            raise Unmendable("its title is never closed")
        line = self.text.find("\n", start)
        self.at = len(self.text) if line < 0 else line
        return self.text[start : self.at].rstrip(' \t,}"')

    def _closing_brace(self) -> int | None:
        depth = 0
        for mark in re.finditer(r"[{}]", self.text[self.at :]):
            depth += 1 if mark[0] == "{" else -1
            if depth == 0:
                return self.at + mark.start()
        return None

    def _closing_quote(self, mark: str) -> int | None:
        """The mark that a comma, a brace or a line's end follows: people also quote words within a value."""
        found = self.text.find(mark, self.at + 1)
        while found >= 0 and (self._is_shielded(mark, found) or not _END_OF_QUOTE.match(self.text, found + 1)):
            found = self.text.find(mark, found + 1)
        return None if found < 0 else found

    def _is_shielded(self, mark: str, at: int) -> bool:
        """Whether a straight quotation mark is part of the value: in braces of its own, or LaTeX's accent."""
        before, behind = self.text[at - 1], self.text[at + 1 : at + 2]
        return mark == '"' and ((before == "{" and behind == "}") or (before == "\\" and behind.isalpha()))

    def _bare(self) -> str:
        """A number, a macro, or words that lack their braces."""
        start = self.at
        word = self._taken(_WORD)
        behind = _GAP.match(self.text, self.at)
        follows = self.text[behind.end() if behind else self.at :][:1]
        ends = ("", ",", "}", "#", ";", *(")" * self.parenthesis))
        if word and (follows in ends or "\n" in self.text[self.at : behind.end() if behind else 0]):
            return self.macros.get(word[0].lower(), word[0])
        end = _END_OF_WORDS.search(self.text, start)
        self.at = end.start() if end else len(self.text)
        return self.text[start : self.at].strip(' \t"')

    def _taken(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def _skipped(self, marks: str) -> bool:
        """Skip white space, comment lines and the given marks; whether there was a mark."""
        seen = False
        while True:
            gap = _GAP.match(self.text, self.at)
            self.at = gap.end() if gap else self.at
            if not marks or self.text[self.at : self.at + 1] not in tuple(marks):
                return seen
            seen, self.at = True, self.at + 1


def _is_balanced(text: str) -> bool:
    depth = 0
    for mark in re.finditer(r"[{}]", text):
        depth += 1 if mark[0] == "{" else -1
        if depth < 0:
            return False
    return depth == 0
