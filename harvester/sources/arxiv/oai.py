"""arXiv's OAI-PMH (https://info.arxiv.org/help/oa/index.html, https://www.openarchives.org/OAI/openarchivesprotocol.html).

It lists every record changed since a given day; the completeness audit compares the store with that list. A datestamp
is the day of the record's last change, bulk edits included, not of its submission. Resumption tokens carry neither
size nor position and expire every day; then the list starts over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from harvester.base.settings_section import WebAddress
from harvester.domain.identity import arxiv_version
from harvester.domain.papers import Paper
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.text import clean
from harvester.sources.arxiv.tex import plain_accents
from harvester.sources.errors import BadQuery, Incomplete, Malformed, Unavailable
from harvester.sources.http import Transport
from harvester.sources.names import authors_of
from harvester.sources.source import Probe, SourceKind, WebSource
from harvester.sources.xml import XmlElement, parse_xml

PROVENANCE = Provenance("arxiv_oai", Rank.ANNOUNCED, "preprint")
WHO = "arXiv's OAI-PMH"
ACCEPT = "text/xml, application/xml"
MAX_RESTARTS = 3
NAMESPACES = {"oai": "http://www.openarchives.org/OAI/2.0/", "raw": "http://arxiv.org/OAI/arXivRaw/"}
GROUPS = ("cs", "econ", "eess", "math", "q-bio", "q-fin", "stat")
"""Archives that form their own group of sets; all others belong to the group physics."""
_REJECTIONS = ("badArgument", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noSetHierarchy")


class OaiSettings(WebSource):
    """arXiv's OAI-PMH, for the completeness audit."""

    url: WebAddress = "https://oaipmh.arxiv.org/oai"


@dataclass(frozen=True, slots=True)
class Record:
    """One record. A deleted record, or one without metadata, has version 0 and no text."""

    base: str
    version: int
    datestamp: date
    sets: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    title: str = ""
    abstract: str = ""
    authors: str = ""
    deleted: bool = False

    @property
    def id(self) -> str:
        """Its identifier in the store."""
        return f"arxiv:{self.base}"

    def as_paper(self) -> Paper:
        """What the record says about the paper."""
        return Paper(
            identifiers=(self.id,),
            title=self.title,
            abstract=self.abstract,
            authors=authors_of((self.authors,)),
            version=self.version,
            categories=self.categories,
            links={"paper": f"https://arxiv.org/abs/{self.base}"},
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its records, and the token for the next one, "" at the end of the list."""

    records: tuple[Record, ...]
    token: str = ""


class TokenExpired(Unavailable):
    """The resumption token is no longer valid; the list starts over."""


def list_records(settings: OaiSettings, transport: Transport, set_spec: str, since: date) -> Iterator[Record]:
    """Every record of a set changed on or after a day; after an expired token some come twice.

    Raises:
        FetchError: an answer is missing or malformed, the set is rejected, or tokens keep expiring.
    """
    for _ in range(MAX_RESTARTS + 1):
        try:
            yield from _walk(settings, transport, set_spec, since)
            return
        except TokenExpired:
            continue
    raise Unavailable(
        f"{WHO} let its resumption tokens expire {MAX_RESTARTS + 1} times while listing {set_spec}; audit fewer days, "
        f"or try later: tokens expire at midnight in New York."
    )


def _walk(settings: OaiSettings, transport: Transport, set_spec: str, since: date) -> Iterator[Record]:
    """One pass from the first page to the last; `until` is never sent, because it would hide changes made meanwhile."""
    params = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": set_spec, "from": since.isoformat()}
    tokens: set[str] = set()
    while True:
        page = read_page(transport.get(settings.url, params, ACCEPT).body, continued=bool(tokens))
        yield from page.records
        if not page.token:
            return
        if page.token in tokens:
            raise Malformed(f"{WHO} gave the same resumption token twice; the list of {set_spec} would never end.")
        tokens.add(page.token)
        params = {"verb": "ListRecords", "resumptionToken": page.token}


def read_page(body: bytes, *, continued: bool = False) -> Page:
    """One answer to ListRecords; an empty page if nothing was changed.

    Args:
        continued: whether a resumption token was sent.

    Raises:
        TokenExpired: that token is no longer valid.
        BadQuery: the request is rejected.
        Malformed: not OAI-PMH, an error that the protocol does not define, or a record that cannot be read.
        Incomplete: "no records" in the middle of a list.
    """
    root = parse_xml(body, WHO)
    if root.tag != f"{{{NAMESPACES['oai']}}}OAI-PMH":
        raise Malformed(f"{WHO} sent a document that is not OAI-PMH; correct harvest.oai.url.")
    if (error := root.find("oai:error", NAMESPACES)) is not None:
        return _no_records(error, continued=continued)
    listed = root.find("oai:ListRecords", NAMESPACES)
    if listed is None:
        raise Malformed(f"{WHO} sent neither records nor an error.")
    records = tuple(_record(found) for found in listed.findall("oai:record", NAMESPACES))
    return Page(records, listed.findtext("oai:resumptionToken", "", NAMESPACES).strip())


def set_of(category: str) -> str:
    """``cs:cs:AI`` for ``cs.AI``, ``physics:quant-ph`` for ``quant-ph``: group, archive and subject class."""
    archive, _, subject = category.partition(".")
    if archive in GROUPS:
        return f"{archive}:{archive}:{subject}" if subject else archive
    return f"physics:{archive}:{subject}" if subject else f"physics:{archive}"


def _no_records(error: XmlElement, *, continued: bool) -> Page:
    """Raise an OAI-PMH error; "nothing matches" is one, too, but not a fault at the beginning of a list."""
    code, explanation = clean(error.get("code", "")), clean(error.text or "")[:200]
    if code == "noRecordsMatch" and not continued:
        return Page(())
    if code == "noRecordsMatch":
        raise Incomplete(f"{WHO} broke off in the middle of a list, saying that nothing matches.")
    if code == "badResumptionToken":
        raise TokenExpired(f"{WHO}: {explanation or code}.")
    kind = BadQuery if code in _REJECTIONS else Malformed
    raise kind(f"{WHO} answers {code or 'an error without a code'}: {explanation or 'no reason given'}.")


def _record(found: XmlElement) -> Record:
    name = found.findtext("oai:header/oai:identifier", "", NAMESPACES)
    named = arxiv_version(name)
    if named is None:
        raise Malformed(f"{WHO} sent a record without an arXiv id: {clean(name)[:80]!r}.")
    raw = found.find("oai:metadata/raw:arXivRaw", NAMESPACES)
    return Record(
        base=named[0],
        version=_newest(raw),
        datestamp=_datestamp(found, named[0]),
        sets=tuple(clean(spec.text or "") for spec in found.findall("oai:header/oai:setSpec", NAMESPACES)),
        categories=tuple(_text(raw, "categories").split()),
        title=plain_accents(_text(raw, "title")),
        abstract=plain_accents(_text(raw, "abstract")),
        authors=_text(raw, "authors"),
        deleted=found.find("oai:header", NAMESPACES).get("status") == "deleted",
    )


def _datestamp(found: XmlElement, base: str) -> date:
    """A day, or, in the protocol's finer form, a second."""
    text = found.findtext("oai:header/oai:datestamp", "", NAMESPACES).strip()
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Malformed(f"{WHO} sent {base} with the datestamp {clean(text)[:40]!r}.") from None


def _newest(raw: XmlElement | None) -> int:
    """The highest version in the history, which may omit some."""
    listed = [] if raw is None else raw.findall("raw:version", NAMESPACES)
    numbers = (re.fullmatch(r"v([0-9]{1,4})", version.get("version", "")) for version in listed)
    return max((int(number[1]) for number in numbers if number), default=0)


def _text(raw: XmlElement | None, tag: str) -> str:
    return "" if raw is None else clean(raw.findtext(f"raw:{tag}", "", NAMESPACES))


def _probe(settings: OaiSettings) -> Probe:
    return Probe(PROVENANCE.name, partial(_identify, settings), gated=True)


def _identify(settings: OaiSettings, transport: Transport) -> str:
    root = parse_xml(transport.get(settings.url, {"verb": "Identify"}, ACCEPT).body, WHO)
    if root.find("oai:Identify", NAMESPACES) is None:
        raise Malformed(f"{WHO} does not identify itself; correct harvest.oai.url.")
    return "It identifies itself."


KIND = SourceKind(PROVENANCE, "oai", OaiSettings, probe=_probe)  # used by audits, not by runs
