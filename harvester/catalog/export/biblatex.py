"""BibLaTeX, the data model of biber (https://ctan.org/pkg/biblatex, manual, section 2)."""

from harvester.catalog.entry import Entry
from harvester.catalog.export.bibtex import braced, common, latex, record
from harvester.catalog.export.publication import Publication, publication
from harvester.catalog.export.records import Context

_FORMS = {
    Publication.JOURNAL: ("article", "journaltitle"),
    Publication.CONFERENCE: ("inproceedings", "booktitle"),
    Publication.PREPRINT: ("online", "organization"),
    Publication.DATASET: ("dataset", "publisher"),
    Publication.SOFTWARE: ("software", "organization"),
    Publication.OTHER: ("misc", "howpublished"),
}
"""The type of record, and the field that names the venue."""


def to_biblatex(entries: list[Entry], context: Context) -> str:
    """A record for each paper, under the same keys as in BibTeX."""
    return "\n".join(_record(entry, context.primary_class(entry.id)) for entry in entries)


def _record(entry: Entry, primary_class: str) -> str:
    scheme, _, name = entry.id.partition(":")
    kind, venue = _FORMS[publication(entry)]
    shared = common(entry)
    fields = {
        "title": shared["title"],
        "author": shared["author"],
        "date": braced(str(entry.published)),
        venue: braced(latex(entry.venue)),
        "eprint": braced(name) if scheme == "arxiv" else "",
        "eprinttype": braced("arxiv") if scheme == "arxiv" else "",
        "eprintclass": braced(latex(primary_class)),
        **shared,
    }
    return record(kind, entry, fields)
