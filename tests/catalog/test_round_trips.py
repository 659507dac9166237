"""Exports through the programs that people use them with; what is not on PyPI is tried by ``make soak`` alone.

biber and LaTeX: the packages biber, texlive-latex-extra and texlive-bibtex-extra of Debian. citation-js: ``npm install
-g @citation-js/core @citation-js/plugin-csl @citation-js/plugin-bibtex``, with NODE_PATH set to ``npm root -g``.
"""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from pybtex.database import parse_string

from harvester.catalog.entry import Entry
from harvester.catalog.export.bibtex import key
from harvester.catalog.export.publication import doi_of
from harvester.catalog.export.records import paper_address
from harvester.catalog.importing.records.latex import from_latex
from harvester.catalog.published import Published
from harvester.domain.labels import Labels

from .strategies import fewer
from .test_export import CONTEXT, DOIS, ENTRY, LABELS, export, known, lists, quoted

NAMES = (
    "Jan van der Berg Jr.", "The Heart & Vessel Group", "José Ortega y Gasset", "Bee Jr", "Suharto", "Frank Van Damme",
    "Bee and Sons", "João da Silva Santos",
)  # fmt: skip
PAPERS = [
    *(
        replace(
            ENTRY, id=f"doi:{doi}", authors=NAMES, note="50% _new_ #1",
            links={"paper": f"https://e.example/{number}?a_b=%20&c=d#x~y", "code": "https://github.com/a/b_c"},
        )
        for number, doi in enumerate(DOIS)
    ),
    replace(ENTRY, venue="arXiv"),
    Entry("arxiv:2401.00001", "A MICCAI paper on the ECG", LABELS, ("Ann Bee",), Published(2024, 5), "MICCAI 2024"),
    Entry("title:data", "Hearts", Labels({"kind": ("dataset",)}), ("Ann Bee",), Published(2024), "Zenodo"),
    Entry("title:tool", "Hearts", Labels({"kind": ("software",)}), ("Ann Bee",), Published(2024, 1, 2), "GitHub"),
    Entry("title:other", "Hearts", LABELS, ("Ann Bee",), Published(2024, 1, 2)),
    Entry("title:long", "Heart ECG " * 200, LABELS, ("Ann Bee",), Published(2024, 1, 2), "Circulation"),
]  # fmt: skip


@fewer
@given(lists)
def test_bibtexparser_reads_what_pybtex_reads(papers: list[Entry]) -> None:
    for name in ("bibtex", "biblatex"):
        text = export(papers, name)
        read = bibtexparser.parse_string(text)
        assert read.failed_blocks == []
        expected = {record.key: dict(record.fields) for record in parse_string(text, "bibtex").entries.values()}
        found = {
            record.key: {field.key: field.value for field in record.fields if field.key != "author"}
            for record in read.entries
        }
        for record in (*expected.values(), *found.values()):
            record.pop("month", "")  # one of the two knows the macros of months
        assert found == expected


@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported. custom:UserWarning")
@fewer
@given(lists)
def test_citeproc_reads_every_field(papers: list[Entry]) -> None:
    items = json.loads(export(papers, "csl-json"))
    read = CiteProcJSON(items)
    for item in items:
        found = read[item["id"].lower()] if item["id"].lower() in read else read[item["id"]]
        for name in set(item) - {"id", "author", "issued", "custom"}:
            assert str(found[name.replace("-", "_")]) == item[name]
        when = item.get("issued", {"date-parts": [[]]})["date-parts"][0]
        date = found.get("issued", {})
        assert [date[part] for part in ("year", "month", "day") if part in date] == when
        assert len(found.get("author", ())) == len(item.get("author", ()))


@pytest.fixture
def typeset(tmp_path: Path) -> str:
    """The .bbl file that biber makes of the BibLaTeX export."""
    if not (shutil.which("biber") and shutil.which("latex")):
        pytest.skip("biber and LaTeX are not installed")
    (tmp_path / "list.bib").write_text(export(PAPERS, "biblatex", replace(CONTEXT, classes={ENTRY.id: "eess.IV"})))
    (tmp_path / "a.tex").write_text(
        r"\documentclass{article}\usepackage[backend=biber]{biblatex}\addbibresource{list.bib}"
        r"\begin{document}\nocite{*}\printbibliography\end{document}"
    )
    run(tmp_path, "latex", "-interaction=nonstopmode", "a")
    told = run(tmp_path, "biber", "--validate-datamodel", "a")
    assert not [line for line in told.splitlines() if re.match(r"(WARN|ERROR)", line)]
    return (tmp_path / "a.bbl").read_text()


def run(folder: Path, *command: str, **options: Any) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200, **options).stdout


@pytest.mark.soak
def test_biber_takes_every_field(typeset: str) -> None:
    found = dict(re.findall(r"\\entry\{([^}]*)\}(.*?)\\endentry", typeset, re.DOTALL))
    assert set(found) == {key(entry.id) for entry in PAPERS}
    for entry in known(PAPERS):
        text = found[key(entry.id)]
        verbs = dict(re.findall(r"\\verb\{(\w+)\}\n\s*\\verb (.*)\n\s*\\endverb", text))
        assert verbs.get("doi", "") == quoted(doi_of(entry))
        assert verbs.get("urlraw", "") == quoted(paper_address(entry))
        assert from_latex(field(text, "title")) == entry.title
        assert field(text, "year") == str(entry.published.year)
        if entry.authors == NAMES:
            assert re.findall(r"family=\{+([^}]*)\}+,\n", text)[:2] == ["Berg", r"The Heart \& Vessel Group"]
            assert text.count("prefix={") == 2
            assert "suffix={Jr\\bibinitperiod}" in text or "suffix={Jr.}" in text
    assert field(found["arxiv-2411.13602"], "eprintclass") == "eess.IV"


def field(text: str, name: str) -> str:
    held = re.search(rf"\\field\{{{name}\}}\{{(.*)\}}\n", text)
    return held[1] if held else ""


READER = """
const { Cite } = require('@citation-js/core');
require('@citation-js/plugin-csl'); require('@citation-js/plugin-bibtex');
const text = require('fs').readFileSync(0, 'utf8');
console.log(JSON.stringify(new Cite(text, { forceType: process.argv[1], generateGraph: false }).data));
"""


def citation_js(text: str, form: str) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if not node or subprocess.run([node, "-e", "require('@citation-js/core')"], capture_output=True).returncode:
        pytest.skip("citation-js is not installed, or NODE_PATH does not lead to it")
    read: list[dict[str, Any]] = json.loads(run(Path.cwd(), node, "-e", READER, form, input=text))
    return read


@pytest.mark.soak
def test_citation_js_takes_csl_json_as_it_is() -> None:
    text = export(PAPERS, "csl-json")
    read = citation_js(text, "@else/json")
    held = json.loads(text)
    assert [{name: item[name] for name in given} for item, given in zip(read, held, strict=True)] == held


@pytest.mark.soak
@pytest.mark.parametrize(("name", "form"), [("bibtex", "@bibtex/text"), ("biblatex", "@biblatex/text")])
def test_citation_js_reads_records_as_csl_json_has_them(name: str, form: str) -> None:
    read = {item["id"]: item for item in citation_js(export(PAPERS, name), form)}
    for item, entry in zip(json.loads(export(PAPERS, "csl-json")), known(PAPERS), strict=True):
        found = read[item["id"]]
        assert (found["title"], found["issued"]) == (item["title"], item["issued"])
        assert (found.get("DOI", ""), found.get("URL", "")) == (quoted(doi_of(entry)), quoted(paper_address(entry)))
        assert found.get("container-title", "") == item.get("container-title", "")
        assert [as_group(author) for author in found["author"]] == [as_group(author) for author in item["author"]]


def as_group(author: dict[str, str]) -> dict[str, str]:
    """BibTeX knows no groups, only family names; nor a suffix without a given name."""
    if "literal" in author:
        return {"family": author["literal"]}
    if "suffix" in author and "given" not in author:
        return {"family": f"{author['family']} {author['suffix']}"}
    return author
