import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from classifiers.taxonomy import load_taxonomy
from harvester.base.errors import CatalogError
from harvester.catalog.entry import Entry
from harvester.catalog.folder import write_entry
from harvester.catalog.importing.awesome import ImportedList, parse_list
from harvester.catalog.importing.mojibake import repair
from harvester.catalog.importing.titles import tidy
from harvester.catalog.published import Published
from harvester.catalog.rendering.anchors import Slugger, dead_anchors, slug
from harvester.catalog.rendering.awesome import PAGE_LIMIT, build, render_list
from harvester.catalog.rendering.trends import badges, pictures
from harvester.catalog.sections import REVIEW, newest_first
from harvester.domain.folding import whole_title
from harvester.domain.labels import Labels
from harvester.domain.text import clean

from .strategies import FACETS, TAXONOMY, entries, fewer

PICTURES = [f"images/{name}.svg" for name in ("papers", "code", "newest", "years", "labels")]
NO_LABELS = Labels({"kind": ("research",)})
lists = st.lists(entries, max_size=6, unique_by=(lambda entry: entry.id, lambda entry: whole_title(clean(entry.title))))


def entry(number: int = 1, **changes: object) -> Entry:
    made = Entry(id=f"arxiv:2401.{number:05}", title=f"Paper {number}", labels=NO_LABELS)
    return replace(made, **changes)  # type: ignore[arg-type]


def labelled(**facets: tuple[str, ...]) -> Labels:
    return Labels({**NO_LABELS.facets, **facets, "kind": ("research",)})


def readme(*papers: Entry) -> str:
    return render_list(papers, TAXONOMY)["README.md"]


def back(files: Iterable[str]) -> ImportedList:
    return parse_list("\n\n".join(files), TAXONOMY)


def placements(papers: Iterable[Entry]) -> set[tuple[str, str, str]]:
    """Title, facet and label of every section that lists a paper; a kind only where the list shows it.

    Quotes around a title, emoji and the full stop behind it are not read back.
    """
    found = set()
    for paper in papers:
        given = {(facet, label) for facet, label in paper.labels.pairs if facet != "kind" or label == REVIEW}
        found |= {(tidy(clean(paper.title)), *place) for place in given or {("", "")}}
    return found


def flat(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or ())


def test_a_paper_is_rendered_as_in_the_seed() -> None:
    paper = entry(
        title="A <b>bold</b> *claim* & more",
        published=Published(2024, 5, 3),
        venue="Nature [Medicine]",
        labels=labelled(task=("diagnosis",)),
        links={
            "paper": "https://arxiv.org/abs/2401.00001",
            "code": "https://github.com/a/b",
            "paper-2": "https://e.example/(x)",
        },
    )
    assert (
        "### Diagnosis 🩺\n\n"
        "**A &lt;b&gt;bold&lt;/b&gt; \\*claim\\* & more** \\\n"
        "[May., 2024] [Nature \\[Medicine\\]] \\\n"
        "[[Paper](https://arxiv.org/abs/2401.00001)] [[GitHub](https://github.com/a/b)] [[Paper 2](https://e.example/%28x%29)]\n"
        "\n### Segmentation 🖼\n\n...\n"
    ) in readme(paper)


@pytest.mark.parametrize(
    ("paper", "text"),
    [
        (entry(), "**Paper 1**\n"),
        (entry(published=Published(2024)), "**Paper 1** \\\n[2024]\n"),
        (entry(venue="Nature"), "**Paper 1** \\\n[Nature]\n"),
        (entry(links={"code": "https://gitlab.com/a"}), "**Paper 1** \\\n[[Code](https://gitlab.com/a)]\n"),
        (entry(links={"paper": "javascript:alert(1)"}), "**Paper 1**\n"),
    ],
)
def test_what_is_not_known_is_left_out(paper: Entry, text: str) -> None:
    assert f"\n# **Other 🗃**\n\n{text}" in readme(paper)


def test_the_order_of_the_page_and_of_papers() -> None:
    shared = labelled(modality=("ecg", "cmr"))
    papers = [
        entry(1, labels=shared, published=Published(2023)),
        entry(2, labels=shared, published=Published(2024, 2)),
        entry(3, labels=shared, published=Published(2024)),
        entry(4, labels=shared),
        entry(5, labels=shared, published=Published(2024, 2), title="a tie"),
    ]
    page = readme(*papers)
    headings = re.findall(r"^#+ .*", page, re.MULTILINE)
    assert headings[:5] == [
        f"# {TAXONOMY.title}", "# **Contents**", "# **Reviews 📝**", "# **Tasks 🛠**", "### Diagnosis 🩺",
    ]  # fmt: skip
    assert [heading for heading in headings if heading.startswith("# **")][3:] == ["# **Data 💾**", "# **Disease 🫀**"]
    derived = page[page.index("### Multi-modal Data") : page.index("# **Disease")]
    assert re.findall(r"\*\*(.+?)\*\*", derived) == ["a tie", "Paper 2", "Paper 3", "Paper 1", "Paper 4"]
    assert readme(*reversed(papers)) == page


def test_an_empty_catalogue_renders() -> None:
    page = readme()
    assert dead_anchors(page) == []
    assert page.count("\n...\n") == 1 + sum(len(facet.labels) for facet in FACETS) + len(TAXONOMY.derived)
    assert "Other" not in page.replace("Other Biosignals", "")


@fewer
@given(lists)
def test_hostile_text_comes_back_from_the_list(papers: list[Entry]) -> None:
    page = readme(*papers)
    assume(all(repair(line) == line for line in page.split("\n")))  # "√©" is taken for mojibake, whoever wrote it
    found = parse_list(page, TAXONOMY)
    assert found.unplaced == ()
    assert placements(found.papers) == placements(papers)
    assert found.placements == len(placements(papers))
    assert found.derived == sum(len(paper.labels.of("modality")) > 1 for paper in papers)


@fewer
@given(lists)
def test_hostile_text_never_breaks_the_list(papers: list[Entry]) -> None:
    page = readme(*papers)
    tokens = list(flat(MarkdownIt().parse(page)))
    assert "<script" not in page.lower()
    html = [token.content.strip() for token in tokens if token.type.startswith("html")]
    assert html == ["<!-- Made by `harvester catalog build`: edit the entries, not this file. -->"]
    targets = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert all(re.match(r"https?://|#|entries$", target, re.IGNORECASE) for target in targets)
    pictures = [str(token.attrs["src"]) for token in tokens if token.type == "image"]
    assert all(re.fullmatch(r"images/[a-z]+\.svg", source) for source in pictures)
    assert len([token for token in tokens if token.type == "heading_open"]) == len(
        re.findall(r"(?m)^#+ ", readme())
    ) + ("# **Other" in page)
    assert not any(token.type in ("fence", "code_block", "hr", "table_open") for token in tokens)
    assert dead_anchors(page) == []


@fewer
@given(lists)
def test_a_reader_sees_the_titles_as_they_are(papers: list[Entry]) -> None:
    tokens = MarkdownIt().parse(readme(*papers))
    bold = set()
    for token in tokens:
        children = token.children or []
        if (
            children
            and children[0].type in ("strong_open", "text")
            and any(child.type == "strong_open" for child in children)
        ):
            end = next(number for number, child in enumerate(children) if child.type == "strong_close")
            bold.add("".join(child.content for child in children[:end]))
    assert {clean(paper.title) for paper in papers} <= bold


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Tasks", "tasks"),
        ("Tasks 🛠", "tasks-"),
        ("🛠️ Tasks", "\N{VARIATION SELECTOR-16}-tasks"),
        ("Registration & Motion 🧭", "registration--motion-"),
        ("X-Ray", "x-ray"),
        ("What's new in v2.0?", "whats-new-in-v20"),
        ("snake_case (and more)", "snake_case-and-more"),
        ("Déjà Vu", "déjà-vu"),
        ("心电图 ECG", "心电图-ecg"),
        ("a  b", "a--b"),
        ("½ ² Ⅷ", "--"),
    ],
)
def test_anchors_are_githubs(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


def test_repeated_headings_are_numbered() -> None:
    slugger = Slugger()
    assert [slugger.name(name) for name in ("A", "a", "A-1", "A", "B")] == ["a", "a-1", "a-1-1", "a-2", "b"]


def test_dead_anchors_are_found_with_their_line() -> None:
    page = "# One 🫀\n[a](#one-)\n[b](#one) [c](#two)\n\\[d\\]\\(#three\\)\n```\n# Two\n```\n"
    assert dead_anchors(page) == [(3, "one"), (3, "two")]


TWINS = """\
schema = 1
title = "Same"
scope = {definition = "x"}
[[facets]]
id = "f"
name = "One"
emoji = "🛠️"
labels = [{id = "a", name = "Same & *so*", definition = "x"}]
[[facets]]
id = "g"
name = "Two"
labels = [{id = "a", name = "Same & *so*", definition = "x"}]
[[facets]]
id = "kind"
name = "Kind"
exclusive = true
labels = [{id = "plain", name = "Plain", definition = "x"}]
"""


def test_every_anchor_resolves_also_where_labels_share_a_name(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text(TWINS)
    taxonomy = load_taxonomy(tmp_path / "taxonomy.toml")
    papers = [
        entry(1, labels=Labels({"f": ("a",), "g": (), "kind": ("plain",)})),
        entry(2, labels=Labels({"f": (), "g": ("a",), "kind": ("plain",)})),
    ]
    page = render_list(papers, taxonomy)["README.md"]
    assert dead_anchors(page) == []
    assert re.findall(r"\(#(.*?)\)", page) == ["one-", "same--so", "two", "same--so-1"]
    assert [paper.labels for paper in parse_list(page, taxonomy).papers] == [paper.labels for paper in papers]


def test_a_taxonomy_without_emoji_leaves_no_gaps(tmp_path: Path) -> None:
    (tmp_path / "taxonomy.toml").write_text(re.sub('emoji = "[^"]+"', 'emoji = ""', TWINS))
    taxonomy = load_taxonomy(tmp_path / "taxonomy.toml")
    page = render_list([entry(1, labels=Labels({"f": ("a",), "g": (), "kind": ("plain",)}))], taxonomy)["README.md"]
    assert dead_anchors(page) == []
    assert re.findall(r"\(#(.*?)\)", page) == ["one", "same--so", "two", "same--so-1"]
    lines = page.splitlines()
    assert {"* **[One](#one)**", "* **[Two](#two)**", "# **One**", "# **Two**"} <= set(lines)
    assert "Papers by One and Two; each paper is listed in every section it belongs to, newest first." in lines
    assert [line for line in lines if line != line.rstrip() or "()" in line] == []


def test_a_taxonomy_of_kinds_alone_says_so(tmp_path: Path) -> None:
    kinds = TWINS[: TWINS.index("[[facets]]")] + TWINS[TWINS.rindex("[[facets]]") :]
    (tmp_path / "taxonomy.toml").write_text(kinds)
    plain = entry(1, labels=Labels({"kind": ("plain",)}))
    page = render_list([plain], load_taxonomy(tmp_path / "taxonomy.toml"))["README.md"]
    assert "\nPapers; each paper is listed in every section" in page
    assert dead_anchors(page) == []


def many(number: int, address: str = "https://example.org/a/rather/long/address/of/a/paper/") -> list[Entry]:
    facets = labelled(task=("diagnosis", "segmentation"), modality=("ecg", "cmr"))
    return [
        entry(
            n,
            labels=facets,
            title=f"A title of the usual length about one thing and another {n}",
            links={"paper": f"{address}{n}"},
        )
        for n in range(1, number + 1)
    ]


def test_a_long_list_is_split_by_section() -> None:
    long = f"https://example.org/{'long' * 600}/"  # which takes less time to read back than thousands of papers
    papers = [*many(250, long), entry(9000, labels=Labels({"kind": (REVIEW,)}))]
    files = render_list(papers, TAXONOMY)
    assert all(len(text.encode()) <= PAGE_LIMIT for text in files.values())
    assert {"sections/review.md", "sections/task-diagnosis.md", "sections/modality-multimodal.md"} < set(files)
    assert "sections/task-diagnosis-2.md" in files
    page = files["README.md"]
    assert dead_anchors(page) == []
    assert "# **Reviews 📝**\n\n[1 paper](sections/review.md)\n" in page
    assert set(re.findall(r"\]\((sections/.*?)\)", page)) == set(files) - {"README.md"}
    second = files["sections/task-diagnosis-2.md"]
    assert "[Contents](../README.md#contents) · [1](../sections/task-diagnosis.md) · 2\n\n**A title" in second
    found = back(files.values())
    assert placements(found.papers) == placements(papers)
    assert (found.placements, found.derived, found.unplaced) == (4 * 250 + 1, 250, ())
    assert render_list(newest_first(papers), TAXONOMY) == files


def test_a_list_that_fits_is_one_page() -> None:
    files = render_list(many(10), TAXONOMY)
    assert list(files) == ["README.md"]
    assert "* [Diagnosis](#diagnosis-) (10)\n" in files["README.md"]
    assert "* **[Reviews](#reviews-) 📝** (0)\n" in files["README.md"]


def test_building_twice_writes_once(tmp_path: Path) -> None:
    for paper in many(3):
        write_entry(tmp_path, paper, TAXONOMY)
    number, names = build(tmp_path, TAXONOMY)
    assert number == 3
    assert names == ["README.md", *PICTURES]
    before = [(tmp_path / name).stat().st_mtime_ns for name in names]
    assert build(tmp_path, TAXONOMY) == (3, names)
    assert [(tmp_path / name).stat().st_mtime_ns for name in names] == before


def test_old_pages_are_removed_and_other_files_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for paper in many(3):
        write_entry(tmp_path, paper, TAXONOMY)
    monkeypatch.setattr("harvester.catalog.rendering.awesome.PAGE_LIMIT", 3000)
    assert "sections/task-diagnosis.md" in build(tmp_path, TAXONOMY)[1]
    (tmp_path / "sections/notes.md").write_text("mine")
    monkeypatch.undo()
    assert build(tmp_path, TAXONOMY)[1] == ["README.md", *PICTURES]
    assert [path.name for path in (tmp_path / "sections").iterdir()] == ["notes.md"]


def test_a_broken_entry_leaves_the_list_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries/x.toml").write_text("id = \n")
    (tmp_path / "README.md").write_text("old")
    with pytest.raises(CatalogError, match=r"The list is not built: entries/x\.toml, line 1: not valid TOML"):
        build(tmp_path, TAXONOMY)
    assert (tmp_path / "README.md").read_text() == "old"


def test_another_lists_templates_go_before_ours(tmp_path: Path) -> None:
    (tmp_path / "paper.md.j2").write_text(
        "- [{{ title }}]({{ entry.links.paper }}) - {{ entry.authors | join(', ') }}.\n"
    )
    paper = entry(authors=("Ann *Bee*", "Cy"), links={"paper": "https://e.example/1"}, title="A [b] c")
    page = render_list([paper], TAXONOMY, tmp_path)["README.md"]
    assert "\n- [A \\[b\\] c](https\\://e.example/1) - Ann \\*Bee\\*, Cy.\n" in page
    assert "# **Contents**" in page


@pytest.mark.parametrize("text", ["{{ nothing }}", "{% for %}", "{% include 'none' %}"])
def test_a_broken_template_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "paper.md.j2").write_text(text)
    with pytest.raises(CatalogError, match=r"A template in .* is broken"):
        render_list([entry()], TAXONOMY, tmp_path)


@settings(max_examples=5)
@given(lists)
def test_pictures_are_well_formed_and_the_same_every_time(papers: list[Entry]) -> None:
    drawn = pictures(papers, TAXONOMY)
    assert pictures(list(papers), TAXONOMY) == drawn
    for text in drawn.values():
        root = etree.fromstring(text.encode())
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not root.findall(".//{*}script")


def test_the_charts_show_the_years_and_the_labels_with_their_numbers() -> None:
    papers = [entry(1, published=Published(2022)), entry(2, published=Published(2024)), entry(3)]
    facet = TAXONOMY.facet("task")
    odd = replace(facet.labels[0], name="<b>Odd</b> & a name that is far too long 🫀")
    taxonomy = replace(TAXONOMY, facets=(replace(facet, labels=(odd,)),))
    papers = [replace(paper, labels=Labels({"task": (odd.id,)})) for paper in papers]
    drawn = pictures(papers, taxonomy)
    years = etree.fromstring(drawn["images/years.svg"].encode())
    assert years.xpath("//*[local-name() = 'title']/text()") == ["2022: 1", "2023: 0", "2024: 1"]
    labels = etree.fromstring(drawn["images/labels.svg"].encode())
    assert labels.xpath("//*[local-name() = 'title']/text()") == [f"{odd.name}: 3"]
    assert labels.xpath("//*[local-name() = 'text']/text()") == [facet.name, "<b>Odd</b> & a name that is…", "3"]


def test_the_badges_say_what_there_is() -> None:
    papers = [entry(1, links={"code": "https://e.example"}, published=Published(2024, 5)), entry(2)]
    assert [value for _, value in badges(papers).values()] == ["2", "1", "May., 2024"]
