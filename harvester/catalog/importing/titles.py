"""Where in a line of a list the title of a paper is: lists set it in bold, as a link, in quotes, or as bare words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harvester.catalog.importing.inline import TOKEN, Link, links_in, plain
from harvester.catalog.published import Published
from harvester.domain.identity import arxiv_version, link_identifier

_BOLD = re.compile(r"(?:\*\*(?P<stars>(?:\\.|[^\\*]|\*(?!\*))+)\*\*|__(?P<lines>(?:\\.|[^\\_]|_(?!_))+)__)")
_NOTE_FIRST = re.compile(
    r"(?:\*\*|__|`)?(?:\[(?P<note>(?:\\.|[^\[\]\\])*+)\](?!\()|\((?P<round>(?:\\.|[^()\\]){1,60})\))"
    r"(?:\*\*|__|`)?[\s:,|–—-]*"
)
_DATE_FIRST = re.compile(
    r"(?:\*\*)?(?P<note>\d{4}(?:[-./]\d{1,2}){0,2}|[A-Z][a-z]{2,8}\.?,? \d{4})(?:\*\*)?\s*[:,|–—-]+\s+"
)
_QUOTED = re.compile('[“"](?P<text>[^“”"]{12,300})[”"]')
_SENTENCE = re.compile(r"(?P<text>.{8,}?)(?:\.(?=\s+[A-Z(*_\[])|[.?!]\s*$|\s+[–—-]\s+|$)")
_AUTHORS_FIRST = re.compile(r"[^.]{0,80}\bet al\.?,?\s*(?:\(\d{4}\))?[.,:]?\s+")
_MOST_NOTES = 4
_MARKUP_EDGES = " \t*_`|\\.,:;–—-"
# What lists write on a link instead of a title.
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
    """A line taken apart: the title's Markdown ("" where there is none), its own link, and everything else."""

    title: str
    rest: str
    link: str = ""


def find_title(body: str, *, bullet: bool, like_a_paper: bool) -> Titled:
    """The title of a block by its first line without bullet.

    Args:
        like_a_paper: whether the block links to a paper, so that bare words may be trusted to be its title.
    """
    before, text = _leading_notes(body)
    for found in _candidates(text, bullet=bullet, like_a_paper=like_a_paper):
        return Titled(found.title, f"{before}{found.rest}", found.link)
    return Titled("", body)


def is_generic(label: str) -> bool:
    """Whether a link's text says what kind of link it is ("PDF", "PyTorch code", an arXiv id) and is no title."""
    if arxiv_version(label) or "://" in label or label.lower().startswith(("10.", "doi:")):
        return True
    words = re.findall(r"[a-z]+", label.lower())
    return not words or (len(words) <= 3 and all(word in _GENERIC for word in words))


def leads_to_paper(link: Link) -> bool:
    """Whether a link is to a paper by its label or its address."""
    words = re.findall(r"[a-z]+", link.label.lower())
    return bool(link_identifier(link.target)) or (len(words) <= 3 and any(word in _PAPER_WORDS for word in words))


def _leading_notes(body: str) -> tuple[str, str]:
    """Notes and dates that stand before a title (``[MICCAI 2023] Title``), each in square brackets, and the rest."""
    notes, text = "", body.lstrip()
    for _ in range(_MOST_NOTES):
        found = _NOTE_FIRST.match(text) or _DATE_FIRST.match(text)
        if not found:
            break
        rest = text[found.end() :]
        note = found["note"] if found["note"] is not None else found["round"]
        if not rest.strip(_MARKUP_EDGES) or rest.startswith("["):  # all that the line holds, or before links only
            break
        notes, text = f"{notes}[{note}] ", rest
    return (notes, text) if text.strip() else ("", body)


def _candidates(text: str, *, bullet: bool, like_a_paper: bool) -> Iterator[Titled]:
    """Titles in the order in which they are believed."""
    bold = _BOLD.match(text)
    if bold and not (_is_note(bold) and re.search(r"\w", text[bold.end() :])):
        yield _from_bold(bold, text)
    linked = TOKEN.match(text)
    if linked and _is_title(linked):
        rest = text[linked.end() :]
        if bullet or _no_prose(rest):
            yield Titled(linked["label"], rest, linked["target"])
    if bullet or like_a_paper:
        yield from _further_on(text)
    if like_a_paper:
        yield from _bare(text)
    if bold:
        yield _from_bold(bold, text)


def _is_title(linked: re.Match[str]) -> bool:
    """Whether a link leads to another site and its text says more than that it is a link."""
    return bool(linked["target"]) and "://" in linked["target"] and not is_generic(plain(linked["label"]))


def _is_note(bold: re.Match[str]) -> bool:
    """``**[2023]**`` and ``**2023-07-01**`` are no titles."""
    words = bold["stars"] or bold["lines"]
    found = TOKEN.fullmatch(words)
    return (found is not None and found["note"] is not None) or is_date(plain(words)) or is_generic(plain(words))


def _from_bold(bold: re.Match[str], text: str) -> Titled:
    words, rest = bold["stars"] or bold["lines"], text[bold.end() :]
    linked = TOKEN.fullmatch(words)
    if linked and linked["target"]:
        return Titled(linked["label"] if not is_generic(plain(linked["label"])) else words, rest, linked["target"])
    return Titled(words, rest)


def _further_on(text: str) -> Iterator[Titled]:
    """A title behind authors or a date: in bold, in quotes, or a link of several words."""
    for bold in _BOLD.finditer(text):
        if not _is_note(bold) and len(plain(bold["stars"] or bold["lines"]).split()) > 2:
            found = _from_bold(bold, "")
            yield Titled(found.title, text[: bold.start()] + text[bold.end() :], found.link)
    if (quoted := _QUOTED.search(text)) and not TOKEN.search(quoted["text"]):
        yield Titled(quoted["text"].rstrip(".,"), text[: quoted.start()] + text[quoted.end() :])
    for link in TOKEN.finditer(text):
        if _is_title(link) and len(plain(link["label"]).split()) > 2:
            yield Titled(link["label"], text[: link.start()] + text[link.end() :], link["target"])


def _bare(text: str) -> Iterator[Titled]:
    """The words before the first link or note: their first sentence, behind the authors where those come first."""
    first = next((found.start() for found in TOKEN.finditer(text) if not found.group().startswith("\\")), len(text))
    lead = re.sub(r"[\s*_`(|,:;–—-]+$", "", text[:first])
    skipped = _AUTHORS_FIRST.match(lead)
    start = skipped.end() if skipped else 0
    if found := _SENTENCE.match(lead, start):
        title = found["text"].strip(_MARKUP_EDGES)
        if len(plain(title).split()) > 1 and not is_date(plain(title)):
            yield Titled(title, text[:start] + text[found.end("text") :])


def _no_prose(rest: str) -> bool:
    """Whether what follows a link at the start of a paragraph is details, not a sentence that the link begins."""
    bare = TOKEN.sub("", rest).strip()
    return not bare or not bare[0].isalnum() or bare.startswith("by ")


def is_date(text: str) -> bool:
    """Whether a text is a date and nothing else, be it one that the calendar lacks."""
    try:
        return bool(Published.parse(text))
    except ValueError:
        return True


def block_is_like_a_paper(lines: list[str]) -> bool:
    """Whether one of the links of a block leads to a paper."""
    return any(leads_to_paper(link) for line in lines for link in links_in(line))
