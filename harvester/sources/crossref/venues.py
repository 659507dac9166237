"""The venues to ask Crossref for, by ISSN or title."""

import re
from collections.abc import Sequence

TITLES = {
    "0302-9743": "Lecture Notes in Computer Science",
    "1611-3349": "Lecture Notes in Computer Science",
    "1361-8415": "Medical Image Analysis",
    "0031-3203": "Pattern Recognition",
    "0950-7051": "Knowledge-Based Systems",
    "0278-0062": "IEEE Transactions on Medical Imaging",
    "2168-2194": "IEEE Journal of Biomedical and Health Informatics",
    "0018-9294": "IEEE Transactions on Biomedical Engineering",
}
"""What is known of ISSNs without asking."""
DEFAULT_VENUES = (
    "0302-9743",
    "1611-3349",
    "MICCAI",
    "Medical Image Analysis",
    "Pattern Recognition",
    "Knowledge-Based Systems",
    "IEEE Transactions on Medical Imaging",
    "IEEE Journal of Biomedical and Health Informatics",
    "IEEE Transactions on Biomedical Engineering",
)
"""Proceedings and engineering journals that PubMed lacks, or has late. Lecture Notes are registered under either ISSN,
each volume with a title of its own."""
_ISSN = re.compile(r"\d{4}-?\d{3}[\dX]", re.IGNORECASE)


def checked(venue: str) -> str:
    """The venue, with an ISSN in its usual form.

    Raises:
        ValueError: an ISSN has a wrong check digit, or Crossref's filters cannot express the title.
    """
    text = " ".join(venue.split())
    if _ISSN.fullmatch(text):
        return _checked_issn(text)
    if not text or "," in text or ":" in text:
        raise ValueError(f"{venue!r} cannot be asked for by title (commas and colons separate filters); give its ISSN")
    return text


def filters(venues: Sequence[str]) -> list[str]:
    """Crossref's filters for the venues, by kind: filters of one name are alternatives, those of two names are not."""
    by_issn = ",".join(f"issn:{venue}" for venue in venues if _ISSN.fullmatch(venue))
    by_title = ",".join(f"container-title:{venue}" for venue in venues if not _ISSN.fullmatch(venue))
    return [found for found in (by_issn, by_title) if found]


def titles(venues: Sequence[str]) -> set[str]:
    """The titles of the venues as far as they are known here."""
    return {TITLES.get(venue, "" if _ISSN.fullmatch(venue) else venue) for venue in venues} - {""}


def _checked_issn(text: str) -> str:
    digits = text.replace("-", "").upper()
    weighted = sum((8 - place) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits))
    if weighted % 11:
        raise ValueError(f"{text!r} is not an ISSN: its check digit is wrong")
    return f"{digits[:4]}-{digits[4:]}"
