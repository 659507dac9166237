"""Every export is read back by an independent reader and must give the same data for every paper."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import feedparser
import jsonschema
import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pybtex.database import parse_string

from harvester.base.atom import ATOM, DC
from harvester.base.escape import csv_text, url
from harvester.catalog.entry import Entry
from harvester.catalog.export import WRITERS, export
from harvester.catalog.export.bibtex import key, latex
from harvester.catalog.export.records import entry_json, plain
from harvester.catalog.importing.citation import citations, from_latex
from harvester.catalog.published import Published
from harvester.catalog.sections import newest_first
from harvester.domain.identity import address_of
from harvester.domain.labels import Labels
from harvester.domain.text import clean

from .strategies import TAXONOMY, entries, hostile

lists = st.lists(entries, max_size=4, unique_by=lambda entry: entry.id)
few = settings(max_examples=20)  # each example is several papers of hostile text
LABELS = Labels({"kind": ("research",)})
ENTRY = Entry(
    "arxiv:2411.13602",
    "50% of {ECG} & <b>CMR</b>: a_b # \\alpha ~ $x^2$ -- ``so''",
    replace(LABELS, facets={**LABELS.facets, "task": ("diagnosis", "generation")}),
    ("Müller and Sons", "Ann Bee", "Dee, Cy"),
    Published(2024, 11, 20),
    "Nature",
    links={"paper": "https://arxiv.org/abs/2411.13602", "code": "https://github.com/a/b_c?d=1&e=%20"},
)


def known(papers: Iterable[Entry]) -> list[Entry]:
    return [plain(paper) for paper in newest_first(papers)]


def pairs(texts: Iterable[str]) -> dict[str, str]:
    return dict(text.rsplit(": ", 1) for text in texts if text)


def paper_and(others: Mapping[str, str], paper: str, identifier: str) -> dict[str, str]:
    """The links of a record, which always has an address, if only that of the id."""
    return {**({"paper": paper} if paper and paper != address_of(identifier) else {}), **others}


def links(entry: Entry) -> dict[str, str]:
    return {role: target for role, target in entry.links.items() if (role, target) != ("paper", address_of(entry.id))}


@few
@given(lists)
def test_json(papers: list[Entry]) -> None:
    read = json.loads(export(papers, TAXONOMY, "json"))
    assert read == [entry_json(entry, TAXONOMY) for entry in known(papers)]
    jsonschema.validate(read, json.loads(export(papers, TAXONOMY, "json-schema")), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "poem"},
        {"task": ["magic"]},
        {"published": "2024-1"},
        {"id": "2411.13602"},
        {"more": 1},
        {"authors": "A"},
    ],
)
def test_the_schema_refuses(change: dict[str, object]) -> None:
    schema = json.loads(export([], TAXONOMY, "json-schema"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([entry_json(ENTRY, TAXONOMY) | change], schema)


@few
@given(lists)
def test_csv(papers: list[Entry]) -> None:
    text = export(papers, TAXONOMY, "csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(papers)
    for row, entry in zip(rows, known(papers), strict=True):
        assert not any(str(cell).startswith(("=", "+", "-", "@")) for cell in (*row, *row.values()))
        held = {csv_text(name): csv_text(cell) for name, cell in row.items()}
        assert [held[name] for name in ("id", "title", "published", "venue", "note", "kind")] == [
            entry.id, entry.title, str(entry.published), entry.venue, entry.note, entry.labels.one_of("kind"),
        ]  # fmt: skip
        assert items(held["authors"]) == entry.authors
        assert Labels({facet.id: items(held[facet.id]) for facet in TAXONOMY.facets}) == entry.labels
        found = {name[5:]: cell for name, cell in held.items() if name.startswith("link ") and cell}
        assert found == entry.links


def items(cell: str) -> tuple[str, ...]:
    """The inverse of the export's way of putting a list into a cell."""
    split = cell.replace(";;", "\0").split("; ") if cell else []
    return tuple(item.replace("\0", ";") for item in split)


@few
@given(lists)
def test_bibtex(papers: list[Entry]) -> None:
    read = parse_string(export(papers, TAXONOMY, "bibtex"), "bibtex")
    assert list(read.entries) == [key(entry.id) for entry in known(papers)]
    for record, entry in zip(read.entries.values(), known(papers), strict=True):
        fields = record.fields
        assert from_latex(fields["title"]) == entry.title
        assert from_latex(fields.get("journal", fields.get("howpublished", ""))) == entry.venue
        assert [int(fields.get(name, 0)) for name in ("year", "day")] == [entry.published.year, entry.published.day]
        assert from_latex(fields["keywords"]).split(", ") == list(entry.labels.names)
        assert from_latex(fields.get("eprint", fields.get("doi", ""))) in entry.id
        assert len(record.persons.get("author", ())) == len(entry.authors)


def test_bibtex_says_it_all() -> None:
    (found,) = citations(export([ENTRY], TAXONOMY, "bibtex"))
    assert (found.id, found.title, found.authors, found.published) == (
        ENTRY.id, ENTRY.title, ENTRY.authors, ENTRY.published,
    )  # fmt: skip
    assert (found.venue, dict(found.links)["paper"]) == (ENTRY.venue, ENTRY.links["paper"])
    note = from_latex(
        next(iter(parse_string(export([ENTRY], TAXONOMY, "bibtex"), "bibtex").entries.values())).fields["note"]
    )
    assert pairs(note.split("; ")) == {"code": ENTRY.links["code"]}


def test_bibtex_keys_follow_from_the_id_alone() -> None:
    assert key(ENTRY.id) == "arxiv-2411.13602"
    names = ["doi:10.1000/a(b)", "doi:10.1000/a[b]", "title:心电图", "title:心图", "arxiv:hep-th/9901001"]
    assert len({key(name) for name in names}) == len(names)


@given(hostile | st.text(max_size=20))
def test_latex_reads_back(text: str) -> None:
    text = clean(text)
    assert from_latex(latex(text)) == text


@few
@given(lists)
def test_ris(papers: list[Entry]) -> None:
    read = rispy.loads(export(papers, TAXONOMY, "ris"))
    assert len(read) == len(papers)
    for record, entry in zip(read, known(papers), strict=True):
        assert (record["id"], record["title"]) == (entry.id, entry.title)
        assert tuple(record.get("authors", ())) == entry.authors
        assert record.get("secondary_title", "") == entry.venue
        assert record.get("year", "") == (f"{entry.published.year:04}" if entry.published else "")
        assert str(entry.published) == "-".join(filter(None, record.get("date", "").split("/")))
        assert record["keywords"] == list(entry.labels.names)
        notes = pairs(record.get("notes", ()))
        assert paper_and(notes, next(iter(record.get("urls", [""]))), entry.id) == links(entry)


@few
@given(lists)
def test_atom(papers: list[Entry]) -> None:
    text = export(papers, TAXONOMY, "atom").encode()
    assert not feedparser.parse(text).bozo
    space = {"a": ATOM, "dc": DC}
    found = etree.fromstring(text).findall("a:entry", space)
    assert len(found) == len(papers)
    for item, entry in zip(found, known(papers), strict=True):
        assert item.findtext("dc:identifier", "", space) == entry.id
        assert item.findtext("a:title", "", space) == xml(entry.title)
        assert [author.text for author in item.findall("a:author/a:name", space)] == list(map(xml, entry.authors))
        assert item.findtext("dc:date", "", space) == str(entry.published)
        assert item.findtext("dc:source", "", space) == xml(entry.venue)
        assert [
            f"{category.get('scheme')}:{category.get('term')}" for category in item.findall("a:category", space)
        ] == list(entry.labels.names)
        held = {link.get("title", ""): link.get("href") for link in item.findall("a:link", space)}
        own = {"paper": address_of(entry.id), **entry.links}
        assert held == {xml(role): url(target) for role, target in own.items() if target}


def xml(text: str) -> str:
    return text.replace("\ufffe", "").replace("\uffff", "")


@pytest.mark.parametrize("name", WRITERS)
def test_an_empty_catalogue_and_the_same_bytes_in_any_order(name: str) -> None:
    other = replace(ENTRY, id="arxiv:2411.00001", title="Another")
    assert export([], TAXONOMY, name) is not None
    assert export([ENTRY, other], TAXONOMY, name) == export([other, ENTRY], TAXONOMY, name)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["@a{b,", "@a{b,{", "@a{b, title = {x}\n", "@", "{", "@a{b, title = {x}}"])
def test_hostile_bibtex_takes_no_time(unit: str) -> None:
    assert len(citations(unit * 200)) in (0, 200)
    assert citations(unit.removesuffix("}") * 20_000) == []
