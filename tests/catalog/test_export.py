"""Every export is read back by an independent reader and must give the same data for every paper."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import files as resources
from pathlib import Path

import feedparser
import jsonschema
import pytest
import rispy
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pybtex.database import Person, parse_string

from harvester.base.atom import ATOM, DC
from harvester.base.escape import csv_text, url
from harvester.catalog.entry import Entry
from harvester.catalog.export import WRITERS
from harvester.catalog.export import export as export_with
from harvester.catalog.export.bibtex import key, latex
from harvester.catalog.export.publication import doi_of
from harvester.catalog.export.records import Context, entry_json, other_links, paper_address, plain
from harvester.catalog.importing.records.bibtex import read_bibtex
from harvester.catalog.importing.records.citation import Citation
from harvester.catalog.importing.records.latex import from_latex, verbatim
from harvester.catalog.published import Published
from harvester.catalog.sections import newest_first
from harvester.domain.identity import address_of
from harvester.domain.labels import Labels
from harvester.domain.person_names import PersonName, split_name
from harvester.domain.text import clean

from .strategies import TAXONOMY, entries, fewer, hostile

lists = st.lists(entries, max_size=4, unique_by=lambda entry: entry.id)
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


CONTEXT = Context(TAXONOMY)


def export(papers: Iterable[Entry], name: str, context: Context = CONTEXT) -> str:
    return export_with(papers, context, name)


def known(papers: Iterable[Entry]) -> list[Entry]:
    return newest_first(map(plain, papers))


def pairs(texts: Iterable[str]) -> dict[str, str]:
    return dict(text.rsplit(": ", 1) for text in texts if text)


def paper_and(others: Mapping[str, str], paper: str, identifier: str) -> dict[str, str]:
    """The links of a record, which always has an address, if only that of the id."""
    return {**({"paper": paper} if paper and paper != address_of(identifier) else {}), **others}


def links(entry: Entry) -> dict[str, str]:
    return {role: target for role, target in entry.links.items() if (role, target) != ("paper", address_of(entry.id))}


@fewer
@given(lists)
def test_json(papers: list[Entry]) -> None:
    read = json.loads(export(papers, "json"))
    assert read == [entry_json(entry, TAXONOMY) for entry in known(papers)]
    jsonschema.validate(read, json.loads(export(papers, "json-schema")), jsonschema.Draft202012Validator)


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
    schema = json.loads(export([], "json-schema"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([entry_json(ENTRY, TAXONOMY) | change], schema)


@fewer
@given(lists)
def test_csv(papers: list[Entry]) -> None:
    text = export(papers, "csv")
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


def bibtex(text: str, identifier: str) -> dict[str, str]:
    return dict(parse_string(text, "bibtex").entries[key(identifier)].fields)


def as_read(person: Person) -> PersonName:
    """A name as pybtex splits it."""
    surname, given = [*person.prelast_names, *person.last_names], [*person.first_names, *person.middle_names]
    parts = (given, surname, person.lineage_names)
    return PersonName(*(from_latex(" ".join(part)) for part in (parts[0], [], parts[1], parts[2])))


def as_sorted(text: str) -> PersonName:
    """The name as BibTeX has it: the particle counts as part of the surname, and a group is a surname."""
    name = split_name(text)
    whole = not name.family or (name.suffix and not name.given)
    return PersonName(family=text) if whole else PersonName(name.given, "", name.surname, name.suffix)


@fewer
@given(lists)
def test_bibtex(papers: list[Entry]) -> None:
    read = parse_string(export(papers, "bibtex"), "bibtex")
    assert list(read.entries) == [key(entry.id) for entry in known(papers)]
    for record, entry in zip(read.entries.values(), known(papers), strict=True):
        fields = record.fields
        assert from_latex(fields["title"]) == entry.title
        venues = [from_latex(fields[name]) for name in ("journal", "booktitle", "howpublished") if name in fields]
        assert venues == ([entry.venue] if entry.venue else [])
        assert [int(fields.get(name, 0)) for name in ("year", "day")] == [entry.published.year, entry.published.day]
        assert from_latex(fields["keywords"]).split(", ") == list(entry.labels.names)
        check_data(fields, entry)
        assert list(map(as_read, record.persons.get("author", ()))) == list(map(as_sorted, entry.authors))


def check_data(fields: Mapping[str, str], entry: Entry) -> None:
    """What is no LaTeX is there as it is; only braces and backslashes, which no record can hold, are quoted."""
    assert fields.get("doi", "") == quoted(doi_of(entry))
    assert fields.get("url", "") == quoted(paper_address(entry))
    assert fields.get("eprint", "") == (entry.id.removeprefix("arxiv:") if entry.id.startswith("arxiv:") else "")
    links = [f"{latex(role)}: \\url{{{quoted(address)}}}" for role, address in other_links(entry).items()]
    assert fields.get("note", "") == "; ".join(filter(None, [latex(entry.note), *links]))


def quoted(address: str) -> str:
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


@fewer
@given(lists)
def test_biblatex(papers: list[Entry]) -> None:
    read = parse_string(export(papers, "biblatex"), "bibtex")
    assert list(read.entries) == [key(entry.id) for entry in known(papers)]
    for record, entry in zip(read.entries.values(), known(papers), strict=True):
        fields = record.fields
        assert (from_latex(fields["title"]), fields.get("date", "")) == (entry.title, str(entry.published))
        names = ("journaltitle", "booktitle", "organization", "publisher", "howpublished")
        assert [from_latex(fields[name]) for name in names if name in fields] == ([entry.venue] if entry.venue else [])
        check_data(fields, entry)
        assert list(map(as_read, record.persons.get("author", ()))) == list(map(as_sorted, entry.authors))


def citations(text: str) -> tuple[Citation, ...]:
    return tuple(read_bibtex(text).citations)


def test_bibtex_says_it_all() -> None:
    (found,) = citations(export([ENTRY], "bibtex"))
    assert (found.id, found.title, found.published) == (ENTRY.id, ENTRY.title, ENTRY.published)
    assert found.authors == ("Müller and Sons", "Ann Bee", "Cy Dee")
    assert (found.venue, dict(found.links)["paper"]) == (ENTRY.venue, ENTRY.links["paper"])


def test_names_come_back_as_they_were() -> None:
    names = ("Jan van der Berg", "李 明", "김 하나", "山本 はなこ", "李明", "Ann Bee Jr.", "The Heart Group", "Suharto")
    for name in ("bibtex", "biblatex"):
        (found,) = citations(export([replace(ENTRY, authors=names)], name))
        assert found.authors == names


DOIS = [
    "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2", "10.1007/978-3-031-43898-1_64",
    "10.1000/a_b%c#d", "10.1000/50%25_x", "10.1000/<1a>&b;c", "10.1016/s0140-6736(99)04376-2", "10.1000/a--b''c`d",
    "10.1000/a~b^c$d|e", '10.1000/"q"', "10.1000/a'b", "10.1000/a,b", "10.1000/a=b@c", "10.1000/[a]", "10.1000/心",
    "10.3390/s21_##%%__", "10.1000/x\\y{z", "10.1000/}{", "10.1000/@article{x",
]  # fmt: skip


@pytest.mark.parametrize("doi", DOIS)
def test_dois_and_addresses_are_verbatim(doi: str) -> None:
    address = f"https://e.example/{doi}?a=1&b_c=%20#d_e~f"
    entry = Entry(f"doi:{doi}", "A title", LABELS, links={"paper": address, "code": address})
    for name in ("bibtex", "biblatex"):
        fields = bibtex(export([entry], name), entry.id)
        assert (fields["doi"], fields["url"]) == (quoted(doi), quoted(address))
        assert verbatim(fields["note"]) == f"code: {quoted(address)}"
        (found,) = citations(export([entry], name))
        assert found.links["paper"] == quoted(address)
    (item,) = json.loads(export([entry], "csl-json"))
    assert (item["DOI"], item["URL"], item["custom"]["links"]["code"]) == (doi, address, address)
    (record,) = rispy.loads(export([entry], "ris"))
    assert (record["doi"], "".join(record["urls"])) == (doi, address.replace(";", "%3B"))


@pytest.mark.parametrize(
    ("name", "bib", "ris", "csl"),
    [
        ("Jan van der Berg", "van der Berg, Jan", "van der Berg, Jan",
         {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"}),
        ("Ann Bee Jr.", "Bee, Jr., Ann", "Bee, Ann, Jr.", {"family": "Bee", "given": "Ann", "suffix": "Jr."}),
        ("Bee, Ann, III", "Bee, III, Ann", "Bee, Ann, III", {"family": "Bee", "given": "Ann", "suffix": "III"}),
        ("Bee Jr", "{Bee Jr}", "Bee,, Jr", {"family": "Bee", "suffix": "Jr"}),
        ("Suharto", "Suharto", "Suharto", {"family": "Suharto"}),
        ("The Heart & Vessel Group", r"{The Heart \& Vessel Group}", "The Heart & Vessel Group",
         {"literal": "The Heart & Vessel Group"}),
        ("Bee and Sons", "{Bee and Sons}", "Bee and Sons", {"literal": "Bee and Sons"}),
        ("others", "{others}", "others", {"literal": "others"}),
        ("李 明", "李, 明", "李, 明", {"family": "李", "given": "明"}),
        ("李明", "李明", "李明", {"family": "李明"}),
        ("José Ortega y Gasset", "{Ortega y Gasset}, José", "Ortega y Gasset, José",
         {"family": "Ortega y Gasset", "given": "José"}),
        ("Frank Van Damme", "Van Damme, Frank", "Van Damme, Frank", {"family": "Van Damme", "given": "Frank"}),
        ("A_n B}e", r"{B\textbraceright{}e}, {A\_n}", "B}e, A_n", {"family": "B}e", "given": "A_n"}),
    ],
)  # fmt: skip
def test_names(name: str, bib: str, ris: str, csl: dict[str, str]) -> None:
    entry = replace(ENTRY, authors=(name, "Cy Dee"))
    assert f"author = {{{bib} and Dee, Cy}}" in export([entry], "bibtex")
    assert f"AU  - {ris}\r\nAU  - Dee, Cy\r\n" in export([entry], "ris")
    assert json.loads(export([entry], "csl-json"))[0]["author"] == [csl, {"family": "Dee", "given": "Cy"}]


@pytest.mark.parametrize(
    ("identifier", "venue", "kind", "types"),
    [
        ("doi:10.1000/1", "Circulation", "research", ("article", "article", "JOUR", "article-journal", "article")),
        ("doi:10.1000/1", "Circulation", "review", ("article", "article", "JOUR", "article-journal", "article")),
        ("arxiv:2401.00001", "MICCAI 2024", "research",
         ("inproceedings", "inproceedings", "CONF", "paper-conference", "conference-paper")),
        ("arxiv:2401.00001", "arXiv", "research", ("misc", "online", "UNPB", "article", "article")),
        ("arxiv:2401.00001", "arXiv", "review", ("misc", "online", "UNPB", "article", "article")),
        ("doi:10.1000/1", "Zenodo", "dataset", ("misc", "dataset", "DATA", "dataset", "data")),
        ("title:x", "", "software", ("misc", "software", "COMP", "software", "software")),
        ("title:x", "", "research", ("misc", "misc", "GEN", "document", "generic")),
    ],
)  # fmt: skip
def test_types(identifier: str, venue: str, kind: str, types: tuple[str, ...]) -> None:
    entry = Entry(identifier, "X", Labels({"kind": (kind,)}), venue=venue)
    bib, biblatex = (export([entry], name) for name in ("bibtex", "biblatex"))
    (item,), (reference,) = (
        json.loads(export([entry], "csl-json")),
        yaml.safe_load(export([entry], "cff"))["references"],
    )
    found = (bib[1 : bib.index("{")], biblatex[1 : biblatex.index("{")], export([entry], "ris")[6:].split("\r")[0],
             item["type"], reference["type"])  # fmt: skip
    assert found == types
    assert reference.get("status", "") == ("preprint" if types[1] == "online" else "")


def test_a_preprint_names_its_archive_and_class() -> None:
    entry = replace(ENTRY, venue="arXiv")
    context = replace(CONTEXT, classes={ENTRY.id: "eess.IV"})
    fields = bibtex(export([entry], "bibtex", context), entry.id)
    assert {name: fields[name] for name in ("eprint", "archivePrefix", "primaryClass")} == {
        "eprint": "2411.13602", "archivePrefix": "arXiv", "primaryClass": "eess.IV",
    }  # fmt: skip
    fields = bibtex(export([entry], "biblatex", context), entry.id)
    assert (fields["eprint"], fields["eprinttype"], fields["eprintclass"]) == ("2411.13602", "arxiv", "eess.IV")
    assert "primaryClass" not in export([entry], "bibtex")
    old = replace(entry, id="arxiv:hep-th/9901001", links={})
    assert bibtex(export([old], "bibtex"), old.id)["primaryClass"] == "hep-th"


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Heart rate from ECG and mRNA", "Heart rate from {ECG} and {mRNA}"),
        ("Deep Learning for the Heart", "Deep Learning for the Heart"),
        ("A study of Fontan patients", "A study of {Fontan} patients"),
        ("U-Net in 3D: A T-wave of β-blockers", "{U-Net} in {3D:} A {T-wave} of {β-blockers}"),
        ("Mail @ {ECG} to us", r"Mail {@} {{\textbraceleft{}ECG\textbraceright{}}} to us"),
    ],
)
def test_capitals_of_titles_are_kept_where_they_mean_something(title: str, written: str) -> None:
    assert f"title = {{{written}}}" in export([replace(ENTRY, title=title)], "bibtex")


def test_bibtex_keys_follow_from_the_id_alone() -> None:
    assert key(ENTRY.id) == "arxiv-2411.13602"
    names = ["doi:10.1000/a(b)", "doi:10.1000/a[b]", "title:心电图", "title:心图", "arxiv:hep-th/9901001"]
    assert len({key(name) for name in names}) == len(names)


@given(hostile | st.text(max_size=20))
def test_latex_reads_back(text: str) -> None:
    text = clean(text)
    assert from_latex(latex(text)) == text


@fewer
@given(lists)
def test_ris(papers: list[Entry]) -> None:
    read = rispy.loads(export(papers, "ris"))
    assert len(read) == len(papers)
    for record, entry in zip(read, known(papers), strict=True):
        assert (record["id"], record["title"]) == (entry.id, entry.title)
        assert [tuple(name.split(", ")) for name in record.get("authors", ())] == list(map(ris_name, entry.authors))
        assert record.get("secondary_title", "") == entry.venue
        assert record.get("year", "") == (f"{entry.published.year:04}" if entry.published else "")
        assert str(entry.published) == "-".join(filter(None, record.get("date", "").split("/")))
        assert record["keywords"] == list(entry.labels.names)
        notes = record.get("notes", [])
        if entry.note:
            assert notes.pop(0) == entry.note
        assert record.get("doi", "") == doi_of(entry)
        notes = pairs(notes)
        assert paper_and(notes, next(iter(record.get("urls", [""]))), entry.id) == links(entry)


def ris_name(text: str) -> tuple[str, ...]:
    name = split_name(text)
    if name.literal:
        return tuple(text.split(", "))
    middle = f"{name.surname}," if name.suffix and not name.given else name.surname
    return tuple(filter(None, (middle, name.given, name.suffix)))


CSL = json.loads((Path(__file__).parent / "vendor/csl-data.json").read_text())
CFF = json.loads((resources("check_jsonschema") / "builtin_schemas/vendor/citation-file-format.json").read_text())


@fewer
@given(lists)
def test_csl_json(papers: list[Entry]) -> None:
    read = json.loads(export(papers, "csl-json"))
    jsonschema.validate(read, CSL, jsonschema.Draft7Validator)
    for item, entry in zip(read, known(papers), strict=True):
        assert (item["id"], item["custom"]["id"], item["title"]) == (key(entry.id), entry.id, entry.title)
        parts = item.get("issued", {"date-parts": [[]]})["date-parts"][0]
        assert parts == [part for part in (entry.published.year, entry.published.month, entry.published.day) if part]
        assert item.get("container-title", item.get("publisher", "")) == entry.venue
        assert (item.get("DOI", ""), item.get("URL", "")) == (doi_of(entry), paper_address(entry))
        assert (item.get("note", ""), item["custom"]["links"]) == (entry.note, other_links(entry))
        assert item["keyword"].split(", ") == list(entry.labels.names)
        found = [
            PersonName(
                name.get("given", ""), name.get("non-dropping-particle", ""), name.get("family", ""),
                name.get("suffix", ""), name.get("literal", ""),
            )
            for name in item.get("author", ())
        ]  # fmt: skip
        assert found == list(map(split_name, entry.authors))


@fewer
@given(lists)
def test_cff(papers: list[Entry]) -> None:
    context = replace(CONTEXT, base_url="https://hearts.example", license="CC-BY-4.0")
    read = yaml.safe_load(export(papers, "cff", context))
    jsonschema.validate(read, CFF, jsonschema.Draft7Validator, format_checker=jsonschema.FormatChecker())
    assert (read["title"], read["url"], read["license"]) == (TAXONOMY.title, "https://hearts.example/", "CC-BY-4.0")
    for reference, entry in zip(read.get("references", ()), known(papers), strict=True):
        assert (reference["title"], reference["identifiers"][0]["value"]) == (entry.title, entry.id)
        assert (reference.get("year", 0), reference.get("notes", "")) == (entry.published.year, entry.note)
        named = {"name": reference.get("journal", "")}
        assert reference.get("conference", reference.get("publisher", named))["name"] == entry.venue
        assert reference.get("doi") in (None, doi_of(entry))


def test_a_doi_that_cff_takes_and_one_that_it_does_not() -> None:
    for doi, kept in (("10.1007/978-3-031-43898-1_64", "10.1007/978-3-031-43898-1_64"), ("10.1000/<a>", None)):
        text = export([Entry(f"doi:{doi}", "X", LABELS)], "cff")
        (reference,) = yaml.safe_load(text)["references"]
        assert (reference.get("doi"), reference["identifiers"]) == (kept, [{"type": "other", "value": f"doi:{doi}"}])
        assert reference["url"].startswith("https://doi.org/10.1")
        assert "url" not in yaml.safe_load(text)


@fewer
@given(lists)
def test_atom(papers: list[Entry]) -> None:
    text = export(papers, "atom").encode()
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
        assert item.findtext("a:summary", "", space) == xml(entry.note)
        assert [
            f"{category.get('scheme')}:{category.get('term')}" for category in item.findall("a:category", space)
        ] == list(entry.labels.names)
        held = {link.get("title", ""): link.get("href") for link in item.findall("a:link", space)}
        own = {"paper": address_of(entry.id), **entry.links}
        assert held == {xml(role): url(target) for role, target in own.items() if target}


@pytest.mark.parametrize(("base", "own"), [("https://h.example/a", "https://h.example/a/data/"), ("", "")])
def test_atom_names_itself(base: str, own: str) -> None:
    feed = etree.fromstring(export([ENTRY], "atom", replace(CONTEXT, base_url=base)).encode())
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{{{ATOM}}}link")}
    assert links == {"self": f"{own}catalogue.atom", "alternate": f"{base}/" if base else "../"}


def xml(text: str) -> str:
    return text.replace("\ufffe", "").replace("\uffff", "")


@pytest.mark.parametrize("name", WRITERS)
def test_an_empty_catalogue_and_the_same_bytes_in_any_order(name: str) -> None:
    other = replace(ENTRY, id="arxiv:2411.00001", title="Another")
    assert export([], name) is not None
    assert export([ENTRY, other], name) == export([other, ENTRY], name)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["@a{b,", "@a{b,{", "@a{b, title = {x}\n", "@", "{", "@a{b, title = {x}}"])
def test_hostile_bibtex_takes_no_time(unit: str) -> None:
    assert len(read_bibtex(unit * 200).citations) in (0, 200)
    assert read_bibtex(unit.removesuffix("}") * 20_000).citations == ()
