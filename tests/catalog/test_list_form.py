"""A list's own form: learned from its text, kept in two files, and rendered with no line changed without a reason."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harvester.base.errors import CatalogError
from harvester.base.escape import sparing_markdown
from harvester.catalog.check import check
from harvester.catalog.entry import Entry
from harvester.catalog.folder import Catalog, write_entry
from harvester.catalog.form.builtin import FORMS, builtin_form
from harvester.catalog.form.frame import format_frame, parse_frame
from harvester.catalog.form.item import render_item
from harvester.catalog.form.learned import Learned, ListForm, learn
from harvester.catalog.form.regions import regions
from harvester.catalog.form.storage import format_forms, load_form, parse_form, save_form
from harvester.catalog.form.styles import NAMES, show_date
from harvester.catalog.importing.awesome import parse_list
from harvester.catalog.published import Published
from harvester.catalog.rendering.awesome import build, render_list
from harvester.catalog.rendering.pages import PAGE_LIMIT
from harvester.domain.folding import whole_title
from harvester.domain.labels import Labels
from harvester.domain.text import clean

from .list_shapes import WRITERS, paper, papers, shown, written
from .strategies import TAXONOMY, fewer, hostile, titles
from .strategies import entries as any_entries

TODAY = date(2026, 2, 3)


def learned(text: str, read: list[Entry]) -> Learned:
    found = learn(text, read, read, regions(text, TAXONOMY), TAXONOMY)
    assert found
    return found


def rendered(form: ListForm, entries: Iterable[Entry]) -> str:
    """The list, with the form read from its files."""
    read = parse_form(format_forms(form), format_frame(form.frame))
    assert read == form
    return render_list(entries, TAXONOMY, form=read)["README.md"]


def sample(form: str, count: int = 60) -> tuple[str, list[Entry]]:
    by_heading = shown(papers(count), form)
    return written(by_heading, form), [entry for listed in by_heading.values() for entry in listed]


def changes(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone, and the new ones."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [line[2:] for line in lines if line.startswith("- ")], [line[2:] for line in lines if line.startswith("+ ")]


def labelled(**facets: tuple[str, ...]) -> Labels:
    return Labels({**facets, "kind": ("research",)})


def from_text(text: str) -> tuple[Learned, list[Entry]]:
    """A list learned as it is imported."""
    read = list(parse_list(text, TAXONOMY).papers)
    return learned(text, read), read


@pytest.mark.parametrize("form", WRITERS)
def test_the_form_alone_gives_every_paper_of_a_regular_list_again(form: str) -> None:
    text, entries = sample(form)
    found = learned(text, entries)
    assert (found.papers, found.regular) == (60, 60)
    assert found.form.order == "newest"
    assert rendered(found.form, entries) == text
    assert rendered(found.form, reversed(entries)) == text


@pytest.mark.parametrize("form", sorted(set(WRITERS) - {"headings"}))
def test_a_list_as_it_is_imported_comes_back_unchanged(form: str) -> None:
    text, _ = sample(form)
    found, read = from_text(text)
    assert rendered(found.form, read) == text


@pytest.mark.parametrize("form", WRITERS)
def test_a_change_touches_only_what_changed(form: str) -> None:
    text, entries = sample(form)
    found = learned(text, entries)
    old = entries[7]
    gone, new = changes(
        text, rendered(found.form, [replace(e, title="Other words") if e == old else e for e in entries])
    )
    assert len(gone) == len(new) == 1
    assert old.title in gone[0]
    assert gone[0].replace(old.title, "Other words") == new[0]
    gone, new = changes(text, rendered(found.form, [entry for entry in entries if entry != old]))
    assert not new
    assert old.title in "\n".join(gone)
    assert len(gone) <= 1 + len(WRITERS[form][0](old).split("\n"))


@pytest.mark.parametrize("form", WRITERS)
def test_a_new_paper_is_written_like_the_others_at_its_place(form: str) -> None:
    text, entries = sample(form)
    found = learned(text, entries)
    write, between, _ = WRITERS[form]
    entry = shown({"ECG": [paper(101, "ECG")]}, form)["ECG"][0]
    after = rendered(found.form, [*entries, entry])
    gone, new = changes(text, after)
    assert not gone
    assert "\n".join(new).strip("\n") == write(entry)
    section = after[after.index("## ECG") :]
    listed = {other.title: other for other in [*entries, entry]}
    order = [listed[title].published for title in re.findall(r"Reading [\w' ]+: study \d+", section)]
    assert order == sorted(order, reverse=True)
    assert f"{between}{write(entry)}" in after or f"\n{write(entry)}{between}" in after


def test_odd_papers_keep_their_lines_until_they_change() -> None:
    text, entries = sample("sentences", 30)
    odd = text.replace(f"- [{entries[3].title}]", f"- :star: [{entries[3].title}]")
    found = learned(odd, entries)
    assert (found.papers, found.regular) == (30, 29)
    assert rendered(found.form, entries) == odd
    changed = replace(entries[3], note="Not what it was.")
    after = rendered(found.form, [changed if entry == entries[3] else entry for entry in entries])
    assert ":star:" not in after
    assert "Not what it was." in after


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_line_ends_and_the_end_of_the_file_are_kept(ends: str) -> None:
    text, entries = sample("table", 6)
    text = text.rstrip("\n").replace("\n", ends)
    assert rendered(learned(text, entries).form, entries) == text


def test_a_section_without_papers_gets_its_first() -> None:
    text, entries = sample("table", 12)
    head = WRITERS["table"][2]
    empty = f"\n## Heart failure\n\n## Cardiomyopathy\n\nNone yet.\n\n{head}"
    text = text.replace("\n## Contributing", f"{empty}\n## Contributing")
    found = learned(text, entries)
    assert rendered(found.form, entries) == text
    new = [
        replace(paper(101, "ECG"), labels=labelled(disease=("hf",))),
        replace(paper(104, "ECG"), labels=labelled(disease=("cardiomyopathy",))),
    ]
    after = rendered(found.form, [*entries, *new])
    row, other = (WRITERS["table"][0](entry) for entry in new)
    assert f"## Heart failure\n\n{head}{row}\n\n## Cardiomyopathy\n\nNone yet.\n\n{head}{other}\n" in after


def test_a_paper_of_no_section_goes_to_the_rest() -> None:
    text, entries = sample("bold bullets", 12)
    new = replace(paper(101, "ECG"), labels=labelled(modality=("xray",)))
    after = rendered(learned(text, entries).form, [*entries, new])
    assert f"\n## Other\n\n{WRITERS['bold bullets'][0](new)}\n\n## Contributing" in after


YEARS = """\
# Hearts
## Segmentation
### 2024
- **First study of walls** [2024] [[Paper](https://example.org/1)]
- **Second study of walls** [2024] [[Paper](https://example.org/2)]
### 2023
- **Third study of walls** [2023] [[Paper](https://example.org/3)]
## ECG
- **Beats in a row** [2022] [[Paper](https://example.org/4)]
### Segmentation
- **Beats cut into waves** [2021] [[Paper](https://example.org/5)]
"""


def test_new_papers_find_their_year_and_the_most_specific_section() -> None:
    found, read = from_text(YEARS)
    new = [
        Entry("title:a", "A", labelled(task=("segmentation",)), published=Published(2023, 5)),
        Entry("title:b", "B", labelled(task=("segmentation",)), published=Published(2019)),
        Entry("title:c", "C", labelled(task=("segmentation",), modality=("ecg",)), published=Published(2021, 3)),
        Entry("title:d", "D", labelled(modality=("ecg",)), published=Published(2024)),
    ]
    assert rendered(found.form, read) == YEARS
    _, added = changes(YEARS, after := rendered(found.form, [*read, *new]))
    assert added == ["- **A** [2023]", "- **B** [2019]", "- **D** [2024]", "- **C** [2021]"]
    assert after.index("### 2023") < after.index("**A**") < after.index("**B**") < after.index("## ECG")
    assert after.index("## ECG") < after.index("**D**") < after.index("### Segmentation") < after.index("**C**")


def test_a_label_that_is_taken_away_takes_the_paper_out_of_its_section() -> None:
    text, entries = sample("blocks", 9)
    found = learned(text, entries)
    moved = replace(entries[0], labels=labelled(task=("diagnosis",)))
    after = rendered(found.form, [moved, *entries[1:]])
    assert after.count(f"**{moved.title}**") == 1
    assert after.index("## Diagnosis") < after.index(moved.title) < after.index("## ECG")


def test_a_list_that_is_too_long_is_split() -> None:
    text, entries = sample("table", 30)
    found = learned(text, entries)
    many = [replace(paper(number, "ECG"), title=f"{'Long ' * 300}{number}") for number in range(2000, 2600)]
    files = render_list([*entries, *many], TAXONOMY, form=found.form)
    assert len(files) > 3
    assert all(len(page.encode()) <= PAGE_LIMIT for page in files.values())
    links = re.findall(r"\]\((sections/[^)]+)\)", files["README.md"])
    assert sorted(links) == sorted(set(files) - {"README.md"})
    rows = [row for name, page in files.items() for row in page.split("\n") if row.startswith("| 20")]
    assert len(rows) == 630
    assert all("| Year | Venue | Paper | Code |" in files[name] for name in links)
    assert "## Contributing" in files["README.md"]


@fewer
@given(st.sampled_from(sorted(WRITERS)), titles, hostile, hostile, st.lists(hostile, max_size=3))
def test_no_paper_breaks_the_list(form: str, title: str, venue: str, note: str, authors: list[str]) -> None:
    """A new paper changes no line that is there, opens no HTML and no heading, and leaves a table its columns."""
    text, entries = sample(form, 12)
    found = learned(text, entries)
    new = replace(paper(200, "ECG"), title=title, venue=venue, note=note, authors=tuple(authors))
    after = rendered(found.form, [*entries, new])
    gone, _ = changes(text, after)
    assert not gone
    tokens = MarkdownIt("commonmark").enable("table").parse(after)
    inside = [token.type for token in tokens] + [child.type for token in tokens for child in token.children or ()]
    assert not {"html_block", "html_inline", "image", "fence", "code_block"} & set(inside)
    before = [token.type for token in MarkdownIt("commonmark").enable("table").parse(text)]
    assert inside.count("heading_open") == before.count("heading_open") + (form == "headings")
    rows, cells = inside.count("tr_open"), inside.count("td_open") + inside.count("th_open")
    assert cells == rows * {"table": 4, "tight table": 5}.get(form, 0)


@given(hostile)
def test_sparing_escapes_are_read_as_the_text(text: str) -> None:
    words = f"x {clean(text)} x"
    read = MarkdownIt("commonmark").enable(["strikethrough", "table"]).parseInline(sparing_markdown(words))
    assert "".join(child.content for child in read[0].children or ()) == " ".join(words.split())


@given(st.lists(any_entries, max_size=5, unique_by=(lambda e: e.id, lambda e: whole_title(clean(e.title)))))
@fewer
def test_any_catalog_fits_into_a_learned_form_and_its_files(entries: list[Entry]) -> None:
    text, known = sample("sentences", 9)
    found = learned(text, known)
    page = rendered(found.form, [*known, *entries])
    assert page == rendered(found.form, [*reversed(entries), *known])
    assert not changes(text, page)[0]


MARKUP = [
    "[MICCAI]", "(2023)", "*many*", "**", "<b>bold</b>", "A & B", "&amp;", "R | L", "`code`", "U-Net++", "$k$-space",
    "a_b", "_", "~5%", "#1", "C:\\heart", "الأشعة", "心电图", "\u202eleft", "e\u0301", "🫀", "![x]", "]", "[", "<!--",
]  # fmt: skip
NO_LABELS = Labels({})
BUILT_IN = st.builds(
    Entry,
    id=st.integers(1, 99999).map("arxiv:2401.{:05}".format),
    title=st.lists(st.sampled_from(MARKUP), max_size=3).map(" ".join),
    labels=st.sampled_from([labelled(task=("segmentation",)), labelled(modality=("ecg", "cmr"))]),
    published=st.sampled_from([Published(), Published(2024), Published(2024, 3)]),
    venue=st.sampled_from(["", "Nature Medicine", "MICCAI", "Heart [Online]", "A | B"]),
    authors=st.sampled_from([(), ("Ann Dee", "Bob Poe"), ("José Núñez", "Finn O'Hara", "王 小明")]),
    note=st.sampled_from(["", "Two views are enough.", "Has 12 scans | 3 sites"]),
    links=st.just({}),
)


def readable(entry: Entry) -> Entry:
    """The entry with a title like a paper's, and a link."""
    number = entry.id.partition(":")[2]
    title = clean(f"Study {number[-5:]} of {entry.title} hearts")
    return replace(entry, title=title, links={"paper": f"https://arxiv.org/abs/{number}"})


@pytest.mark.parametrize("form", FORMS)
@fewer
@given(st.lists(BUILT_IN.map(readable), max_size=5, unique_by=lambda entry: entry.id))
def test_titles_dates_and_links_of_a_built_in_form_are_read_back(form: str, entries: list[Entry]) -> None:
    page = render_list(entries, TAXONOMY, papers=builtin_form(form))["README.md"]
    read = {paper.id: (paper.title, paper.published, paper.links) for paper in parse_list(page, TAXONOMY).papers}
    assert read == {entry.id: (entry.title, entry.published, entry.links) for entry in entries}


@pytest.mark.parametrize("form", FORMS)
@fewer
@given(st.lists(BUILT_IN.map(readable), max_size=5, unique_by=lambda entry: entry.id))
def test_what_a_built_in_form_shows_is_read_back(form: str, entries: list[Entry]) -> None:
    page = render_list(entries, TAXONOMY, papers=builtin_form(form, ("authors", "note")))["README.md"]
    read = {paper.id: replace(paper, labels=NO_LABELS) for paper in parse_list(page, TAXONOMY).papers}
    assert read == {entry.id: replace(entry, labels=NO_LABELS) for entry in entries}


def test_a_built_in_form_shows_authors_and_notes_on_request() -> None:
    entry = replace(paper(2, "ECG"), title="A | b")
    expected = {
        "blocks": "**A \\| b** \\\nAuthors: {names} \\\n[Mar., 2025] [IEEE TMI] \\\n{links} \\\nNote: Has 2 scans.",
        "bullets": "- **A \\| b** [Mar., 2025] [IEEE TMI] {links}\n  - Authors: {names}\n  - Note: Has 2 scans.",
        "table": "| **A \\| b** | {names} | Mar., 2025 | IEEE TMI | {links} | Has 2 scans. |",
    }
    links = f"[[Paper]({entry.links['paper']})] [[GitHub]({entry.links['code']})]"
    for name, text in expected.items():
        form = builtin_form(name, ("authors", "note"))
        assert form
        assert render_item(form, entry) == text.replace("{links}", links).replace(
            "{names}", "Cy Roe, Eva Lind, Finn O'Hara"
        )
        assert "Cy Roe" not in render_item(builtin_form(name) or form, entry) or name == "blocks"


def test_the_form_is_kept_beside_the_entries_and_used_by_build_and_check(tmp_path: Path) -> None:
    text, entries = sample("nested", 9)
    for entry in entries:
        write_entry(tmp_path, entry, TAXONOMY)
    save_form(tmp_path, learned(text, entries).form)
    assert build(tmp_path, TAXONOMY) == (9, ["README.md"])
    assert (tmp_path / "README.md").read_text() == text
    catalog = Catalog(tuple(entries))
    assert check(catalog, TAXONOMY, text, TODAY, form=lambda: load_form(tmp_path)) == []
    stale = check(catalog, TAXONOMY, text + "x", TODAY, form=lambda: load_form(tmp_path))
    assert [finding.rule for finding in stale] == ["stale-list"]
    (tmp_path / "list.md").unlink()
    with pytest.raises(CatalogError, match=r"list\.md: No such file.*restore it, or remove both"):
        build(tmp_path, TAXONOMY)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("papers bullets task:cooking", "list.md names the label task:cooking"),
        ("papers circles task:diagnosis", "list.md names the form 'circles'"),
        ("papers", "the mark <!-- harvester: papers --> is not understood"),
        ("paper arxiv:2401.00001 as 12345678", "the lines below a mark do not end"),
        ("paper arxiv:2401.00001", "the paper arxiv:2401.00001 stands in no section"),
    ],
)
def test_a_wrong_mark_is_told(mark: str, message: str) -> None:
    text, entries = sample("bold bullets", 6)
    forms = format_forms(learned(text, entries).form)
    with pytest.raises(CatalogError, match=re.escape(message)):
        rendered(parse_form(forms, f"# List\n<!-- harvester: {mark} -->\n"), entries)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("order =", "order", "is not understood"),
        ('"newest"', '"random"', "order 'random' is not known"),
        ('start = "* "', "start = 3", "start = 3"),
        ('start = "* "', 'begin = "* "', "begin"),
        ("text = [", "words = [", "KeyError: 'text'"),
    ],
)
def test_a_form_that_is_wrong_is_told(old: str, new: str, message: str) -> None:
    text, entries = sample("bold bullets", 6)
    form = learned(text, entries).form
    forms = format_forms(form)
    assert old in forms
    with pytest.raises(CatalogError, match=re.escape(message)):
        parse_form(forms.replace(old, new), format_frame(form.frame))


@given(st.lists(st.sampled_from(["", "text", "# h", "<!-- harvester: end -->", "<!-- harvester: papers x a:b -->"])))
def test_a_frame_survives_its_file(lines: list[str]) -> None:
    text, entries = sample("blocks", 6)
    text = text.replace("Send a pull request.", "\n".join(["x", *lines, "x"]))
    form = learned(text, entries).form
    assert parse_frame(format_frame(form.frame)) == form.frame
    assert rendered(form, entries) == text


def test_a_page_without_papers_has_no_form() -> None:
    assert learn("# Title\n\ntext\n", [], [], [], TAXONOMY) is None


def test_the_example_of_the_documentation_is_a_form() -> None:
    page = (Path(__file__).parents[2] / "docs" / "catalog.md").read_text(encoding="utf-8")
    form = parse_form(page.partition("```toml\n")[2].partition("```")[0], "").forms["bullets"]
    entry = replace(paper(2, "ECG"), links={"paper": "https://example.org/2"})
    start = f"- [{entry.title}](https://example.org/2) - Cy Roe, Eva Lind and Finn O'Hara"
    assert render_item(form, entry) == f"{start}, *IEEE TMI*, Mar 2025. - Has 2 scans."
    assert render_item(form, replace(entry, venue="", note="")).endswith("and Finn O'Hara, Mar 2025.")


def test_styles() -> None:
    assert show_date(Published(2024, 3, 9), ("%-d %B %Y",)) == "9 March 2024"
    assert show_date(Published(2024, 3), ("%Y-%m-%d", "%b. %Y", "%Y")) == "Mar. 2024"
    assert show_date(Published(2024), ("%Y-%m",)) == "2024"
    assert NAMES[1].show(["A", "B", "C"]) == "A, B and C"
    assert replace(NAMES[0], most=1).show(["A", "B"]) == "A et al."
