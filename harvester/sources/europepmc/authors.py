"""The authors of a record: people by the parts of their names, groups as they are."""

import re

from harvester.domain.papers import Author
from harvester.sources.europepmc.fields import inner_list
from harvester.sources.feed import plain_text
from harvester.sources.json_fields import Fields, text_of
from harvester.sources.names import group_name, name_of

# PubMed puts an author's address into the affiliation.
_CONTACT = re.compile(r"\s*(?:Electronic address:\s*)?\S+@\S+\w\.?", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:jr|sr)\.?|ii|iii|iv|2nd|3rd|4th", re.IGNORECASE)
_ABBREVIATED = re.compile(r"(?:jr|sr)\.?", re.IGNORECASE)
_LISTED = re.compile(rf"(?P<family>.+?) (?P<initials>[^\W\d_a-z]{{1,4}})(?: (?P<suffix>(?i:{_SUFFIX.pattern})))?")


def authors_in(record: Fields) -> tuple[Author, ...]:
    """Everybody in the list of authors who has a name.

    Raises:
        ValueError: the list is not in Europe PMC's format.
    """
    listed = inner_list(record, "authorList", "author", dict)
    found = [Author(_name(author), _affiliation(author)) for author in listed]
    return tuple(author for author in found if any(map(str.isalpha, author.name)))


def _name(author: Fields) -> str:
    """``Richard P Poe, Jr.`` in the usual order; a group has nothing but a collective name."""
    group, family, whole = (plain_text(text_of(author, name)) for name in ("collectiveName", "lastName", "fullName"))
    if group:
        return group_name(group)
    if not family:
        return name_of(_turned(whole))
    given = plain_text(text_of(author, "firstName")) or plain_text(text_of(author, "initials"))
    return name_of(_with_suffix(f"{given} {family}".strip(), _suffix(author, family, whole)))


def _suffix(author: Fields, family: str, whole: str) -> str:
    """The suffix, which only the full name has: ``Poe RP Jr``. Ivan Ivanovich Ivanov's initials are no suffix."""
    initials = plain_text(text_of(author, "initials"))
    rest = whole.removeprefix(family).split()
    if initials and rest[:1] == [initials]:
        rest = rest[1:]
    elif not initials and len(rest) == 1 and not _ABBREVIATED.fullmatch(rest[0]):
        return ""
    return rest[-1] if rest and _SUFFIX.fullmatch(rest[-1]) else ""


def _turned(whole: str) -> str:
    """``RP Poe, Jr.`` from ``Poe RP Jr``; any other name as it is."""
    found = _LISTED.fullmatch(whole)
    return _with_suffix(f"{found['initials']} {found['family']}", found["suffix"] or "") if found else whole


def _with_suffix(name: str, suffix: str) -> str:
    if _ABBREVIATED.fullmatch(suffix):
        suffix = f"{suffix.rstrip('.')}."
    return f"{name}, {suffix}" if suffix else name


def _affiliation(author: Fields) -> str:
    places = inner_list(author, "authorAffiliationDetailsList", "authorAffiliation", dict)
    found = (_CONTACT.sub("", plain_text(text_of(place, "affiliation"))).strip() for place in places)
    return "; ".join(dict.fromkeys(filter(None, found)))
