"""Titles in references, behind their authors: APA, Vancouver, Chicago, GOST, and BibTeX's plain styles. Pure."""

import re

from harvester.catalog.importing.citations import cited
from harvester.catalog.importing.eastern_names import is_lone_name
from harvester.catalog.importing.inline import TOKEN, Inline, Span, join
from harvester.catalog.importing.names import FAMILIES_FIRST, names_of
from harvester.catalog.importing.sentences import LONGEST, sentence_end
from harvester.catalog.importing.title_ends import BAR

_CITED = re.compile(r"(?P<authors>[^()]{3,600}?)\s*\((?P<year>(?:19|20)\d\d)[a-z]?(?:,[^()]{1,30})?\)[.:]?\s+(?=\S)")
_INITIALS = r"(?:[A-Z]\.[ -]?){1,3}"
_ONE = rf"[^\W\d_][\w'’-]+ [A-Z]{{1,3}}|{_INITIALS}[^\W\d_][\w'’-]+"
_PERSON = rf"(?:{_INITIALS})?(?:(?! and | & )[^.,;]){{2,40}}"
_PEOPLE_FIRST = re.compile(
    rf"(?P<authors>(?:{_PERSON}(?:\.?[,;](?: and| &)?| and| &) ){{1,40}}{_PERSON}|{_ONE})\.\s+(?=\S)"
)
_VENUE_NEXT = re.compile(
    r"[.?!]?\s*(?P<venue>[A-Z][^.;:\d()\[\]\ue000-\ue001]{2,80}?)(?=[.,;]?\s*\(?\d|\.?\s*(?:\Z|https?://|doi\b))"
)
_PEOPLE_COLON = re.compile(r"(?P<authors>[^:：\[\]()]{2,300}?)\s?[:：]\s*(?=\S)")
_TURNED = re.compile(
    r"\s*(?P<family>[A-Z][\w'’-]+), (?P<given>[A-Z][\w'’-]+(?: [A-Z]\.)*)"
    r"(?P<others>,? (?:[^,;:]{3,40}, ){0,20}and [^,;:]{3,40}?)?"
    r"(?:\. (?P<year>(?:19|20)\d\d))?[.,]?\s*"
)


def reference_in(line: Inline) -> tuple[Inline, Inline] | None:
    """The title of ``Dee, A., & Poe, B. (2021). Title. Venue`` or ``Dee A, Poe B. Title.``, and the rest."""
    text = line.text[:LONGEST]
    tries = (pattern.match(text) for pattern in (_CITED, _PEOPLE_FIRST, _PEOPLE_COLON))
    found = next((one.end() for one in tries if one and _are_people(one)), 0) or _behind_families(line)
    lead = line.part(0, found)
    if not found and (surnames := _CITED.match(text)) and cited(said := f"{surnames['authors']}, {surnames['year']}"):
        found, lead = surnames.end(), Inline(f"[{said}]")
    if not found:
        return None
    found += len(line.text[found:]) - len(line.text[found:].lstrip(" –—-:"))
    after = line.part(found)
    first = TOKEN.search(after.shape)
    stop = sentence_end(after.text[: first.start()] if first else after.text)
    return after.part(0, stop), join(lead, BAR, _with_venue(after.part(stop)))


def with_names_turned(before: Inline) -> Inline:
    """What stands before a title in quotes; ``Dee, Ann, and Bob Poe. 2021.`` with the first name's parts in order."""
    found = _TURNED.fullmatch(before.text)
    if not found or before.of("link"):
        return before
    people = f"{found['given']} {found['family']}{found['others'] or ''}"
    return Inline(f"{people} | {found['year'] or ''}") if names_of(people) else before


def _behind_families(line: Inline) -> int:
    """Where the title begins behind ``Müller, K., Schmidt, P.``; 0 if there are none, or a venue in italics follows."""
    em = next((span.start for span in line.of("em")), LONGEST)
    found = FAMILIES_FIRST.match(line.text, 0, min(em, LONGEST))
    if not found or not names_of(found.group()):
        return 0
    start = found.end() + len(line.text[found.end() :]) - len(line.text[found.end() :].lstrip(" .,:：-–—"))
    return start if start < min(em, len(line.text)) else 0


def _with_venue(rest: Inline) -> Inline:
    """What is behind the title of a reference; the words before the year or the volume, its venue, in italics."""
    found = _VENUE_NEXT.match(rest.text)
    return Inline(rest.text, (*rest.spans, Span(*found.span("venue"), "em"))) if found else rest


def _are_people(found: re.Match[str]) -> bool:
    """Whether a reference begins with people: before a colon several of them, because names have that form."""
    people = names_of(found["authors"])
    if found.re is not _PEOPLE_COLON:
        return bool(people)
    sure = len(people) > 1 or bool(re.search(r"\bet al\b|等", found["authors"])) or any(map(is_lone_name, people))
    return bool(people) and sure
