"""Which paper of a README its maintainer wants to be cited: READMEs of many kinds, each with the expected choice."""

from pathlib import Path

import pytest

from harvester.base.errors import CatalogError
from harvester.catalog.importing.records.choosing import Choice, Source, about, choose
from harvester.catalog.importing.records.citation import Work
from harvester.catalog.importing.records.decoding import decoded


def record(title: str = "Tides of the aorta", more: str = "year={2022}", kind: str = "article") -> str:
    return f"```bibtex\n@{kind}{{k,\n  title={{{title}}},\n  author={{Sol, Eva}},\n  {more}\n}}\n```\n"


OTHER = record("Walls of the heart")
SOFTWARE = record("tidal", "doi={10.5281/zenodo.7}", "software")
DATA = record("The tide recordings", "doi={10.13026/tide-1}", "dataset")
BROKEN = "```\n@article{broken,\n  title = {Never closed\n```\n"
BADGE = "[![arXiv](https://img.example/arXiv-2203.01234.svg)](https://arxiv.org/abs/2203.01234)\n"
CFF = """\
cff-version: 1.2.0
title: tidal
authors: [{family-names: Sol, given-names: Eva}]
repository-code: https://github.com/sol/tidal
preferred-citation:
  type: article
  title: Tides of the aorta
  authors: [{family-names: Sol, given-names: Eva}]
  journal: Invented Letters
  doi: 10.1000/tides
"""


def chosen(text: str, beside: str = "") -> Choice:
    return choose([Source("README.md", text), *([Source("CITATION.cff", beside)] if beside else [])])


def test_the_first_of_several_papers_and_the_others_are_named() -> None:
    found = chosen(f"# A\nIf you use this code, cite [1] and [2].\n{record()}{OTHER}")
    assert found.citation.title == "Tides of the aorta"
    assert found.warnings == (
        "Several papers are named: 'Tides of the aorta' was taken, not 'Walls of the heart' (README.md, line 11).",
    )


@pytest.mark.parametrize(
    "text",
    [
        f"# A\n## Acknowledgements\n{OTHER}## Citation\n{record()}",
        f"# A\n## Citation\n### Baselines\n{OTHER}### Our paper\n{record()}",
        f"# A\nOfficial code of *Tides of the aorta*.\n\n{OTHER}{record()}",
        f"# Tides of the aorta\n## Citation\n{OTHER}{record()}",
        f"# A\n{SOFTWARE}{DATA}{record()}",
        f"# A\n{BROKEN.replace('article', 'software')}{record()}",
        f"# A\n{record()}{BROKEN}",
        f"# A\n<details><summary>BibTeX</summary>\n\n{record()}</details>\n",
    ],
)
def test_the_readmes_own_paper_comes_first(text: str) -> None:
    assert chosen(text).citation.title == "Tides of the aorta"


def test_a_record_of_others_does_not_replace_the_reference_that_the_readme_asks_for() -> None:
    asked = "## Citation\nSol E. Tides of the aorta. Invented Letters. 2022. doi:10.1000/tides\n"
    found = chosen(f"# A\n{asked}## Related work\n{OTHER}")
    assert (found.citation.id, found.by_link) == ("doi:10.1000/tides", True)
    assert ["not 'Walls of the heart' (README.md, line 6)" in warning for warning in found.warnings] == [True]
    own = chosen(
        f"# A\n## Related work\n{record(more='doi={10.1000/tides}')}## Citation\nhttps://doi.org/10.1000/tides\n"
    )
    assert (own.citation.title, own.by_link) == ("Tides of the aorta", False)


@pytest.mark.parametrize("start", ["@article k,", "@article[k,", "@article<k,", "@ article k,"])
def test_a_record_without_its_brace_is_not_replaced_by_the_next(start: str) -> None:
    with pytest.raises(CatalogError, match=r"README\.md, line 3: the record cannot be read: it has no opening brace"):
        chosen(f"# A\n```\n{start}\n  title={{Tides}},\n  year=2022\n}}\n```\n{OTHER}")


def test_a_citation_file_whose_paper_has_no_title_is_not_replaced_by_its_program() -> None:
    with pytest.raises(CatalogError, match=r"CITATION\.cff, line 5: .* its preferred-citation has no title"):
        choose([Source("CITATION.cff", CFF.replace("  title: Tides of the aorta\n", ""))])


def test_a_preprint_and_its_article_keep_both_names_and_the_fuller_authors() -> None:
    preprint = record(more="author={Sol, E}, journal={arXiv preprint arXiv:2203.01234}").replace(
        "author={Sol, Eva},", ""
    )
    found = chosen(f"# A\n{preprint}{record(more='journal={Invented Letters}, doi={10.1000/tides}')}").citation
    assert (found.id, found.authors, found.venue) == ("arxiv:2203.01234", ("Eva Sol",), "Invented Letters")
    assert dict(found.links) == {"paper": "https://doi.org/10.1000/tides"}


def test_software_and_data_become_links_of_the_paper() -> None:
    found = chosen(f"# A\n{SOFTWARE}{DATA}{record()}")
    assert dict(found.citation.links) == {
        "code": "https://doi.org/10.5281/zenodo.7",
        "data": "https://doi.org/10.13026/tide-1",
    }
    assert found.warnings == ()
    foreign = chosen(f"# A\n{record()}## Acknowledgements\n{SOFTWARE}")
    assert dict(foreign.citation.links) == {}


@pytest.mark.parametrize(("records", "work"), [(SOFTWARE, Work.SOFTWARE), (SOFTWARE + DATA, Work.DATASET)])
def test_without_a_paper_they_are_taken_with_a_warning(records: str, work: Work) -> None:
    found = chosen(f"# A\n{records}")
    assert found.citation.work is work
    assert [warning.startswith("README.md names no paper, only ") for warning in found.warnings] == [True]


def test_preprint_and_article_are_one_paper() -> None:
    preprint = record(more="journal={arXiv preprint arXiv:2203.01234}, year={2022}")
    article = record("TIDES of the Aorta.", "booktitle={Conference of Tides}, year={2023}, doi={10.1000/t}")
    for text in (preprint + article, article + preprint):
        found = chosen(f"# A\n{text}")
        assert (found.citation.id, found.citation.venue, str(found.citation.published), found.warnings) == (
            "arxiv:2203.01234", "Conference of Tides", "2023", (),
        )  # fmt: skip


@pytest.mark.parametrize("later", [OTHER, SOFTWARE, SOFTWARE + DATA, ""])
def test_a_broken_record_is_not_replaced_by_the_next(later: str) -> None:
    message = "README.md, line 3: the record broken cannot be read: its title is never closed; correct it"
    with pytest.raises(CatalogError, match=message):
        chosen(f"# A\n{BROKEN}{later}")


@pytest.mark.parametrize("text", [f"# A\n{record()}{BROKEN}", f"# Tides of the aorta\n{BROKEN}{record()}"])
def test_a_broken_record_beside_the_certain_one_is_named(text: str) -> None:
    found = chosen(text)
    assert found.citation.title == "Tides of the aorta"
    assert ["cannot be read" in warning for warning in found.warnings] == [True]


def test_links_of_the_text_are_kept() -> None:
    text = f"""# A
[[Paper](https://arxiv.org/abs/2203.01234)] [[Project page](https://tides.example)] [[Data](https://d.example)]

<p><a href="https://v.example">Video</a> <a href="https://huggingface.co/sol/tidal">Models</a></p>

## Requirements
[Dataset](https://foreign.example), [MAE](https://arxiv.org/abs/2111.00001)
## Citation
{record()}"""
    found = chosen(text).citation
    assert found.id == "arxiv:2203.01234"
    assert dict(found.links) == {
        "paper": "https://arxiv.org/abs/2203.01234",
        "project": "https://tides.example",
        "data": "https://d.example",
        "video": "https://v.example",
        "model": "https://huggingface.co/sol/tidal",
    }


def test_a_doi_and_its_preprint() -> None:
    found = chosen(f"# A\n{BADGE}## Citation\n{record(more='doi={10.1000/t}')}").citation
    assert (found.id, dict(found.links)) == ("arxiv:2203.01234", {"paper": "https://doi.org/10.1000/t"})
    both = f"# A\n{BADGE}[![DOI](https://img.example/x.svg)](https://doi.org/10.1000/t)\n## Citation\n{record()}"
    assert dict(chosen(both).citation.links) == {
        "paper": "https://arxiv.org/abs/2203.01234",
        "paper-2": "https://doi.org/10.1000/t",
    }


def test_a_link_is_not_given_to_another_paper() -> None:
    assert chosen(f"# A\n{BADGE}## Citation\n{record()}{OTHER}").citation.id == "title:tidesoftheaorta"
    other = record("Walls of the heart", "eprint={2203.01234}")
    assert chosen(f"# Tides of the aorta\n{BADGE}## Citation\n{record()}{other}").citation.id == "title:tidesoftheaorta"


@pytest.mark.parametrize(
    ("text", "identifier", "title"),
    [
        (BADGE, "arxiv:2203.01234", ""),
        ("Official code of [Tides of the aorta](https://arxiv.org/abs/2203.01234v2).", "arxiv:2203.01234",
         "Tides of the aorta"),
        ("Code for the paper “Tides of the aorta” (arXiv:2203.01234).", "arxiv:2203.01234", "Tides of the aorta"),
        ("Our [paper](https://huggingface.co/papers/2203.01234).", "arxiv:2203.01234", ""),
        ("Accompanies [Tides of the aorta](https://pubmed.ncbi.nlm.nih.gov/34567890/).", "pmid:34567890",
         "Tides of the aorta"),
        ("## How to cite\nSol, E., & Mar, T. (2022). Tides of the aorta. Letters. https://doi.org/10.1000/t",
         "doi:10.1000/t", "Tides of the aorta"),
        ("## How to cite\nSol E, Mar T. Tides of the aorta. Letters. 2022;3:1. doi:10.1000/t.", "doi:10.1000/t",
         "Tides of the aorta"),
        ("Please cite [1] and [2]:\n\n[1] E. Sol, \"Tides of the aorta,\" 2022. doi: 10.1000/t\n\n"
         "[2] E. Sol, \"Walls of the heart,\" 2023. doi: 10.1000/w", "doi:10.1000/t", "Tides of the aorta"),
        ("Official code of [Tides of the human aorta](https://openreview.net/forum?id=x).",
         "title:tidesofthehumanaorta", "Tides of the human aorta"),
        ("Our code of [Tides of the aorta](https://arxiv.org/abs/2203.01234) is based on "
         "[MAE](https://arxiv.org/abs/2111.00001).", "arxiv:2203.01234", "Tides of the aorta"),
        ("See [the report](https://arxiv.org/abs/2203.01234) for details.", "arxiv:2203.01234", ""),
    ],
)  # fmt: skip
def test_a_link_alone_may_name_the_paper(text: str, identifier: str, title: str) -> None:
    found = chosen(f"# A\n{text}\n")
    assert (found.citation.id, found.citation.title, found.by_link) == (identifier, title, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# A\nHello.\n", "README.md contains no BibTeX record with a title and no link to a paper; give a README"),
        ("", "contains no BibTeX record"),
        ("# List\n- [One](https://arxiv.org/abs/2203.00001)\n- [Two](https://arxiv.org/abs/2203.00002)\n",
         "it is not clear which of its links is its own: arxiv:2203.00001, arxiv:2203.00002; give"),
        ("# List\n## Papers\n" + "".join(f"- [Paper](https://arxiv.org/abs/2203.0000{n})\n" for n in range(9)),
         "it is not clear which"),
        ("# A\n[![DOI](https://zenodo.org/badge/7.svg)](https://doi.org/10.5281/zenodo.7)\n", "no link to a paper"),
    ],
)  # fmt: skip
def test_a_readme_without_a_paper_is_refused(text: str, message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        chosen(text)


def test_readme_and_citation_file_together() -> None:
    both = chosen(f"# A\n{record()}", CFF).citation
    assert (both.id, both.venue, both.links["code"]) == (
        "doi:10.1000/tides", "Invented Letters", "https://github.com/sol/tidal",
    )  # fmt: skip
    assert chosen("# A\nHello.\n", CFF).citation.title == "Tides of the aorta"
    assert chosen(f"# A\n{SOFTWARE}", CFF).citation.title == "Tides of the aorta"
    other = chosen(f"# A\n{OTHER}", CFF)
    assert (other.citation.title, len(other.warnings)) == ("Walls of the heart", 1)
    broken = chosen(f"# A\n{BROKEN}", CFF)
    assert (broken.citation.title, len(broken.warnings)) == ("Tides of the aorta", 1)


def test_what_a_source_is_about() -> None:
    assert about(Source("README.md", f"# A\n## Abstract\nTides rise.\n## Citation\n{record()}")) == "Tides rise."
    assert "Sol" not in about(Source("README.md", f"# A\nTides rise.\n{record()}"))
    assert about(Source("x.cff", f"{CFF}abstract: >\n  Tides\n  rise.\nlicense: MIT\n")).split() == ["Tides", "rise."]


CASES = {
    "50": ("doi:10.1000/leaf", 2),
    "51": ("doi:10.1000/leaf", 1),
    "52": ("title:mitralleafletsinonepass", 2),
    "53": ("doi:10.1000/leaf", 1),
    "54": ("title:leafsegmentationmodels", 1),
    "55": ("title:mitralleafletsinonepass", 1),
    "56": ("title:mitralleafletsinonepass", 3),
    "58": ("doi:10.1000/leaf_1", 3),
    "59": ("doi:10.1000/leaf_1", 10),
    "60": ("arxiv:2101.00001", 1),
    "62": ("title:mitralleafletsinonepass", 1),
    "63": ("title:mitralleafletsinonepass", 1),
    "64": ("title:mitralleafletsinonepass", 1),
    "65": ("title:mitralleafletsinonepass", 1),
    "67": ("arxiv:2105.00001", 1),
    "68": ("doi:10.1000/leaf", 1),
    "69": ("arxiv:2101.00001", 0),
    "70": ("arxiv:2101.00001", 1),
    "71": ("title:mitralleafletsinonepass", 1),
    "72": ("doi:10.1000/leaf", 1),
    "73": ("doi:10.1000/leaf", 2),
    "76": ("doi:10.1000/leaf", 1),
}


def test_the_readmes_that_were_read_wrongly(shared: Path) -> None:
    files = sorted((shared / "cases" / "readmes").glob("*.md"))
    assert {file.name[:2] for file in files} == set(CASES)
    for file in files:
        found = choose([Source(file.name, decoded(file.read_bytes(), file.name))]).citation
        assert (found.id, len(found.authors)) == CASES[file.name[:2]], file.name


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", ["abstract\n", "@a{\n", "# h\n[p](https://example.org/1)\n"])
def test_long_readmes_take_little_time(line: str) -> None:
    source = Source("README.md", line * 20_000)
    about(source)
    choose([Source("README.md", f"{record()}{line * 8_000}")])
