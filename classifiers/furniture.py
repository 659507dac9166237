"""What feeds and publishers put around title and abstract: it says where a paper appeared, not what it is about.

A journal called "Cardiology" must not put a paper on crop yields in scope, nor a grant of a heart foundation. Sources
clean their own texts; this is for whatever still comes with them.
"""

from __future__ import annotations

import re

from classifiers.sentences import sentences

# ScienceDirect's feeds have these three lines in place of an abstract.
_SCIENCEDIRECT = re.compile(r"publication date:.{0,200}?source:.{0,400}?author\(s\):.*", re.IGNORECASE | re.DOTALL)
# PubMed's: "J Invented Cardiol. 2026 Jan 3:S0000. doi: 10.5555/1. Online ahead of print." and "PMID:1 | DOI:10.5555/1".
_PUBMED_HEAD = re.compile(r"[A-Z][\w .&()-]{2,80}\. (?:19|20)\d\d [A-Z][a-z]{2}\b.{0,120}?doi: ?\S+ ?")
_PUBMED_TAIL = re.compile(r"\b(?:PMID|PMCID|PMC|DOI): ?\S+(?: ?\| ?(?:PMID|PMCID|PMC|DOI): ?\S+)*")
_MDPI_TITLE = re.compile(r"[^:|]{2,80}, Vol\. \d+, Pages? [\w-]+: ")
_SECTION_TITLE = re.compile(r"\[[A-Za-z][\w &/-]{2,40}\] ?(?=\w)")
_SITE_TITLE = re.compile(
    r"(?: \| [^|]{3,80}){2,}\Z| \| [^|]{0,60}\b(?:journal|nature|press|academic|plos|circulation)\b[^|]*\Z",
    re.IGNORECASE,
)

_PRINTED = r"(?:online |epub )?ahead of print|article in press|accepted manuscript"
_FUNDER = (
    r"\b(?:grants?|foundation|council|ministry|institutes?|association|funds?|programme?|agency|award|commission)\b"
)
_RIGHTS = r"(?:©|\(c\) ?(?:19|20)\d\d|copyright (?:©|by\b|held\b|(?:19|20)\d\d))"
_WORK = r"(?:this|the|our|present) (?:\w+ )?(?:work|study|research|project|trial|paper|article|author|authors)"
_SENTENCE = re.compile(
    "|".join(
        [
            # where it appeared
            r"(?:publication date|source|journal|author\(s\)|authors?|doi|issn|citation|received|accepted|published)"
            r" ?:.*",
            rf".{{0,120}}\b(?:{_PRINTED})\W*",
            r"[^.]{2,100}, (?:volume|vol\.?) ?\d+(?:,| ?\(|\W*\Z).{0,150}",
            r"(?:it |this (?:paper|work|article) )?(?:was |is |has been )?"
            r"(?:presented|accepted|submitted|published|to appear|to be presented|appears|appeared)"
            r" (?:at|in|by|for|to)\b.{0,200}",
            # who owns it
            rf"{_RIGHTS}.{{0,300}}",
            r".{0,60}\ball rights reserved\b.{0,60}",
            r"(?:this is an )?open[- ]access article\b.{0,300}",
            r"published by (?:elsevier|springer|wiley|oxford|bmj|ieee|the )\b.{0,200}",
            # who paid for it, and where they work
            rf"(?:{_WORK} (?:was|is|were|has been|have been|are) (?:\w+ ){{0,2}}(?:supported|funded|sponsored|financed)"
            rf"|(?:supported|funded|sponsored|financed)) (?:\w+ ){{0,3}}by\b.*{_FUNDER}.*",
            r"(?:funding|acknowledge?ments?|conflicts? of interest|disclosures?|correspondence|affiliations?) ?:.*",
            r"(?:from )?(?:the )?(?:department|division|faculty|school) of [^.]{3,200}\.?",
        ]
    ),
    re.IGNORECASE | re.DOTALL,
)
_SIGN = re.compile(rf"\s(?={_RIGHTS})", re.IGNORECASE)
_LONGEST = 400  # a longer sentence is prose, whatever it begins with


def without_furniture(title: str, abstract: str) -> tuple[str, str]:
    """Title and abstract without journals, dates, authors, rights, funders and affiliations around them.

    A title of which nothing else remains stays as it is.
    """
    bare = _SITE_TITLE.sub("", _SECTION_TITLE.sub("", _MDPI_TITLE.sub("", title, count=1), count=1)).strip()
    return bare or title, _abstract(abstract)


def _abstract(text: str) -> str:
    if _SCIENCEDIRECT.match(text):
        return ""
    head = _PUBMED_HEAD.match(text)
    text = _PUBMED_TAIL.sub(" ", text[head.end() :] if head else text)
    # A sign is no capital letter, with which a sentence would begin.
    parts = [part for line in _SIGN.split(text) for part in sentences(line)]
    return " ".join(part for part in parts if not _is_furniture(part))


def _is_furniture(sentence: str) -> bool:
    sentence = sentence.strip()
    return len(sentence) <= _LONGEST and _SENTENCE.fullmatch(sentence) is not None
