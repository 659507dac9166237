"""RIS, the format of reference managers (https://refdb.sourceforge.net/manual-0.9.6/sect1-ris-format.html)."""

from classifiers.taxonomy import Taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.published import Published
from harvester.domain.identity import address_of
from harvester.domain.labels import KIND

_TYPES = {"dataset": "DATA", "software": "COMP"}


def to_ris(entries: list[Entry], _taxonomy: Taxonomy) -> str:
    """A record for each paper; every line is a tag and its value, so no value can be mistaken for a tag."""
    return "\r\n".join(_record(entry) for entry in entries)


def _record(entry: Entry) -> str:
    scheme, _, name = entry.id.partition(":")
    when = entry.published
    paper = entry.links.get("paper", "") or address_of(entry.id)
    lines = [
        ("TY", _TYPES.get(entry.labels.one_of(KIND), "JOUR" if entry.venue and scheme != "arxiv" else "GEN")),
        ("ID", entry.id),
        ("TI", entry.title),
        *(("AU", author) for author in entry.authors),
        ("PY", f"{when.year:04}" if when else ""),
        ("DA", _date(when) if when else ""),
        ("T2", entry.venue),
        ("DO", name if scheme == "doi" else ""),
        ("UR", paper.replace(";", "%3B")),  # a semicolon would start a second address
        *(("KW", label) for label in entry.labels.names),
        *(("N1", f"{role}: {address}") for role, address in entry.links.items() if role != "paper" or ";" in address),
    ]
    body = "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value)
    return f"{body}ER  - \r\n"


def _date(when: Published) -> str:
    """``2024/11/20/``; unknown parts are left empty, as the format specifies."""
    parts = [f"{when.year:04}", *(f"{part:02}" if part else "" for part in (when.month, when.day)), ""]
    return "/".join(parts)
