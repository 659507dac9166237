"""What the fields of a BibTeX record say: title, identifier, date, venue, addresses, and what kind of work it is."""

import re
from collections.abc import Iterator, Mapping

from harvester.base.escape import is_web_url
from harvester.catalog.importing.records.arxiv_ids import arxiv_in, is_arxiv
from harvester.catalog.importing.records.citation import Work
from harvester.catalog.importing.records.latex import from_latex, verbatim
from harvester.catalog.importing.records.paper_pages import paper_at
from harvester.catalog.published import Published
from harvester.domain.identity import doi_identifier, title_identifier
from harvester.domain.papers import PREPRINT_SERVER, venue_of

Fields = Mapping[str, str]
_VENUES = ("journal", "journaltitle", "booktitle", "maintitle", "eventtitle", "school", "institution", "howpublished",
           "organization", "publisher")  # fmt: skip
_ADDRESSES = ("url", "ee", "link", "pdf", "website", "howpublished", "note", "code", "github")
_ONE_URL = re.compile(r"https?://(?:(?!https?:/)\S)+")
_URL = re.compile(r"https?://[^\s,;<>\"{}|\\^`]+|(?<![\w/.@])(?:www\.|(?:arxiv|doi)\.org/|github\.com/)[^\s,;<>\"{}]+")
_MARKDOWN_LINK = re.compile(r"\[[^\[\]]*\]\((?P<address>https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)")
_PROCEEDINGS = re.compile(r"^(?:in:? )?(?:the )?proceedings of (?:the )?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_MONTH = re.compile(r"[A-Za-z]{3,9}")
_DAY = re.compile(r"(?<!\d)([12]\d|3[01]|0?[1-9])(?!\d)")
_ISO = re.compile(r"(?P<first>\d{4}(?P<sign>[-/.])\d\d?(?:(?P=sign)\d\d?)?)(?!\d)")
_CODE_HOST = re.compile(
    r"https?://(?:www\.)?(?:github|gitlab|bitbucket|codeberg|pypi|cran\.r-project|sourceforge)\.(?:com|org|net)/",
    re.IGNORECASE,
)
_CATALOG_RECORD = re.compile(r"https?://api\.semanticscholar\.org/", re.IGNORECASE)  # no page of the paper
_OF_SOFTWARE = re.compile(r"\b(?:zenodo|github|gitlab|figshare|pypi|cran|code ?ocean)\b", re.IGNORECASE)
_OF_DATA = re.compile(
    r"\b(?:physionet|dataverse|dryad|mendeley data|kaggle|dataport|10\.13026|10\.17632|10\.7910/dvn|10\.5061|10\.21227"
    r"|10\.34740)\b",
    re.IGNORECASE,
)
_DATA = re.compile(r"\b(?:data ?sets?|databases?|data collection)\b", re.IGNORECASE)
_SOFTWARE_TYPES = frozenset({"software", "code", "softwareversion"})


def title_of(fields: Fields) -> str:
    """The title with its subtitle; without a full stop that BibTeX would set itself."""
    title, subtitle = (_text(fields, name).strip() for name in ("title", "subtitle"))
    if subtitle and subtitle.casefold() not in title.casefold():
        title = f"{title} {subtitle}" if title.endswith((":", "?", "!")) else f"{title}: {subtitle}"
    return re.sub(r"(?<=[^\W\d_]{3})[.,;]$", "", title)


def identifier_of(fields: Fields, title: str, key: str = "") -> str:
    """The arXiv id, whichever field has it, else the DOI, else another id in an address, else the title.

    Springer and ACM give a DOI as the record's `key`, perhaps nowhere else.
    """
    if found := arxiv_in(fields):
        return f"arxiv:{found}"
    written = [verbatim(fields.get(name, "")) for name in ("doi", "url", "ee", "howpublished", "note", "eid")]
    named = filter(None, (doi_identifier(text) for text in written if "10." in text))
    linked = filter(None, map(paper_at, addresses_of(fields)))
    archive = fields.get("archiveprefix", "") or fields.get("eprinttype", "")
    number = fields.get("eprint" if archive.lower() in ("pubmed", "pmid") else "pmid", "").strip()
    pubmed = f"pmid:{number}" if number.isdecimal() else ""
    return next(named, "") or next(linked, "") or pubmed or doi_identifier(key) or title_identifier(title) or ""


def published_of(fields: Fields) -> Published:
    """The date of ``date`` or of ``year``, ``month`` and ``day``, as much of it as can be read (``2021a`` is 2021)."""
    date = _ISO.match(_text(fields, "date"))
    year = _YEAR.search(_text(fields, "year") or _text(fields, "date"))
    month = _text(fields, "month") or _month_in(_text(fields, "date"))
    name, day = _MONTH.search(month), _DAY.search(_text(fields, "day")) or _DAY.search(month)
    tried = [re.sub(r"[/.]", "-", date["first"]) if date else ""]
    if year and name:
        tried += [f"{name[0]} {day[0]}, {year[0]}" if day else "", f"{name[0]} {year[0]}"]
    elif year and month.strip().isdecimal():
        tried.append(f"{year[0]}-{month.strip()}")
    return next(filter(None, map(_date, [*tried, _text(fields, "year"), year[0] if year else ""])), Published())


def _month_in(date: str) -> str:
    """The month and the day of a date in words: ``May 3, 2022``, ``3 May 2022``."""
    return re.sub(r"\d{4}", "", date) if _MONTH.search(date) else ""


def venue_of_record(fields: Fields, identifier: str) -> str:
    """Where it appeared; "arXiv" for its many spellings, "" for an address."""
    written = next((text for name in _VENUES if (text := _text(fields, name)) and not _URL.search(text)), "")
    if is_arxiv(written):
        return PREPRINT_SERVER
    return venue_of(_PROCEEDINGS.sub("", written), identifier)


def links_of(fields: Fields) -> dict[str, str]:
    """The first address of the paper, and the first of its code."""
    links: dict[str, str] = {}
    for address in addresses_of(fields):
        links.setdefault("code" if is_code(address) else "paper", address)
    return links


def addresses_of(fields: Fields) -> Iterator[str]:
    """The web addresses of the fields that may hold some, with the scheme that people leave out."""
    for name in _ADDRESSES:
        written = _MARKDOWN_LINK.sub(r"\g<address>", verbatim(fields.get(name, "").replace(r"\url", " ")))
        whole = name == "url" and _ONE_URL.fullmatch(written)  # a DOI in it may hold any sign
        for found in [written] if whole else _URL.findall(written):
            address = without_sentence(found if "://" in found else f"https://{found}")
            if is_web_url(address) and not _CATALOG_RECORD.match(address):
                yield address


def without_sentence(address: str) -> str:
    """An address without the punctuation of the sentence that it stands in; a bracket that it opened stays."""
    while address.endswith((".", ",", ";", ":")) or (address.endswith(")") and address.count(")") > address.count("(")):
        address = address[:-1]
    return address


def is_code(address: str) -> bool:
    """Whether an address is that of a repository or package."""
    return bool(_CODE_HOST.match(address))


def work_of(kind: str, fields: Fields) -> Work:
    """What a record of this type with these fields describes; software and data are cited as ``misc`` as well."""
    where = " ".join(fields.get(name, "") for name in ("publisher", "doi", "url", "howpublished", "note", "version"))
    if kind in ("dataset", "data"):
        return Work.DATASET
    if kind in _SOFTWARE_TYPES:
        return Work.DATASET if _OF_DATA.search(where) and _DATA.search(fields.get("title", "")) else Work.SOFTWARE
    printed = " ".join(fields.get(name, "") for name in ("journal", "journaltitle", "booktitle", "school", "eprint"))
    if printed.strip() and not _OF_SOFTWARE.search(printed):  # "GitHub repository" is people's journal, too
        return Work.PAPER
    if _OF_DATA.search(where):
        return Work.DATASET
    if _OF_SOFTWARE.search(where) and kind in ("misc", "online", "electronic", "manual", "www"):
        return Work.DATASET if _DATA.search(fields.get("title", "")) else Work.SOFTWARE
    return Work.PAPER


def _text(fields: Fields, name: str) -> str:
    return from_latex(fields.get(name, ""))


def _date(text: str) -> Published | None:
    try:
        return Published.parse(text) if text else None
    except ValueError:  # an impossible day or month: the year may still be right
        return None
