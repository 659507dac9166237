"""RIS, the format of reference managers (https://refdb.sourceforge.net/manual-0.9.6/sect1-ris-format.html)."""

from harvester.catalog.entry import Entry
from harvester.catalog.export.publication import Publication, doi_of, publication
from harvester.catalog.export.records import Context, other_links, paper_address
from harvester.catalog.published import Published
from harvester.domain.person_names import split_name

_TYPES = {
    Publication.JOURNAL: "JOUR",
    Publication.CONFERENCE: "CONF",
    Publication.PREPRINT: "UNPB",  # RIS has no type for preprints; Zotero writes them so, too
    Publication.DATASET: "DATA",
    Publication.SOFTWARE: "COMP",
    Publication.OTHER: "GEN",
}


def to_ris(entries: list[Entry], _context: Context) -> str:
    """A record for each paper; every line is a tag and its value, so no value can be mistaken for a tag."""
    return "\r\n".join(_record(entry) for entry in entries)


def _record(entry: Entry) -> str:
    scheme, _, name = entry.id.partition(":")
    when, paper = entry.published, paper_address(entry)
    lines = [
        ("TY", _TYPES[publication(entry)]),
        ("ID", entry.id),
        ("TI", entry.title),
        *(("AU", _author(author)) for author in entry.authors),
        ("PY", f"{when.year:04}" if when else ""),
        ("DA", _date(when) if when else ""),
        ("T2", entry.venue),
        ("DO", doi_of(entry)),
        ("AN", f"arXiv:{name}" if scheme == "arxiv" else ""),
        ("UR", paper.replace(";", "%3B")),  # a semicolon would start a second address
        *(("KW", label) for label in entry.labels.names),
        ("N1", entry.note),
        *(("N1", f"{role}: {address}") for role, address in other_links(entry).items()),
        *([("N1", f"paper: {paper}")] if ";" in entry.links.get("paper", "") else []),
    ]
    body = "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value)
    return f"{body}ER  - \r\n"


def _author(text: str) -> str:
    """``van der Berg, Jan, Jr.``; a group's name is written as it is."""
    name = split_name(text)
    if name.suffix and not name.given:
        return f"{name.surname},, {name.suffix}"
    return name.literal or ", ".join(filter(None, (name.surname, name.given, name.suffix)))


def _date(when: Published) -> str:
    """``2024/11/20/``; unknown parts are left empty, as the format specifies."""
    parts = [f"{when.year:04}", *(f"{part:02}" if part else "" for part in (when.month, when.day)), ""]
    return "/".join(parts)
