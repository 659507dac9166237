"""Notices: what a journal publishes about an article that it has retracted, corrected or doubts. They are no papers.

Feeds tell them by their titles alone: "Retraction Note: T" is a notice about the article T, "RETRACTED ARTICLE: T" the
article itself. What an issue consists of besides ("Table of Contents", "Editorial Board") is no paper either.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from harvester.domain.papers import Paper, Sighting
from harvester.domain.provenance import Rank

NoticeKind = Literal["retraction", "concern", "correction"]
NOTICE_KINDS: Mapping[NoticeKind, str] = {
    "retraction": "retracted",
    "concern": "under an expression of concern",
    "correction": "corrected",
}
"""The kinds, which are also the roles of their links, and what is said of such a paper."""
EDITORIAL = "editorial"
NOT_QUEUED = (EDITORIAL,)
"""Declared kinds that a list of research does not take."""

_OWN = re.compile(
    r"\A\W*(?:(?:THIS (?:ARTICLE|PAPER|PREPRINT) (?:HAS BEEN|WAS|IS) )?(?:RETRACTED|WITHDRAWN)"
    r"(?: ARTICLE| CHAPTER| PAPER)?|(?:TEMPORARY )?REMOV(?:ED|AL))\W*[:\])]\W*(?=\w)"
    r"|\s*[\[(](?:retracted(?: article)?|withdrawn)[\])]\W*\Z"
    r"|\s*[\u2013\u2014:-]\s*(?-i:RETRACTED|WITHDRAWN)(?: ARTICLE)?\W*\Z",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\A\[?(?P<retraction>(?:(?:author|publisher|editorial|editor)(?:['’]s|s['’])? )?(?:(?:notice|statement) of )?"
    r"(?:partial )?(?:retraction|withdrawal)(?: note| notice| statement)?(?: and replacement)?"
    r"|removal notice|notice of removal)"
    r"|\A\[?(?P<concern>(?:editorial )?(?:expression|note|statement|letter) of concern"
    r"|notice of violation of ieee publication principles)"
    r"|\A\[?(?P<correction>(?:comments and )?(?:(?:author|publisher|editorial)(?:['’]s|s['’])? )?"
    r"(?:corrections?|corrigend(?:um|a)|errat(?:um|a)|addend(?:um|a)|amendment|clarification"
    r"|department of error)(?: notice)?)",
    re.IGNORECASE,
)
# "... to: Title", "... - Title", "[...] Title", "... to “Title”", "... for Doe et al., Title" (PNAS, ASM), and
# "Erratum to Title", but not "Correction to ...", which may be research
_SUBJECT = re.compile(
    r"(?: (?:to|on|for|of|in|regarding|zu))?(?: (?:the )?article)?"
    r"(?:\s*[:.\u2014\]]+\s*|\s*[\u2013-]\s+)(?=\S)"
    r"|(?: (?:to|on|for|of|in|regarding|zu|à))?(?: (?:the )?article)?:? (?=[\"“‘'«])"
    r"|(?: (?:to|for|of|regarding)):? [^:;\"“]{1,80}? et al[.,:]{0,2}\s+(?=\S)"
    r"|(?:(?<=erratum)|(?<=corrigendum)) (?:to|à) (?=\S)|(?<=principles) (?=\S)",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"\s*\[[^\[\]]*\]\W*\Z")  # Elsevier: Corrigendum to “Title” [Int. J. Cardiol. 400 (2025) 1–9]
_FURNITURE = re.compile(
    r"(?:(?:table of|volume) )?contents|contents of (?:volume|issue) \d+.*|in this issue|issue at a glance"
    r"|(?:issue|publication|subscription|publisher['’]?s?) information"
    r"|ieee .{1,100} (?:publication|society) information|ieee .{1,100} information for authors"
    r"|(?:full )?title|copyright|subscription|blank|advertisement|frontispiece|full issue(?: pdf)?"
    r"|(?:issue )?highlights(?: of this issue)?|editorial board(?: members)?|masthead|aims|call for papers"
    r"|(?:congress |conference |meetings? )?calendar(?: of events)?|announcements?|(?:author|subject|reviewer)? ?index"
    r"|(?:front|back) matter"
    r"|(?:(?:about|on) the )?(?:inside |outside )?(?:front |back )?cover(?: (?:image|picture|art))?"
    r"|(?:inside |outside )?(?:(?:front|back) cover|cover (?:image|picture|feature))(?: image| picture)?:.+"
    r"|(?:list of |thank(?:s| you) to (?:our |the )?|acknowledge?ment (?:of|to) (?:the )?)?(?:peer )?reviewers?"
    r"(?: acknowledge?ments?| list|(?: of .{1,80}?)? in (?:19|20)\d\d| (?:19|20)\d\d)?"
    r"|(?:19|20)\d\d (?:peer )?reviewers"
    r"|(?:instructions|information|guidelines?|guide) (?:for|to) (?:authors|readers)|author guidelines"
    r"|(?:(?:correction|retraction)s?|errat(?:um|a)|corrigend(?:um|a)|addend(?:um|a))(?: not(?:ic)?e)?"
    r"|\[department of error\] department of error|department of error"
    r"|(?:correction|corrigendum|erratum) regarding .*\bpreviously published articles?"
    # "Erratum for Doe et al.", "Correction to Lancet Digit Health 2022; 4: e1": the article's title is not given
    r"|(?:correction|corrigendum|erratum|retraction) (?:to|for) [^:;]{1,60}?(?: et al| (?:19|20)\d\d; ?\d.*)",
    re.IGNORECASE,
)
# "Editorial Board and Contents", "Aims & Scope", "Issue Information - TOC", "Highlights from the issue"
_SECOND_PART = re.compile(
    r" page\Z| (?:and|&) [a-z ]{1,40}\Z|(?:(?<=board)|(?<=information))\s?[\u2010-\u2014/-]\s?[a-z ]{1,40}\Z"
    r"|(?<=highlights) (?:from|of) (?:the|this) issue\Z",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"(?:author(?:['’]s|s['’])? )?(?:reply|response)(?: to (?:the |.*\b)(?:letters?|comments?|editors?|authors?)\b.*)?"
    r"|the authors? (?:reply|respond|response)"
    r"|(?:guest )?editorial(?: comment(?:ary)?)?(?:[:.] .*)?|guest editorial .*|letters? to the editor.*"
    r"|(?:obituary|in memoriam|book review)(?:[:.] .*)?"
    r"|comments? on(?:: | (?=[\"“‘'])).*|re: .*|(?:reply|response) to: .*"
    r"|(?:reply|response|letter) by .* (?:to|regarding) .*\b(?:letters?|articles?)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about the paper with any of the identifiers `of`, or of the whole title, if it names no identifier.

    `link` is the notice's own address, `name` the title that it appears under, "" if it has no record of its own.
    """

    kind: NoticeKind
    of: tuple[str, ...]
    link: str
    title: str = ""
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What sources have shown: the papers, the notices, and the titles of what is neither.

    Notices of their own come before articles marked as retracted, whose address is known anyway.
    """

    papers: tuple[Sighting, ...]
    notices: tuple[Notice, ...] = ()
    furniture: tuple[str, ...] = ()


def sift(sightings: Sequence[Sighting]) -> Sifted:
    """Tell papers from notices and furniture, by title; what is neither a journal's nor a server's that journals
    list is left as it is: arXiv has no notices."""
    papers: list[Sighting] = []
    notices: list[Notice] = []
    marks: list[Notice] = []
    furniture: list[str] = []
    for sighting in sightings:
        paper = sighting.paper
        if not _may_be_a_notice(sighting):
            papers.append(sighting)
        elif is_furniture(paper.title):
            furniture.append(paper.title)
        elif notice := _notice(paper):
            notices.append(notice)
        else:
            own = without_mark(paper.title)
            if own != paper.title:
                marks.append(Notice("retraction", paper.identifiers, paper.links.get("paper", "")))
            kind = EDITORIAL if _LETTER.fullmatch(own.strip(" .:")) else paper.kind
            papers.append(replace(sighting, paper=replace(paper, title=own, kind=kind)))
    return Sifted(tuple(papers), (*notices, *marks), tuple(furniture))


def is_furniture(title: str) -> bool:
    """Whether a title is that of a cover or a table of contents, which publishers register as articles."""
    return bool(_FURNITURE.fullmatch(_SECOND_PART.sub("", title.strip(" ."), count=1)))


def without_mark(title: str) -> str:
    """The title that a retracted article had: without ``RETRACTED:`` and the like."""
    return _OWN.sub("", title)


def _may_be_a_notice(sighting: Sighting) -> bool:
    preprint = sighting.source.kind == "preprint" and sighting.rank is Rank.AGGREGATED
    return sighting.source.kind == "journal" or preprint


def _notice(paper: Paper) -> Notice | None:
    """The notice that a title says it is; None for an article's title."""
    found = _ABOUT.match(paper.title)
    subject = _SUBJECT.match(paper.title, found.end()) if found else None
    if not found or not subject:
        return None
    kind = next(kind for kind in NOTICE_KINDS if found[kind])
    title = _ISSUE.sub("", paper.title[subject.end() :])
    return Notice(kind, (), paper.links.get("paper", ""), title.strip("\"'“”‘’«» "), paper.title)
