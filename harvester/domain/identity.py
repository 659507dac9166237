"""A paper's identifiers: arXiv ids, DOIs, titles, and the web addresses that contain them."""

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

from harvester.base.errors import UsageError

# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN(N) since April 2007, archive[.SC]/YYMMNNN before.
_ARXIV = re.compile(
    r"(?P<new>\d{4}\.\d{4,5})(v(?P<v1>\d+))?|(?P<archive>[a-z-]+)(\.[A-Z]{2})?/(?P<old>\d{7})(v(?P<v2>\d+))?"
)
_ARXIV_PREFIX = re.compile(r"^(arxiv:|oai:arxiv\.org:)", re.IGNORECASE)
_ARXIV_HOSTS = ("arxiv.org", "www.arxiv.org", "export.arxiv.org", "cn.arxiv.org", "xxx.lanl.gov")
# Pages of others about one paper, whose addresses have its arXiv id.
_ARXIV_PAGE = re.compile(
    r"(?:www\.)?(?:(?:huggingface\.co|hf\.co)/papers|alphaxiv\.org/(?:abs|overview|pdf)"
    r"|ar5iv(?:\.labs\.arxiv)?\.org/(?:html|abs)|arxiv-vanity\.com/papers)/(?P<id>.+)"
)
_PUBMED = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed/|europepmc\.org/(?:article|abstract)/MED/)"
    r"(?P<pmid>\d{1,9})"
    r"|(?:(?:www\.)?ncbi\.nlm\.nih\.gov/pmc/articles/|pmc\.ncbi\.nlm\.nih\.gov/articles/"
    r"|europepmc\.org/(?:article/PMC/|articles/))(?P<pmcid>PMC\d{1,9})",
    re.IGNORECASE,
)
_PUBMED_NAME = re.compile(r"(?:pmid:?\s*(?P<pmid>\d{1,9})|(?:pmcid:?\s*)?(?P<pmcid>PMC\d{1,9}))", re.IGNORECASE)
_DOI = re.compile(r"(?<!\d)10\.\d{4,9}/\S+")
_RESOLVER = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
_QUERY = re.compile(r"\?(?=[\w.-]+=).*", re.DOTALL)
_QUERY_WITH_DOI = re.compile(r"[?&](?:doi|id)=(?=10\.)(?P<doi>[^&#]+)", re.IGNORECASE)
_OPENED = {")": "(", "]": "[", "}": "{", ">": "<"}
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
# What addresses and feeds put behind a DOI: a page of the article, Oxford's article number, the version at medRxiv and
# bioRxiv (whose DOIs have none, unlike Research Square's).
_BEHIND_DOI = re.compile(
    r"\A(10\.\d{4,9}/(?:"
    r".+?(?=/(?:full(?:text|html)?(?:\.html?)?|abstract|e?pdf|ampdf|meta|suppl[\w./-]*"
    r"|(?:figures|tables)/\d+)\Z|(?:\.full)?(?:\.pdf|\.full)\Z|\.(?:supplementary-material|full-text)\Z)"
    r"|[^/]+/[^/]*[a-z][^/]*(?=/\d{6,8}\Z)"
    r"|(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8}(?=v\d+\Z)"
    r")).*\Z"
)
# Preprint servers, told by the form that they give their DOIs, whatever the prefix: openRxiv has had two.
_PREPRINT_DOIS = {
    "openrxiv": r"\d{4}\.\d\d\.\d\d\.\d+",
    "research square": r"rs\.\d+\.rs-\d+",
    "preprints.org": r"preprints\d[\d.]+",
    "ssrn": r"ssrn\.\d+",
    "techrxiv": r"techrxiv\..+",
    "chemrxiv": r"chemrxiv-.+",
    "osf": r"osf\.io/\w+",
    "authorea": r"au\.\d+\.\d+",
}
_DOI_VERSION = re.compile(r"(?:/|\.|_)v\d+\Z")
_RANK = {"arxiv": 0, "doi": 1, "pmid": 2, "pmcid": 3, "title": 4}
_ADDRESSES = {
    "arxiv": "https://arxiv.org/abs/",
    "doi": "https://doi.org/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
    "pmcid": "https://europepmc.org/article/PMC/",
}
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


def title_identifier(title: str) -> str | None:
    """``title:<key>``, or None for a title without a letter or digit."""
    key = title_key(title)
    return f"title:{key}" if key else None


def numbered(name: str, number: int) -> str:
    """``title:<key>~2``: the name of a second work whose title begins like another's, and which has no other name."""
    return f"{name}~{number}"


def doi_identifier(text: str) -> str | None:
    """``doi:<doi>`` from a DOI or an address with one, lower-cased as DOIs ignore case; arXiv's DOIs give arXiv ids.

    Signs that an address escapes (``%23``, ``%3F``) belong to the DOI, and at doi.org a plain ``#`` as well
    (DOI Handbook, section 2.5.2).
    """
    found = _DOI.search(unquote(_without_query(text)))
    if not found:
        return None
    doi = _whole_doi(_without_ending(found.group()[: 2 * LONGEST_DOI]).lower())
    if len(doi) > LONGEST_DOI:
        return None
    if (own := _ARXIV_DOI.fullmatch(doi)) and (named := arxiv_version(own[1])):
        return f"arxiv:{named[0]}"
    return f"doi:{doi}"


def _without_query(text: str) -> str:
    """A DOI, or an address, without the query and the fragment of its page."""
    bare = _QUERY.sub("", text)
    return bare if "://" not in bare or _RESOLVER.match(bare) else bare.partition("#")[0]


def _without_ending(text: str) -> str:
    """A DOI without the signs of the sentence around it; a bracket that it opened itself stays."""
    end = len(text)
    while end and (text[end - 1] in ".,;/" or _closes_nothing(text[:end])):
        end -= 1
    return text[:end]


def _closes_nothing(text: str) -> bool:
    last = text[-1]
    return last in _OPENED and text.count(last) > text.count(_OPENED[last])


def _whole_doi(text: str) -> str:
    """The DOI without what stands behind it; several things may."""
    while behind := _BEHIND_DOI.fullmatch(text):
        text = behind[1]
    return text


def preprint_server(name: str) -> str:
    """The preprint server whose DOI this identifier is; "" for all other identifiers."""
    suffix = _DOI_VERSION.sub("", name.partition("/")[2])
    return next((server for server, form in _PREPRINT_DOIS.items() if re.fullmatch(form, suffix)), "")


def without_version(name: str) -> str:
    """A preprint's DOI without its version, equal for all versions; other identifiers as they are."""
    return _DOI_VERSION.sub("", name) if preprint_server(name) else name


def link_identifier(address: str) -> str | None:
    """The arXiv id, PubMed id or DOI in a web address, if any."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    page = f"{parts.hostname}{parts.path.rstrip('/')}"
    if found := _PUBMED.fullmatch(page):
        return _pubmed(found)
    about = _ARXIV_PAGE.fullmatch(page)
    if about or parts.hostname in _ARXIV_HOSTS:
        path = about["id"] if about else re.sub(r"^/(abs|pdf|html|format|ps)/", "", parts.path.rstrip("/"))
        named = arxiv_version(path.removesuffix(".pdf"))
        return f"arxiv:{named[0]}" if named else None
    within = _QUERY_WITH_DOI.search(address)
    return doi_identifier(address) or (doi_identifier(unquote(within["doi"])) if within else None)


def parse_identifier(text: str) -> str | None:
    """The identifier in what a person typed: an arXiv id, a DOI, a name such as ``pmid:`` or ``title:``, a web address.

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
    if known := _PUBMED_NAME.fullmatch(text):
        return _pubmed(known)
    if text.lower().startswith("title:"):
        title, _, number = text[6:].partition("~")
        return f"title:{title_key(title)}~{number}" if number.isdecimal() else title_identifier(text[6:])
    return doi_identifier(text)


def _pubmed(found: re.Match[str]) -> str:
    return f"pmid:{found['pmid']}" if found["pmid"] else f"pmcid:{found['pmcid'].upper()}"


def address_of(identifier: str) -> str:
    """The web address of an arXiv id, a DOI or a PubMed id; "" for a title."""
    scheme, _, name = identifier.partition(":")
    base = _ADDRESSES.get(scheme)
    return base + quote(name, safe="/.") if base else ""


def best(identifiers: Iterable[str]) -> str:
    """The identifier to show: arXiv before DOI before PubMed's before title, otherwise first by alphabet."""
    return min(identifiers, key=lambda name: (_RANK.get(name.partition(":")[0], 9), name))


def names_of_kind(identifiers: Iterable[str], kind: str) -> set[str]:
    """The identifiers of one kind (``arxiv``, ``doi``, ``pmid``, ``pmcid``, ``title``)."""
    return {name for name in identifiers if name.startswith(f"{kind}:")}
