"""A paper's identifiers: arXiv ids, DOIs, titles, and the web addresses that contain them."""

import re
from collections.abc import Iterable
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
# What addresses and feeds put behind a DOI: a page of the article, Oxford's article number, the version at medRxiv and
# bioRxiv (whose DOIs have none, unlike Research Square's).
_BEHIND_DOI = re.compile(
    r"\A(10\.\d{4,9}/(?:"
    r".+?(?=/(?:full(?:text|html)?|abstract|e?pdf|meta|suppl[\w./-]*)\Z|(?:\.full)?(?:\.pdf|\.full)\Z)"
    r"|[^/]+/[^/]*[a-z][^/]*(?=/\d{6,8}\Z)"
    r"|(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8}(?=v\d+\Z)"
    r")).*\Z"
)
_RANK = {"arxiv": 0, "doi": 1, "pmid": 2, "pmcid": 3, "title": 4}
TITLE_KEY_LENGTH = 60
LONGEST_DOI = 512  # characters; anything longer is not a DOI, and no database index takes it


def arxiv_version(text: str) -> tuple[str, int] | None:
    """``("2411.13602", 2)`` for ``2411.13602v2``, with or without ``arxiv:``; the version is 0 if none is given.

    The version is matched as a suffix, because ``solv-int/9901001v2`` has another ``v`` in its archive. The subject
    class of an old id (``math.GT/0309136``) is not part of the id.
    """
    found = _ARXIV.fullmatch(_ARXIV_PREFIX.sub("", text.strip()))
    if not found:
        return None
    base = found["new"] or f"{found['archive']}/{found['old']}"
    return base, int(found["v1"] or found["v2"] or 0)


def title_key(title: str) -> str:
    """The first 60 letters and digits of the lower-cased title."""
    return re.sub(r"\W+", "", title.lower())[:TITLE_KEY_LENGTH]


def whole_title(title: str) -> str:
    """Equal for two spellings of a title; unlike `title_key` not truncated, nor empty for a title of symbols only."""
    return re.sub(r"\W+", "", title.casefold()) or title


def title_identifier(title: str) -> str | None:
    """``title:<key>``, or None for a title without a letter or digit."""
    key = title_key(title)
    return f"title:{key}" if key else None


def doi_identifier(text: str) -> str | None:
    """``doi:<doi>`` from a DOI or an address with one, lower-cased as DOIs ignore case; arXiv's DOIs give arXiv ids."""
    found = _DOI.search(unquote(text))
    if not found:
        return None
    doi = _whole_doi(found.group().split("?")[0].split("#")[0].rstrip(".,;)]}/").lower())
    if len(doi) > LONGEST_DOI:
        return None
    if (own := _ARXIV_DOI.fullmatch(doi)) and (named := arxiv_version(own[1])):
        return f"arxiv:{named[0]}"
    return f"doi:{doi}"


def _whole_doi(text: str) -> str:
    """The DOI without what stands behind it; several things may."""
    while behind := _BEHIND_DOI.fullmatch(text):
        text = behind[1]
    return text


def link_identifier(address: str) -> str | None:
    """The arXiv id or DOI in a web address, if any."""
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
    """The identifier in what a person typed: an arXiv id, ``arxiv:``, ``doi:`` or ``title:`` name, DOI, or web address.

    Returns:
        None if the text is none of these.

    Raises:
        UsageError: a web address without an arXiv id or DOI.
    """
    text = text.strip()
    if text.lower().startswith(tuple(f"{host}/" for host in _ARXIV_HOSTS)):
        text = f"https://{text}"  # browsers hide the scheme
    if "://" in text:
        if found := link_identifier(text):
            return found
        raise UsageError(
            f"{text} is not the address of an arXiv paper or a DOI; enter an arXiv id, a DOI, or the address of either."
        )
    if named := arxiv_version(text):
        return f"arxiv:{named[0]}"
    if text.lower().startswith("title:"):
        return title_identifier(text[6:])
    return doi_identifier(text)


def best(identifiers: Iterable[str]) -> str:
    """The identifier to show: arXiv before DOI before PubMed's before title, otherwise first by alphabet."""
    return min(identifiers, key=lambda name: (_RANK.get(name.partition(":")[0], 9), name))


def names_of_kind(identifiers: Iterable[str], kind: str) -> set[str]:
    """The identifiers of one kind (``arxiv``, ``doi``, ``pmid``, ``pmcid``, ``title``)."""
    return {name for name in identifiers if name.startswith(f"{kind}:")}
