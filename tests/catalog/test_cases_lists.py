"""Every way in which lists write their papers, the balance of their links, and the lists of real shapes in CI."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.catalog.entry import Entry
from harvester.catalog.importing.awesome import ImportedList, Source, parse_list, parse_lists

from .citation_cases import CITATION_CASES
from .list_cases import CASES, Case
from .mixed_cases import MIXED_CASES
from .shape_cases import SHAPE_CASES
from .strategies import TAXONOMY

HEAD = "# List\n## Segmentation\n"


def read(text: str) -> ImportedList:
    return parse_list(HEAD + text, TAXONOMY)


def balanced(found: ImportedList) -> bool:
    balance = found.balance
    return balance.links == balance.in_entries + balance.left_out + balance.unplaced


def said(paper: Entry) -> tuple[str, str, str, str, tuple[str, ...]]:
    return paper.id, paper.title, str(paper.published), paper.venue, tuple(sorted(paper.links))


EVERY: dict[str, Case] = CASES | SHAPE_CASES | CITATION_CASES | MIXED_CASES


@pytest.mark.parametrize("case", EVERY.values(), ids=EVERY.keys())
def test_a_list_is_read_as_it_is_meant(case: Case) -> None:
    found = read(case.text)
    expected = [(p.id, " ".join(p.title.split()), p.published, p.venue, tuple(sorted(p.links))) for p in case.papers]
    assert [said(paper) for paper in found.papers] == expected
    assert found.unplaced == ()
    assert tuple(record.reason for record in found.skipped) == case.skipped
    assert balanced(found)
    for paper, meant in zip(found.papers, case.papers, strict=True):
        assert meant.authors in (None, paper.authors)
        assert meant.note in (None, paper.note)
        assert paper.labels.of("task") == ("segmentation",)


def test_what_is_of_several_papers_or_none_is_told() -> None:
    """A link of two papers, a remark and a name of links alone make no paper; the text says which lines they are."""
    found = read(
        "Papers marked with a star have code. See [the survey](https://arxiv.org/abs/2001.50019) for an overview.\n\n"
        "We show it. The work, building on [Echoes of the South](https://arxiv.org/abs/2305.80010), is simple.\n\n"
        "- **Code**\n  - https://github.com/valves/vetted\n\n| Task | Paper | Code |\n| --- | --- | --- |\n"
        "| Seg | [Septa once](https://arxiv.org/abs/2301.20021)<br>[Septa twice](https://arxiv.org/abs/2302.20022) "
        "| [code](https://github.com/s/1) |\n"
    )
    assert [(paper.title, tuple(paper.links)) for paper in found.papers] == [
        ("Septa once", ("paper",)),
        ("Septa twice", ("paper",)),
    ]
    assert [(record.line, record.why) for record in found.unplaced] == [
        (n, "no title was found") for n in (3, 5, 7, 12)
    ]
    assert balanced(found)


@pytest.mark.parametrize("name", ["ECG", "<h3>ECG</h3>", "<b>ECG</b>", "<h2><b>ECG</b></h2>"])
def test_a_summary_is_a_section_however_large_it_is_written(name: str) -> None:
    paper = '<li><a href="https://arxiv.org/abs/2301.00001">Leaflets in one pass</a></li>'
    after = "- [Septa from two views](https://arxiv.org/abs/2301.00002)"
    found = read(f"<details><summary>{name}</summary>\n<ul>\n{paper}\n</ul></details>\n\n{after}\n")
    assert [paper.labels.of("modality") for paper in found.papers] == [("ecg",), ()]


SHAPES = (
    "- [Study {n} of hearts]({paper}) [[code]({code})]\n",
    "- **Study {n} of hearts** [2023] [MIDL] [[Paper]({paper})] [[Code]({code})] ![b](https://img.shields.io/{n})\n",
    "\n**Study {n} of hearts** \\\n*Ann Dee, Bob Poe* \\\n[[Paper]({paper})] [[GitHub]({code})]\n",
    "\n**Study {n} of hearts**\n\n- Paper: {paper}\n- Code: {code}\n",
    "\n| Title | Link | Code |\n| --- | --- | --- |\n| Study {n} of hearts | [pdf]({paper}) | [x]({code}) |\n\n",
    "\n<table><tr><th>Title</th><th>Code</th></tr><tr><td><a href='{paper}'>Study {n} of hearts</a></td>"
    "<td><a href='{code}'>c</a></td></tr></table>\n\n",
    "\n### Study {n} of many hearts\n- Link: {paper}\n- Code: {code}\n\n## Segmentation\n",
    "\n<details><summary>Part {n}</summary>\n\n- [Study {n} of hearts]({paper}) [code]({code})\n\n</details>\n\n",
    "\n> - Study {n} of hearts. *MIDL* 2022. [paper][r{n}]\n\n[r{n}]: {paper}\n[c{n}]: {code}\n",
    "\n- Group {n}\n  - [Study {n} of hearts]({paper})\n    - [code]({code})\n\n",
    "\n<!-- [Study {n}]({paper}) and {code} -->\n\n",
    "\n```\n{paper}\n{code}\n```\n\n",
    "\nSome prose of {n} words, see [this page]({paper}) and [that one]({code}).\n\n",
    "\n## Unknown part {n}\n- [Study {n} of hearts]({paper})\n- [Notes of {n}]({code})\n\n## Segmentation\n",
    "\n## License\n[CC0]({paper}) and [MIT]({code})\n\n## Segmentation\n",
    "\n[![badge](https://img.shields.io/a{n})]({paper}) [Up](#top) [Mail](mailto:a{n}@example.org) {code}\n\n",
)


@given(st.lists(st.sampled_from(SHAPES), max_size=8), st.booleans())
def test_every_link_is_accounted_for(shapes: list[str], identified: bool) -> None:
    """The addresses that were put into a list are in its entries, or in the text of a record, and nowhere twice."""
    text, addresses = HEAD, set[str]()
    for number, shape in enumerate(shapes):
        paper = f"https://arxiv.org/abs/2301.{number:05}" if identified else f"https://paper.example.org/p{number}"
        code = f"https://github.com/dee/c{number}-"
        text += shape.format(n=number, paper=paper, code=code)
        addresses |= {paper, code}
    found = parse_list(text, TAXONOMY)
    assert balanced(found)
    held = {address for paper in found.papers for address in paper.links.values()}
    told = " ".join([*(record.text for record in found.unplaced), *(record.text for record in found.skipped)])
    assert {address for address in addresses if address not in held and address not in told} == set()
    assert found.balance.links >= len(addresses)
    assert not any(record.why == "it was not read" for record in found.unplaced)


PIECES = [
    "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td>", "</td>", "</table>", "- ", "> ", "# ", "| a | b |\n|-|-|\n",
    "[a](https://e.example/1)", "https://e.example/2", "<details>", "<summary>", "</details>",
    "<a href='https://e.example/3'>", "</a>", "**", "\n", "\n\n", "    ", "<b>", "`", "[", "](", "text ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_the_links_of_any_page_balance(pieces: list[str]) -> None:
    assert balanced(read("".join(pieces)))


def test_several_lists_are_one_and_their_disagreements_are_told() -> None:
    one = f"{HEAD}- [Plaques on a graph](https://arxiv.org/abs/2201.10001)\n- [A](https://e.example/1)\n"
    two = "# ECG\n- [Plaques on a graph](https://arxiv.org/abs/2201.10001)\n- [Other words](https://arxiv.org/abs/2201.10001)\n"
    found = parse_lists([Source(one, "one.md"), Source(two, "two.md")], TAXONOMY)
    assert found.conflicts == (
        "arxiv:2201.10001 is linked by 'Plaques on a graph' (one.md, line 3) and 'Other words' (two.md, line 3), "
        "so none gets it; correct the wrong links.",
    )
    assert found.papers[0].labels.names == ("task:segmentation", "modality:ecg", "kind:research")
    assert balanced(found)


def test_one_paper_with_and_without_its_short_name_is_one() -> None:
    one = f"{HEAD}- [VeinNet: Veins from a hundred phones](https://arxiv.org/abs/2301.10002)\n"
    two = "# ECG\n- [Veins From A Hundred Phones](https://arxiv.org/pdf/2301.10002) [code](https://github.com/a/b)\n"
    found = parse_lists([Source(one, "one.md"), Source(two, "two.md")], TAXONOMY)
    assert [(paper.id, paper.title) for paper in found.papers] == [
        ("arxiv:2301.10002", "VeinNet: Veins from a hundred phones")
    ]
    assert (found.placements, found.conflicts, balanced(found)) == (2, (), True)


def test_dates_and_venues_that_differ_are_told() -> None:
    one = f"{HEAD}- [Plaques on a graph](https://arxiv.org/abs/2201.10001), MIDL 2022\n"
    two = "# ECG\n- [Plaques on a graph](https://arxiv.org/abs/2201.10001), TMI 2023\n"
    found = parse_lists([Source(one, "one.md"), Source(two, "two.md")], TAXONOMY)
    assert found.conflicts == (
        "'Plaques on a graph' has the date 2022 (one.md, line 3) and 2023 (two.md, line 2); the first is taken.",
        "'Plaques on a graph' has the venue MIDL (one.md, line 3) and TMI (two.md, line 2); the first is taken.",
    )
    assert (str(found.papers[0].published), found.papers[0].venue) == ("2022", "MIDL")
    finer = two.replace("TMI 2023", "MIDL, Jul 2022")
    assert parse_lists([Source(one, "one.md"), Source(finer, "two.md")], TAXONOMY).conflicts == ()


def test_thousands_of_headings_and_deep_bullets_are_read() -> None:
    found = parse_list("".join(f"## H{n}\n" for n in range(2_000)) + "- [x](https://e.example)\n", TAXONOMY)
    assert balanced(found)
    deep = read("".join(f"{'  ' * n}- [Study {n} of it](https://arxiv.org/abs/2301.{n:05})\n" for n in range(30)))
    assert (len(deep.papers), balanced(deep)) == (30, True)


LINKS = {
    "titles": "[Study {n} of many hearts](https://arxiv.org/abs/2301.{n:05}), ",
    "code": "[code](https://github.com/dee/c{n}) ",
    "addresses": "https://paper.example.org/p{n} | ",
    "names": "[a](https://paper.example.org/p{n}) and ",
    "in brackets": "[[paper](https://paper.example.org/p{n})] ",
    "badges": "[![b](https://img.shields.io/{n})](https://paper.example.org/p{n}) ",
    "bold": "**[Study {n} of hearts](https://paper.example.org/p{n})** ",
}


def calls(work: Callable[[], object]) -> int:
    """How many calls some work takes, the steps of generators and comparisons of records included."""
    done = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal done
        done += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return done


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS.keys())
def test_many_links_in_one_line_take_as_many_calls_each_as_few(link: str) -> None:
    """Twice as many links take twice as many calls; where each is compared with all others, four times."""

    def needed(count: int) -> int:
        line = "".join(link.format(n=n) for n in range(count)).rstrip(" ,|")
        return calls(lambda: read(f"- {line}\n"))

    needed(3)  # what is looked up once
    assert needed(1000) < 2.15 * needed(500)


def test_the_lists_of_real_shapes_lose_no_link(shared: Path) -> None:
    files = sorted((shared / "cases" / "lists").glob("*.md"))
    assert len(files) > 30
    for file in files:
        found = parse_list(file.read_text(encoding="utf-8"), TAXONOMY)
        assert balanced(found), file.name
        assert found.unplaced == (), file.name
