"""What a list is about, from its title and its first paragraph."""

import re
from itertools import dropwhile
from typing import TYPE_CHECKING

from harvester.catalog.importing.mojibake import repair
from harvester.domain.text import clean

if TYPE_CHECKING:
    from markdown_it.token import Token

# Words at the ends of a title that say what a list is, not what it is about.
_AROUND = frozenset(
    """
    a about an and article articles awesome awesomes best collected collection collections comprehensive curated for
    from github hub in latest list lists literature must must-read of on paper paperlist papers publication publications
    reading readings recent repo repository research resource resources review reviews roadmap survey surveys the to
    top up-to-date works 论文 列表 论文列表 资源 综述 一覧 論文 論文一覧 論文リスト リスト まとめ
    """.split()  # noqa: SIM905 - a list of sixty words in quotes is no easier to read
)
_LAST_OF = re.compile(r".*\b(?:for|in|on|of|about)\s+(?=\S)", re.IGNORECASE)
_FEWEST_WORDS = 4  # of a paragraph that says something
_LONGEST = 400  # characters of a definition
_BEGINNING = 20_000  # characters in which the first paragraph is looked for


def subject_of(title: str) -> str:
    """``Awesome Papers on Deep Learning for Time Series (TS)`` is about ``Time Series``; "" if nothing is left."""
    words = re.sub(r"[(（\[].*?[)）\]]", " ", title).strip(" :：")
    words = words if " " in words else re.sub(r"[-_]+", " ", words)
    subject = _LAST_OF.sub("", " ".join(_stripped(_stripped(words.split())[::-1])[::-1]), count=1)
    return subject.lower() if subject.isupper() and " " in subject else subject


def first_paragraph(text: str, title: str) -> str:
    """The first paragraph that says something, in plain words, below the title and above the next heading; or ""."""
    from markdown_it import MarkdownIt

    beginning = "\n".join(map(repair, text[:_BEGINNING].splitlines()))
    opened: list[str] = []
    for token in MarkdownIt("commonmark").parse(beginning):
        if token.nesting:
            opened = [*opened, token.tag] if token.nesting > 0 else opened[:-1]
        elif token.type == "inline":
            words = clean("".join(map(_plain, token.children or ())))
            if re.fullmatch("h[1-6]", opened[-1]) and words != clean(title):
                break
            if opened[-1] == "p" and "li" not in opened and len(words.split()) >= _FEWEST_WORDS:
                return words[:_LONGEST]
    return ""


def _plain(token: "Token") -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content if token.type != "image" else ""


def _stripped(words: list[str]) -> list[str]:
    return list(dropwhile(lambda word: word.lower().strip(":,-–—|") in _AROUND or not re.search(r"\w", word), words))
