"""Records as people write them: broken BibTeX, every shape of arXiv's ids, authors in all orders, CITATION.cff."""

from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.errors import CatalogError
from harvester.catalog.importing.records.bibtex import read_bibtex
from harvester.catalog.importing.records.cff import is_cff, read_cff
from harvester.catalog.importing.records.citation import Citation, Records, Work
from harvester.catalog.importing.records.decoding import decoded
from harvester.catalog.importing.records.latex import from_latex, verbatim

RECORD = """\
@article{sol2022tides,
  title = {Tides of the aorta},
  author = {Sol, Eva and Mar, Tom},
  journal = {Invented Letters},
  year = {2022}
}"""
WHOLE = ("Tides of the aorta", ("Eva Sol", "Tom Mar"), "Invented Letters", "2022")


def only(text: str) -> Citation:
    found = read_bibtex(text)
    assert not found.unreadable
    (citation,) = found.citations
    return citation


def content(citation: Citation) -> tuple[str, tuple[str, ...], str, str]:
    return citation.title, citation.authors, citation.venue, str(citation.published)


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        (RECORD, ()),
        (RECORD.replace("tides,", "tides"), ()),
        (RECORD.replace("{sol2022tides,", "{,"), ()),
        (RECORD.replace("{sol2022tides,", "{"), ()),
        (RECORD.replace("{sol2022tides,", "(sol2022tides,").replace("\n}", "\n)"), ()),
        (RECORD.replace("sol2022tides,\n ", ""), ()),
        (RECORD.replace("@article", "@ article"), ()),
        (RECORD.replace("@article", "article"), ("it has no @",)),
        (RECORD.replace("sol2022tides,", "Sol et al 2022,"), ("its key contains a space",)),
        (RECORD.replace("},\n  author", "}\n  author"), ("a comma is missing after title",)),
        (RECORD.replace("},\n", "}\n"), ("a comma is missing after title, author, journal",)),
        (RECORD.replace("},\n", "};\n"), ()),
        (RECORD[:-2], ("it is never closed",)),
        (f"```\n{RECORD[:-2]}\n```\n## Licence\nMIT {{x}}\n", ("it is never closed",)),
        (f"{RECORD[:-2]}\n\nThanks to all.\n", ("it is never closed",)),
        (RECORD.replace("aorta},", "aorta,"), ("title is never closed",)),
        (RECORD.replace("aorta},", "aorta}},"), ("a closing brace is in its middle",)),
        (RECORD.replace("2022}", "2022"), ("it is never closed",)),
        (RECORD.replace("title = {", "title {"), ("an equals sign is missing after title",)),
        (RECORD.replace("title = {", "title: {"), ("an equals sign is missing after title",)),
        (RECORD.replace("year = {2022}", "year: 2022"), ("an equals sign is missing after year",)),
        (RECORD.replace(" = ", " => "), ()),
        (RECORD.replace(" = ", " == "), ()),
        (RECORD.replace(" = ", " := "), ()),
        (RECORD.replace("{Tides of the aorta}", "‘Tides of the aorta’"), ()),
        (RECORD.replace("Tides", "&lt;i&gt;Tides&lt;/i&gt;"), ()),
        (RECORD.replace("{Invented Letters}", "Invented Letters"), ()),
        (RECORD.replace("{Tides of the aorta}", "“Tides of the aorta”"), ()),
        (RECORD.replace("  year", "  ...\n  year"), ("'...' is no field",)),
        (RECORD.replace("  year", "  journal = {Other},\n  year"), ("journal is given twice, the first is used",)),
        (RECORD.replace("  year", "  journal = {Invented Letters},\n  year"), ()),
        (RECORD.replace("  year", "  doi = ,\n  year"), ()),
        (RECORD.replace("  author", "  % title = {Old},\n  author"), ()),
        (RECORD.replace("\n", " "), ()),
        (RECORD.replace("\n", "\r\n"), ()),
        (RECORD.replace("  ", "\t\t").replace(" = ", "\t=\t"), ()),
        (RECORD.replace(" = ", "\u00a0=\u200b "), ()),
        (RECORD.upper().replace("TIDES OF THE AORTA", "Tides of the aorta").replace("SOL, EVA AND MAR, TOM",
         "Sol, Eva AND Mar, Tom").replace("INVENTED LETTERS", "Invented Letters"), ()),
        ("\n".join(f"> {line}" for line in RECORD.split("\n")), ()),
        ("\n".join(f"> > {line}" for line in RECORD.split("\n")), ()),
        ("\n".join(f"    {line}" for line in RECORD.split("\n")), ()),
        (f"- Cite: `{RECORD}` please.", ()),
        (f"<pre><code>{RECORD}</code></pre>", ()),
        ("<p>" + RECORD.replace("\n", "<br>\n") + "</p>", ()),
        (RECORD.replace("Tides", "<i>Tides</i>"), ()),
        (f"@string{{il = {{Invented }} # \"Letters\"}}\n{RECORD.replace('{Invented Letters}', 'IL')}", ()),
        (f"% {RECORD.splitlines()[0]}\n<!--\n@article{{old, title = {{Old}}}}\n-->\n{RECORD}", ()),
    ],
)  # fmt: skip
def test_a_record_is_read_in_spite_of_its_faults(text: str, repairs: tuple[str, ...]) -> None:
    found = only(text)
    assert content(found) == WHOLE
    assert found.repairs == repairs


def test_quotation_marks_in_a_quoted_value_do_not_end_it() -> None:
    text = '@article{k,\n title="Tides ``of\'\' the {"}aorta{"} and \\"Uber",\n author="Sol, Eva"\n year=2022}'
    assert (only(text).title, only(text).authors) == ('Tides “of” the "aorta" and Über', ("Eva Sol",))


@pytest.mark.parametrize(
    ("text", "line", "key", "why"),
    [
        ("@article k,\n title={Tides},\n year=2022}", 1, "", "it has no opening brace"),
        ("x\n\n@article{k,\n title = {Never closed\n```\n", 3, "k", "its title is never closed"),
        ("@misc{k, author = {Sol, Eva}, year = 2022}", 1, "k", "it has no title"),
        ("\n@article{\n}", 2, "", "no field in it can be read"),
        ("@article{k, title = {}}", 1, "k", "it has no title"),
        ("@article{k,\n" + "??\n" * 30 + "}", 1, "k", "too much of it is wrong"),
        ("@unheardof{k, title = {Never closed", 1, "k", "it is no complete record"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, line: int, key: str, why: str) -> None:
    found = read_bibtex(text)
    assert found.citations == ()
    assert [(record.line, record.key, record.why) for record in found.unreadable] == [(line, key, why)]


def test_blank_lines_of_a_record_that_is_never_closed_are_read_once() -> None:
    before = monotonic()
    found = read_bibtex("@misc{k, title={Tides}, note={" + "\n" * 40_000 + "year={2022}\n")
    assert [str(citation.published) for citation in found.citations] == ["2022"]
    assert monotonic() - before < 5  # it took minutes


def test_every_record_has_its_line_and_costs_only_itself() -> None:
    broken = "@article{k,\n title = {Never closed\n"
    found = read_bibtex(f"# A\n{RECORD}\n{broken}\n{RECORD}\n```\n{broken}```\n{RECORD}\n")
    assert [citation.line for citation in found.citations] == [2, 11, 21]
    assert [record.line for record in found.unreadable] == [8, 18]


def test_macros_are_joined_in_a_string_in_parentheses() -> None:
    text = '@string{hn = {Heart }}\n@string(ml = hn # {of } # hn)\n@article{k, title={Tides}, journal = ml # "2"}'
    assert only(text).venue == "Heart of Heart 2"


def test_a_paper_has_its_venue_and_year_from_its_proceedings() -> None:
    paper = "@inproceedings{k, crossref={P21}, title={Tides}, author={Sol, Eva}}\n"
    whole = "@proceedings{p21, title={Days of Tides}, year=2021, doi={10.1000/whole}}\n"
    for text in (paper + whole, whole + paper):
        found = only(text)
        assert (found.id, found.title, str(found.published), found.venue) == (
            "title:tides", "Tides", "2021", "Days of Tides",
        )  # fmt: skip


def test_a_comment_hides_what_it_contains_and_one_that_never_ends_hides_nothing() -> None:
    assert len(read_bibtex("@comment{\n" + RECORD + "\n}\n" + RECORD).citations) == 1
    assert len(read_bibtex("@comment{ never closed\n" + RECORD).citations) == 1


@pytest.mark.parametrize(
    "text",
    ["eva@example.org {x}", "@Override {\n}\n@Test(title = 1)", "@click.command(title = {x})",
     "\\@ifnextchar{x, title=1}", "@eva (a friend)", "@article", "@comment{jabref: title = 1}",
     "@comment{\n@article{old, title={Tides}, note={{a}}}\n}"],
)  # fmt: skip
def test_other_words_behind_an_at_sign_are_no_records(text: str) -> None:
    assert read_bibtex(text) == Records()


@pytest.mark.parametrize(
    "fields",
    [
        "eprint={2203.01234}",
        "eprint={2203.01234v2}, archivePrefix={arXiv}, primaryClass={eess.IV}",
        "eprint={arXiv:2203.01234v2 [cs.CV]}",
        "eprint={https://arxiv.org/abs/2203.01234}, eprinttype={arxiv}",
        "arxivId={2203.01234}",
        "journal={CoRR}, volume={abs/2203.01234}",
        "journal={CoRR abs/2203.01234}",
        "journal={ArXiv}, volume={abs/2203.01234}",
        "journal={arXiv preprint arXiv:2203.01234v3}",
        "journal={arXiv:2203.01234 [cs]}",
        "journal={arXiv preprint}, number={2203.01234}",
        "journal={arXiv e-prints}, eid={arXiv:2203.01234}",
        "publisher={arXiv}, number={arXiv:2203.01234}",
        "note={arXiv:2203.01234}",
        "howpublished={arXiv preprint}, note={2203.01234}",
        "note={Preprint at \\url{https://arxiv.org/abs/2203.01234}}",
        "doi={10.48550/arXiv.2203.01234}",
        "doi={https://doi.org/10.48550/ARXIV.2203.01234}",
        "doi={arXiv:2203.01234}",
        "url={https://arxiv.org/pdf/2203.01234v1.pdf}",
        "url={arxiv.org/abs/2203.01234}",
        "url={https://huggingface.co/papers/2203.01234}",
        "url={https://ar5iv.labs.arxiv.org/html/2203.01234}",
        "journal={Nature}, doi={10.1000/x}, note={Also arXiv:2203.01234}",
    ],
)
def test_every_shape_of_an_arxiv_id(fields: str) -> None:
    assert only(f"@article{{k, title={{Tides}}, {fields}}}").id == "arxiv:2203.01234"


@pytest.mark.parametrize(
    ("fields", "identifier"),
    [
        ("journal={CoRR}, volume={cs.CV/0101001}", "arxiv:cs/0101001"),
        ("eprint={math.GT/0309136}, archivePrefix={arXiv}", "arxiv:math/0309136"),
        ("journal={arXiv preprint hep-th/9901001}", "arxiv:hep-th/9901001"),
        ("journal={Nature}, doi={10.1038/s41586-2022.12345}", "doi:10.1038/s41586-2022.12345"),
        ("doi={10.1007/978-3-030-1\\_12}", "doi:10.1007/978-3-030-1_12"),
        ("note={doi: 10.1000/tides}", "doi:10.1000/tides"),
        ("url={https://www.nature.com/articles/s41591-022-01234-5}", "doi:10.1038/s41591-022-01234-5"),
        ("url={https://www.nature.com/articles/S41591-022-01234-5}", "doi:10.1038/s41591-022-01234-5"),
        ("eprint={2203.01234}, archivePrefix={medRxiv}", "title:tides"),
        ("eprint={31234567}, archivePrefix={PubMed}", "pmid:31234567"),
        ("url={https://pubmed.ncbi.nlm.nih.gov/31234567/}", "pmid:31234567"),
        ("volume={2203.01234}", "title:tides"),
    ],
)
def test_the_best_identifier_of_a_record(fields: str, identifier: str) -> None:
    assert only(f"@article{{k, title={{Tides}}, {fields}}}").id == identifier


def test_the_key_may_be_the_doi() -> None:
    assert only("@inproceedings{10.1007/978-3-030-1_12, title={Tides}}").id == "doi:10.1007/978-3-030-1_12"


@pytest.mark.parametrize(
    ("field", "authors"),
    [
        ("Sol, E., Mar, T., Ney, U.", ["E. Sol", "T. Mar", "U. Ney"]),
        ("Eva Sol, Tom Mar, Una Ney", ["Eva Sol", "Tom Mar", "Una Ney"]),
        ("Eva Sol, Tom Mar", ["Eva Sol", "Tom Mar"]),
        ("Eva Sol, Tom Mar and Una Ney", ["Eva Sol", "Tom Mar", "Una Ney"]),
        ("Eva Sol, Tom Mar, and Una Ney", ["Eva Sol", "Tom Mar", "Una Ney"]),
        ("Sol, Eva; Mar, Tom", ["Eva Sol", "Tom Mar"]),
        ("Sol, E., Mar, T. \\& Ney, U.", ["E. Sol", "T. Mar", "U. Ney"]),
        ("Sol E, Mar TU, de Ney U", ["E Sol", "TU Mar", "U de Ney"]),
        ("Sol, Eva, Mar, Tom and Ney, Una", ["Eva Sol", "Tom Mar", "Una Ney"]),
        ("张三、李四、王五", ["张三", "李四", "王五"]),
    ],
)
def test_authors_without_and(field: str, authors: list[str]) -> None:
    found = only(f"@misc{{k, title={{Tides}}, author={{{field}}}}}")
    assert list(found.authors) == authors
    assert found.repairs == ("its authors are not separated by “and”",)


@pytest.mark.parametrize(
    ("field", "authors"),
    [
        ("Sol, Eva and Mar, Tom, and Ney, Una", ["Eva Sol", "Tom Mar", "Una Ney"]),
        ("Sol, Eva and others", ["Eva Sol"]),
        ("Sol, Eva et al.", ["Eva Sol"]),
        ("Sol, Eva and et al.", ["Eva Sol"]),
        ("{The Tide Group} and {Sol and Sons}", ["The Tide Group", "Sol and Sons"]),
        ("{Society of Hearts, Working Group}", ["Society of Hearts, Working Group"]),
        ("{Eva Sol and Tom Mar}", ["Eva Sol", "Tom Mar"]),
        ("van der Sol, Eva and de Mar, Tom", ["Eva van der Sol", "Tom de Mar"]),
        ("De Luca, Anna Maria", ["Anna Maria De Luca"]),
        ("Garcia Lopez, Maria and Sol, Eva", ["Maria Garcia Lopez", "Eva Sol"]),
        ("Sol, Jr., Tom and Tom Mar, Sr. and Ney III, Ulf", ["Tom Sol Jr.", "Tom Mar Sr.", "Ulf Ney III"]),
        ("{\\'E}va S{\\o}l and M{\\'{\\i}}a~\\c{C}elik", ["Éva Søl", "Mía Çelik"]),
        ("Eva Sol$^{1,*}$ and Tom Mar\\textsuperscript{2} and Una Ney*", ["Eva Sol", "Tom Mar", "Una Ney"]),
        ("Eva Sol and others on behalf of the {Tide Group}", ["Eva Sol", "Tide Group"]),
        (
            "given=Eva, family=Sol and family=Mar, given=Tom, prefix=van der, suffix=Jr.",
            ["Eva Sol", "Tom van der Mar Jr."],
        ),
        ("Sol, Eva and given={Jean Ann}, family=Ney, given-i=J, useprefix=true", ["Eva Sol", "Jean Ann Ney"]),
        ("Eva Sol 0002 and Mar 0001, Tom and Una Ney 0010", ["Eva Sol", "Tom Mar", "Una Ney"]),
        ("and Eva Sol and and Tom Mar AND", ["Eva Sol", "Tom Mar"]),
        ("{Sol, Eva} and {van der Mar, Tom}", ["Eva Sol", "Tom van der Mar"]),
        ("others", []),
    ],
)
def test_authors_in_bibtexs_own_form(field: str, authors: list[str]) -> None:
    found = only(f"@misc{{k, title={{Tides}}, author={{{field}}}}}")
    assert (list(found.authors), found.repairs) == (authors, ())


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("year=2022, month=oct", "2022-10"),
        ("year={2022}, month={October}, day={3}", "2022-10-03"),
        ("year=2022, month=10", "2022-10"),
        ("year=2022, month={Sept.}", "2022-09"),
        ('year=2022, month=jan # "~5"', "2022-01-05"),
        ("year=2022, month={Jan-Feb}", "2022-01"),
        ("date={2022-05-03}", "2022-05-03"),
        ("date={2022-05-03/2022-05-06}", "2022-05-03"),
        ("date={2022-05}", "2022-05"),
        ("date={2022/05/03}", "2022-05-03"),
        ("date={2022.05}", "2022-05"),
        ("date={May 3, 2022}", "2022-05-03"),
        ("date={3 May 2022}", "2022-05-03"),
        ("date={May 2022}", "2022-05"),
        ("date={2022/2023}", "2022"),
        ("date={2022-21}", "2022"),
        ("date={circa 2022}", "2022"),
        ("year={2022a}", "2022"),
        ("year={in press, 2022}", "2022"),
        ("year={2022}, month={in press}", "2022"),
        ("year={2022}, month={2}, day={31}", "2022-02"),
        ("year={forthcoming}", ""),
        ("year={20222}", ""),
    ],
)
def test_dates(fields: str, date: str) -> None:
    assert str(only(f"@misc{{k, title={{Tides}}, {fields}}}").published) == date


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("Na{\\\"\\i}ve $\\beta$-waves: 50\\% \\& more --- the ``{ECG}''", "Naïve β-waves: 50% & more — the “ECG”"),
        ("5\\,{\\textmu}m at 37$^{\\circ}$C", "5 µm at 37°C"),
        ("$\\mathbf{H_2O}$ and $10^{-3}$", "$H_2O$ and $10^{-3}$"),
        ("\\textit{in vivo}, \\href{https://a.example/}{here}", "in vivo, here"),
        ("{\\'{\\i}} {\\'\\i} \\v{s} \\L{}", "í í š Ł"),
        ("Nguy{\\~{\\^e}}n\\footnote{x}", "Nguyễn"),
        ("50% of 60\\% of \\\\% x", "50% of 60% of % x"),
        ("$\\alpha = 5^\\circ$, $\\Lambda_1 \\leq \\ell_1$ at 3$^\\circ$", "$α = 5°$, $Λ_1 ≤ ℓ_1$ at 3°"),
        ("\\(T_1\\) and \\ensuremath{\\beta}-waves, \\(\\ell\\)", "$T_1$ and β-waves, ℓ"),
        ("Tides \\* \\[pdf\\]", "Tides * [pdf]"),
    ],
)
def test_latex_as_text(latex: str, text: str) -> None:
    assert from_latex(latex) == text


def test_addresses_are_verbatim() -> None:
    assert verbatim("\\url{https://a.example/\\~{}eva/b\\_c\\%20d--e\\#f}") == "https://a.example/~eva/b_c%20d--e#f"
    found = only("@misc{k, title={T}, howpublished={Available at \\url{https://a.example/x_(1)}.}}")
    assert (dict(found.links), found.venue) == ({"paper": "https://a.example/x_(1)"}, "")


def test_an_address_may_be_a_link_of_markdown() -> None:
    found = only("@misc{k, title={T}, url={[https://a.example/x_(1)](https://a.example/x_(1))}}")
    assert dict(found.links) == {"paper": "https://a.example/x_(1)"}


def test_titles_keep_their_subtitles() -> None:
    assert only("@book{k, title={Tides}, subtitle={of the aorta}}").title == "Tides: of the aorta"
    assert only("@book{k, title={Tides?}, subtitle={Yes.}}").title == "Tides? Yes"


@pytest.mark.parametrize(
    ("record", "work"),
    [
        ("@software{k, title={t}}", Work.SOFTWARE),
        ("@misc{k, title={t}, publisher={Zenodo}, doi={10.5281/zenodo.1}}", Work.SOFTWARE),
        ("@misc{k, title={t}, howpublished={\\url{https://github.com/a/b}}}", Work.SOFTWARE),
        ("@misc{k, title={t}, journal={GitHub repository}, publisher={GitHub}}", Work.SOFTWARE),
        ("@misc{k, title={A dataset of tides}, publisher={Zenodo}}", Work.DATASET),
        ("@misc{k, title={t}, doi={10.13026/abcd-1234}}", Work.DATASET),
        ("@dataset{k, title={t}}", Work.DATASET),
        ("@misc{k, title={t}, eprint={2203.01234}, url={https://github.com/a/b}}", Work.PAPER),
        ("@article{k, title={t}, journal={Zygote}, url={https://github.com/a/b}}", Work.PAPER),
    ],
)
def test_papers_data_and_software(record: str, work: Work) -> None:
    assert only(record).work is work


def test_texts_of_every_encoding() -> None:
    text = "title = {Über}\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"):
        assert decoded(text.encode(encoding), "f") == text
    assert decoded(b"a\r\nb\rc", "f") == "a\nb\nc"
    with pytest.raises(CatalogError, match="f is not a text file"):
        decoded(b"\x89PNG\x00" + bytes(range(256)), "f")


CFF = """\
# This file was made by hand.
cff-version: 1.2.0
message: Please cite.
title: tidal
authors:
  - {family-names: Sol, given-names: Eva, name-particle: van, name-suffix: Jr.}
  - {name: The Tide Group}
repository-code: https://github.com/sol/tidal
date-released: 2022-05-03
"""
PREFERRED = """\
preferred-citation:
  type: conference-paper
  title: "Tides of the aorta: a study"
  authors: [{family-names: Sol, given-names: Eva}]
  conference: {name: Conference of Tides}
  year: 2022
  month: 9
  identifiers: [{type: other, value: "arXiv:2203.01234v2"}]
"""


def test_a_citation_file_names_the_paper_before_the_program() -> None:
    paper, program = read_cff(CFF + PREFERRED).citations
    assert (paper.id, paper.work, paper.line, paper.venue) == (
        "arxiv:2203.01234",
        Work.PAPER,
        10,
        "Conference of Tides",
    )
    assert (paper.title, str(paper.published)) == ("Tides of the aorta: a study", "2022-09")
    assert (program.work, program.authors, str(program.published)) == (
        Work.SOFTWARE, ("Eva van Sol Jr.", "The Tide Group"), "2022-05-03",
    )  # fmt: skip
    assert dict(program.links) == {"code": "https://github.com/sol/tidal"}


def test_other_forms_of_a_citation_file() -> None:
    (data,) = read_cff(CFF + "type: dataset\ndoi: 10.13026/abc\n").citations
    assert (data.work, data.id) == (Work.DATASET, "doi:10.13026/abc")
    listed = "references:\n  - {type: article, title: Foreign, authors: [{family-names: X}]}\n"
    listed += "  - {type: article, title: Own, authors: [{name: The Tide Group}]}\n"
    assert [cited.title for cited in read_cff(CFF + listed).citations] == ["tidal", "Own"]


def test_citation_files_as_people_write_them() -> None:
    listed = PREFERRED.replace("  type:", "  - type:").replace("\n  ", "\n    ").replace("    - type", "  - type")
    listed = listed.replace("[{family-names: Sol, given-names: Eva}]", "Eva Sol and Mar, Tom")
    paper, _ = read_cff(CFF + listed).citations
    assert (paper.id, paper.authors) == ("arxiv:2203.01234", ("Eva Sol", "Tom Mar"))
    short = "references:\n  - {type: article, title: Own, authors: [{family-names: van Sol, given-names: E.}]}"
    assert [cited.title for cited in read_cff(CFF + short).citations] == ["tidal", "Own"]
    (found,) = read_cff("title: Tides &amp; <i>beats</i>\nauthors: [{family-names: 李, given-names: 明}]\n").citations
    assert (found.title, found.authors) == ("Tides & beats", ("李 明",))


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("cff-version: 1.2.0\ntitle: Tides: of the aorta\n", 2, "not valid YAML"),
        ("cff-version: 1.2.0\ntitle: [\n", 3, "not valid YAML"),
        ("cff-version: 1.2.0\nmessage: x\n", 1, "it has no title"),
        ("cff-version: 1.2.0\ntitle: '***'\n", 1, "it has no title with letters"),
        ("- cff-version: 1.2.0\n", 1, "it has no keys"),
        ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\ntitle: {d: *b}\n", 1, "it has no title"),
        ("[" * 5000, 1, "it is nested too deeply"),
        ("!!python/object/apply:os.system [true]", 1, "it has no keys"),
    ],
)
def test_a_broken_citation_file_is_named_with_its_line(text: str, line: int, why: str) -> None:
    found = read_cff(text)
    assert found.citations == ()
    assert [record.line for record in found.unreadable] == [line]
    assert why in found.unreadable[0].why


@pytest.mark.parametrize("year", ["2022-02-31", f"0x{'F' * 5000}", "12:30:59", "yes"])
def test_what_yaml_takes_for_more_than_text_is_text(year: str) -> None:
    (found,) = read_cff(f"cff-version: 1.2.0\ntitle: Tides\nyear: {year}\ndate-released: {year}\n").citations
    assert found.title == "Tides"


def test_a_record_that_nothing_can_name_is_unreadable() -> None:
    found = read_bibtex("@article{a, title={***}, author={Jane Doe}, year=2020}")
    assert found.citations == ()
    assert found.unreadable[0].why == "its title has no letters, and it has no other identifier"


def test_a_citation_file_is_known_by_what_it_contains() -> None:
    assert is_cff("x.md", CFF)
    assert is_cff("a/CITATION.cff", "title: x")
    assert not is_cff("README.md", f"# A\n```yaml\n{CFF}```\n")


@given(st.text(alphabet=st.sampled_from(list("@articlemisc{}(),=\"#%\\ \n'$title<>`")), max_size=120))
def test_no_text_is_too_odd(text: str) -> None:
    read_bibtex(text)
    read_bibtex(f"@article{{k, title={{{text}}}, {text}}}")
    read_cff(f"cff-version: 1\ntitle: {text}")
