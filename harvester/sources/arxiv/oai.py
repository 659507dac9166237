"""arXiv's OAI-PMH (https://info.arxiv.org/help/oa/index.html, https://www.openarchives.org/OAI/openarchivesprotocol.html).

It lists every record changed since a given day; the completeness audit compares the store with that list. A datestamp
is the day of the record's last change, bulk edits included, not of its submission. Resumption tokens carry neither
size nor position and expire every day; then the list starts over.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from harvester.base.escape import excerpt
from harvester.base.settings_section import WebAddress
from harvester.domain.identity import arxiv_version
from harvester.domain.papers import OddRecord, Paper
from harvester.domain.provenance import Provenance, Rank
from harvester.domain.text import clean
from harvester.sources.arxiv.tex import plain_tex
from harvester.sources.arxiv.withdrawal import is_withdrawn
from harvester.sources.errors import BadQuery, Incomplete, Malformed, Unavailable
from harvester.sources.http import Transport
from harvester.sources.names import authors_of
from harvester.sources.source import Probe, SourceKind, WebSource
from harvester.sources.window import is_another_format
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
    withdrawn: bool = False

    @property
    def gone(self) -> bool:
        """Whether arXiv has deleted it, or its authors have withdrawn it."""
        return self.deleted or self.withdrawn

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
            withdrawn=self.withdrawn,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its records, the token for the next one, "" at the end of the list, and the records that are odd."""

    records: tuple[Record, ...]
    token: str = ""
    odd: tuple[OddRecord, ...] = ()


class TokenExpired(Unavailable):
    """The resumption token is no longer valid; the list starts over."""


def list_records(
    settings: OaiSettings, transport: Transport, set_spec: str, since: date, leave_out: Callable[[OddRecord], None]
) -> Iterator[Record]:
    """Every record of a set changed on or after a day; after an expired token some come twice.

    `leave_out` receives each record that cannot be read.

    Raises:
        FetchError: an answer is missing or malformed, the set is rejected, or tokens keep expiring.
    """
    for _ in range(MAX_RESTARTS + 1):
        try:
            for page in _walk(settings, transport, set_spec, since):
                for odd in page.odd:
                    leave_out(odd)
                yield from page.records
            return
        except TokenExpired:
            continue
    raise Unavailable(
        f"{WHO} let its resumption tokens expire {MAX_RESTARTS + 1} times while listing {set_spec}; audit fewer days, "
        f"or try later: tokens expire at midnight in New York."
    )


def _walk(settings: OaiSettings, transport: Transport, set_spec: str, since: date) -> Iterator[Page]:
    """One pass from the first page to the last; `until` is never sent, because it would hide changes made meanwhile."""
    params = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": set_spec, "from": since.isoformat()}
    tokens: set[str] = set()
    while True:
        page = read_page(transport.get(settings.url, params, ACCEPT).body, continued=bool(tokens))
        yield page
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
        Malformed: not OAI-PMH, an error that the protocol does not define, or records of which none can be read.
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
    records: list[Record] = []
    odd: list[OddRecord] = []
    for found in listed.findall("oai:record", NAMESPACES):
        try:
            records.append(_record(found))
        except Malformed as error:
            odd.append(OddRecord(_as_text(found), str(error)))
    if is_another_format(len(odd), len(odd) + len(records)):
        raise Malformed(f"{WHO} sent records of which none can be read. {odd[0].why}")
    return Page(tuple(records), listed.findtext("oai:resumptionToken", "", NAMESPACES).strip(), tuple(odd))


def reread(raw: str) -> Record:
    """A record that an earlier version could not read.

    Raises:
        Malformed: nor can this one.
    """
    return _record(parse_xml(raw.encode(), WHO))


def _as_text(element: XmlElement) -> str:
    from lxml import etree

    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def set_of(category: str) -> str:
    """``cs:cs:AI`` for ``cs.AI``, ``physics:quant-ph`` for ``quant-ph``: group, archive and subject class."""
    archive, _, subject = category.partition(".")
    if archive in GROUPS:
        return f"{archive}:{archive}:{subject}" if subject else archive
    return f"physics:{archive}:{subject}" if subject else f"physics:{archive}"


def _no_records(error: XmlElement, *, continued: bool) -> Page:
    """Raise an OAI-PMH error; "nothing matches" is one, too, but not a fault at the beginning of a list."""
    code, explanation = clean(error.get("code", "")), excerpt(clean(error.text or ""), 200)
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
        title=plain_tex(_text(raw, "title")),
        abstract=plain_tex(_text(raw, "abstract")),
        authors=plain_tex(_text(raw, "authors")),
        deleted=found.find("oai:header", NAMESPACES).get("status") == "deleted",
        withdrawn=_is_withdrawn(raw),
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
    return max(map(_number, [] if raw is None else raw.findall("raw:version", NAMESPACES)), default=0)


def _number(version: XmlElement) -> int:
    found = re.fullmatch(r"v([0-9]{1,4})", version.get("version", ""))
    return int(found[1]) if found else 0


def _is_withdrawn(raw: XmlElement | None) -> bool:
    """Whether the newest version has nothing to read (arXiv: size 0kb, or source type I), or the comment says so."""
    listed = [] if raw is None else raw.findall("raw:version", NAMESPACES)
    newest = max(listed, key=_number, default=None)
    if newest is None:
        return False
    size, kind = (clean(newest.findtext(f"raw:{tag}", "", NAMESPACES)) for tag in ("size", "source_type"))
    return size.lower() == "0kb" or kind == "I" or is_withdrawn(_text(raw, "comments"))


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
