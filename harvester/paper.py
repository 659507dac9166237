"""The records everything passes on, what makes two of them the same paper, and text clean-up. No I/O."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import SequenceMatcher
from urllib.parse import unquote, urlsplit

from harvester.base.errors import UsageError

# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN(N) since April 2007, archive[.SC]/YYMMNNN before.
_ARXIV = re.compile(
    r"(?P<new>\d{4}\.\d{4,5})(v(?P<v1>\d+))?|(?P<archive>[a-z-]+)(\.[A-Z]{2})?/(?P<old>\d{7})(v(?P<v2>\d+))?"
)
_ARXIV_PREFIX = re.compile(r"^(arxiv:|oai:arxiv\.org:)", re.IGNORECASE)
_ARXIV_HOSTS = ("arxiv.org", "www.arxiv.org", "export.arxiv.org")
_DOI = re.compile(r"(?<!\d)10\.\d{4,9}/\S+")
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
_RANK = {"arxiv": 0, "doi": 1, "title": 2}
TITLE_KEY_LENGTH = 60
ARTICLES = ("a", "an", "the")
_STEM, _FORMS_OF_ONE_WORD = 4, 0.85  # letters that forms of one word begin with; how alike the whole words must be
LONGEST_DOI = 512  # characters; what is longer is no DOI, and no database index takes it


@dataclass(frozen=True, slots=True)
class Author:
    """One author as the source spells the name."""

    name: str
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One work as one source shows it; the store merges what several sources show.

    `version` is 0 where the source knows no versions. `categories` begins with the primary one.
    `links` maps a role (``paper``, ``code``, ``project``, ``pdf``) to an address.
    """

    identifiers: tuple[str, ...]
    title: str
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    version: int = 0
    categories: tuple[str, ...] = ()
    venue: str = ""
    comment: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    upvotes: int | None = None
    withdrawn: bool = False

    @property
    def id(self) -> str:
        """The name people see and type: arXiv, else DOI, else title."""
        return best(self.identifiers)

    @property
    def text_hash(self) -> str:
        """Names this text for predictions and cached embeddings, whatever version it came with."""
        return hashlib.sha256(f"{self.title}\0{self.abstract}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sighting:
    """One source showing one paper: `announced` is the day the source itself declares, `announce_type` arXiv's word.

    `text_from` names the source whose text the paper carries, where that is another one.
    """

    source: str
    paper: Paper
    announced: date | None = None
    announce_type: str = ""
    text_from: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a paper is about: label ids by facet, in the taxonomy's order, and its kind."""

    facets: Mapping[str, tuple[str, ...]]
    kind: str

    def to_json(self) -> dict[str, object]:
        """``{"task": [...], ..., "kind": "research"}``."""
        return {facet: list(labels) for facet, labels in self.facets.items()} | {"kind": self.kind}


def clean(text: str) -> str:
    """Foreign text as it is stored: NFC, no control characters or lone surrogates, white space folded, LaTeX kept."""
    return " ".join(unicodedata.normalize("NFC", _CONTROL.sub("", text)).split())


def arxiv_version(text: str) -> tuple[str, int] | None:
    """``("2411.13602", 2)`` of ``2411.13602v2``, with or without ``arxiv:``; version 0 where none is given.

    The version is a suffix, found by pattern: ``solv-int/9901001v2`` has a ``v`` in its archive. The subject
    class of an old id (``math.GT/0309136``) is not part of its name.
    """
    found = _ARXIV.fullmatch(_ARXIV_PREFIX.sub("", text.strip()))
    if not found:
        return None
    base = found["new"] or f"{found['archive']}/{found['old']}"
    return base, int(found["v1"] or found["v2"] or 0)


def title_key(title: str) -> str:
    """The first 60 letters and digits of the lower-cased title."""
    return re.sub(r"\W+", "", title.lower())[:TITLE_KEY_LENGTH]


def title_identifier(title: str) -> str | None:
    """``title:<key>``, or None for a title without a letter or digit."""
    key = title_key(title)
    return f"title:{key}" if key else None


def doi_identifier(text: str) -> str | None:
    """``doi:<doi>``, in lower case since DOIs ignore it, of a DOI or an address with one; arXiv's own are arXiv ids."""
    found = _DOI.search(unquote(text))
    if not found:
        return None
    doi = found.group().split("?")[0].split("#")[0].rstrip(".,;)]}/").lower()
    if len(doi) > LONGEST_DOI:
        return None
    if (own := _ARXIV_DOI.fullmatch(doi)) and (named := arxiv_version(own[1])):
        return f"arxiv:{named[0]}"
    return f"doi:{doi}"


def link_identifier(address: str) -> str | None:
    """The arXiv id or DOI that a web address names, if any."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.hostname in _ARXIV_HOSTS:
        path = re.sub(r"^/(abs|pdf|html)/|\.pdf$", "", parts.path.rstrip("/"))
        named = arxiv_version(path)
        return f"arxiv:{named[0]}" if named else None
    return doi_identifier(parts.path)


def parse_identifier(text: str) -> str | None:
    """The identifier that a person typed: base id, ``arxiv:``/``doi:``/``title:`` name, DOI, or the address of either.

    Returns:
        None where the text is no such name.

    Raises:
        UsageError: a web address that names no paper.
    """
    text = text.strip()
    if text.lower().startswith(tuple(f"{host}/" for host in _ARXIV_HOSTS)):
        text = f"https://{text}"  # as browsers show it
    if "://" in text:
        if found := link_identifier(text):
            return found
        raise UsageError(
            f"{text} is no address of an arXiv paper or a DOI; give an arXiv id, a DOI or such an address."
        )
    if named := arxiv_version(text):
        return f"arxiv:{named[0]}"
    if text.lower().startswith("title:"):
        return title_identifier(text[6:])
    return doi_identifier(text)


def best(identifiers: Iterable[str]) -> str:
    """The identifier people see: arXiv before DOI before title, else in the order of the alphabet."""
    return min(identifiers, key=lambda name: (_RANK.get(name.partition(":")[0], 9), name))


def names_of_kind(identifiers: Iterable[str], kind: str) -> set[str]:
    """Those of one kind (``arxiv``, ``doi``, ``title``)."""
    return {name for name in identifiers if name.startswith(f"{kind}:")}


def same_work(left: Paper, right: Paper) -> bool:
    """Whether two records whose titles begin alike are one work: no two different arXiv ids, and authors in common.

    A title alone is weak ("Editorial", "Supplementary material"), and surnames are few: records whose authors are
    known must agree on all of the title, and share two authors, or the first, or the only one. A record without
    authors (an imported list names none) is taken at its title's word.
    """
    for kind in ("arxiv", "doi"):
        ours, theirs = names_of_kind(left.identifiers, kind), names_of_kind(right.identifiers, kind)
        if ours and theirs and not ours & theirs:
            return False
    first, second = _surnames(left), _surnames(right)
    if not first or not second:
        return True
    common = set(first) & set(second)
    if names_of_kind(left.identifiers, "title") & names_of_kind(right.identifiers, "title"):
        return bool(common)  # they bear the name itself: an entry keeps it when people correct its title
    only = len(common) == min(len(set(first)), len(set(second))) == 1
    enough = len(common) > 1 or first[0] == second[0] or only
    return enough and same_title(left.title, right.title)


def same_title(left: str, right: str) -> bool:
    """Whether two titles differ in no more than punctuation, articles, and the endings or spellings of words.

    One other word makes another title: "... from CT" and "... from MR" are companions by the same people.
    """
    if _joined(left) == _joined(right):
        return True
    ours, theirs = _title_words(left), _title_words(right)
    return len(ours) == len(theirs) > 0 and all(map(_same_word, ours, theirs))


def _joined(title: str) -> str:
    return re.sub(r"\W+", "", title.casefold())


def _title_words(title: str) -> list[str]:
    return [word for word in re.findall(r"\w+", title.casefold()) if word not in ARTICLES]


def _same_word(left: str, right: str) -> bool:
    """Equal, or forms of one word: ``foundation`` and ``foundational``, ``tumor`` and ``tumour``; never numbers."""
    if left == right:
        return True
    forms = left[:_STEM] == right[:_STEM] and left.isalpha() and right.isalpha()
    return forms and SequenceMatcher(None, left, right, autojunk=False).ratio() >= _FORMS_OF_ONE_WORD


def _surnames(paper: Paper) -> list[str]:
    """The last words of the names, without Jr. and its like."""
    names = ([word.strip(".,") for word in author.name.casefold().split()] for author in paper.authors)
    words = ([word for word in name if word and word not in _SUFFIXES] for name in names)
    return [name[-1] for name in words if name]
