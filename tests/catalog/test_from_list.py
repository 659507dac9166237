"""A taxonomy drawn up from a list gives all papers of the list a place."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.taxonomy import RESERVED, Taxonomy, load_taxonomy
from harvester.base.errors import CatalogError
from harvester.catalog.importing.awesome import parse_list
from harvester.catalog.importing.from_list import DrawnUp, taxonomy_from_list
from harvester.catalog.importing.subject import first_paragraph, subject_of

from .foreign_lists import LISTS, bullets
from .strategies import TAXONOMY

TAKEN = RESERVED | {"code", "year"}


def draw_up(text: str, name: str = "some-list") -> DrawnUp:
    return taxonomy_from_list(text, "list.md", name, TAXONOMY.facet("kind"), TAKEN)


def load(text: str, folder: Path) -> Taxonomy:
    file = folder / "taxonomy.toml"
    file.write_text(text, encoding="utf-8")
    return load_taxonomy(file)


@pytest.mark.parametrize("name", LISTS)
def test_every_paper_of_the_list_has_a_place(name: str, tmp_path: Path) -> None:
    given = LISTS[name]
    drawn_up = draw_up(given.text)
    taxonomy = load(drawn_up.text, tmp_path)
    assert {name for name in taxonomy.names if not name.startswith("kind:")} == given.labels
    assert {section.name for section in drawn_up.left_out} == given.left_out
    read = parse_list(given.text, taxonomy)
    assert len(read.papers) == given.papers
    assert {unknown.name for unknown in (*read.unknown, *read.left_out)} == given.left_out
    held = {f"{facet}:{label}" for paper in read.papers for facet, label in paper.labels.pairs}
    assert given.labels <= held, "no label is without a paper"
    assert (drawn_up.facets, drawn_up.labels) == (len(taxonomy.facets) - 1, len(given.labels))


def test_names_emoji_and_order_are_the_lists_own(tmp_path: Path) -> None:
    taxonomy = load(draw_up(LISTS["mixed and directly below"].text).text, tmp_path)
    assert taxonomy.title == "Remote Sensing"
    assert [(facet.id, facet.name, facet.emoji) for facet in taxonomy.facets] == [
        ("land_cover", "Land Cover", "🌍"),
        ("topics", "Topics", ""),
        ("methods", "Methods", ""),
        ("kind", "Kind", "📚"),
    ]
    assert [label.name for label in taxonomy.facet("land_cover").labels] == ["Land Cover", "Crops", "Forests"]
    assert all(label.synonyms == () for facet in taxonomy.facets[:-1] for label in facet.labels)
    assert taxonomy.facet("kind").exclusive
    assert taxonomy.facet("kind").label_ids[0] == "research"


def test_sections_that_wait_for_their_first_paper_are_labels(tmp_path: Path) -> None:
    text = f"# T\n## Why\nA word.\n## Tasks\n### Tracking\n{bullets(1)}### Counting\n### Citation\n## Data\n### Video\n"
    taxonomy = load(draw_up(text).text, tmp_path)
    assert taxonomy.facets[0].label_ids == ("tracking", "counting")


def test_papers_below_the_title_alone_stay_unplaced(tmp_path: Path) -> None:
    """They are more often news than papers; a map file can give them labels."""
    text = f"# T\n- [News of the list](https://example.org/news)\n## Tracking\n{bullets(1)}"
    read = parse_list(text, load(draw_up(text).text, tmp_path))
    assert (len(read.papers), [unknown.name for unknown in read.unknown]) == (1, ["T"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no heading at all",
        bullets(3),
        f"# Title alone\n{bullets(3)}",
        f"# Years alone\n## 2024\n{bullets(1)}## 2023\n{bullets(1)}",
        "# Awesome\n## Sections\n## Without papers\n",
        "# Awesome\n## License\n- [CC0](https://example.org/cc0)\n",
        f"# 🫀\n## 🛠️\n{bullets(1)}",
    ],
)
def test_a_list_without_sections_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(CatalogError, match=r"list\.md has no sections with papers .* write a heading above each group"):
        draw_up(text)


def test_a_list_of_surveys_alone_has_no_topics(tmp_path: Path) -> None:
    taxonomy = load(draw_up(f"# T\n## Surveys\n{bullets(2)}").text, tmp_path)
    assert taxonomy.facet_ids == ("kind",)


HEADINGS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=30)


@given(st.lists(st.tuples(st.integers(1, 6), HEADINGS, st.booleans()), max_size=12))
def test_whatever_the_headings_are_the_taxonomy_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, sections: list[tuple[int, str, bool]]
) -> None:
    text = "# A title\n" + "".join(
        f"{'#' * level} {heading}\n\n{bullets(1) if papers else ''}" for level, heading, papers in sections
    )
    try:
        drawn_up = draw_up(text)
    except CatalogError:
        return
    assert tomllib.loads(drawn_up.text)["schema"] == 1
    taxonomy = load(drawn_up.text, tmp_path_factory.mktemp("any", numbered=True))
    assert not TAKEN & set(taxonomy.facet_ids)


WORDS = st.sampled_from([
    "Vision", "Audio", "Methods", "Surveys", "Other", "2023", "Papers", "Topics", "1. Vision", "Vision (3)", "Visions",
    "Code", "视觉", "聴覚", "Vision and Audio", "Datasets", "Model", "vision", "Vidéo", "Video", "Kind", "Label 1",
    "Facet 1", "Survey of Audio", "ICLR 2024", "X > Y", "Y", "Research",
])  # fmt: skip


@given(st.lists(st.tuples(st.integers(2, 5), WORDS, st.booleans()), min_size=1, max_size=14))
def test_headings_that_resemble_each_other_leave_no_paper_without_a_place(
    tmp_path_factory: pytest.TempPathFactory, sections: list[tuple[int, str, bool]]
) -> None:
    text = "# A title\n" + "".join(
        f"{'#' * level} {heading}\n{bullets(1) if papers else ''}" for level, heading, papers in sections
    )
    try:
        drawn_up = draw_up(text)
    except CatalogError:
        return
    read = parse_list(text, load(drawn_up.text, tmp_path_factory.mktemp("alike", numbered=True)))
    lacking = {unknown.path for unknown in read.unknown if unknown.papers}
    assert lacking <= {("A title",)}, "years alone stand right below the title"


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Awesome Reinforcement Learning Papers", "Reinforcement Learning"),
        ("Awesome-Time-Series", "Time Series"),
        ("awesome_remote_sensing_papers", "remote sensing"),
        ("A Curated List of Papers on Deep Learning for Weather (DL4W)", "Weather"),
        ("Must-read papers on GNN", "GNN"),
        ("AWESOME SELF-SUPERVISED LEARNING", "self-supervised learning"),
        ("Papers", ""),
        ("时间序列 论文列表", "时间序列"),
        ("The Awesome List", ""),
        ("Out-of-Distribution Detection", "Out-of-Distribution Detection"),
    ],
)
def test_the_subject_of_a_title(title: str, subject: str) -> None:
    assert subject_of(title) == subject


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# T\n\n![b](https://e.example)\n\n> A *short* [list](https://e.example) of it.\n", "A short list of it."),
        ("T\n=\nToo short\n\nPapers on agents that\nlearn by trial.\n", "Papers on agents that learn by trial."),
        ("<h1>T</h1>\n\nPapers on agents that learn.\n", "Papers on agents that learn."),
        ("# T\n- [a bullet of several words](https://e.example)\n\n## Next\nWords of the next section here.\n", ""),
        ("# Other\nWords below another heading here.\n", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_first_paragraph_says_what_the_list_is_about(text: str, words: str) -> None:
    assert first_paragraph(text, "T") == words


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        (LISTS["flat"].text, "Reinforcement Learning"),
        (LISTS["Japanese, nested"].text, "屋内 Indoor"),
        (LISTS["Chinese"].text, "时间序列论文列表"),
        (f"# Awesome Papers\n## Tracking\n{bullets(1)}## Counting\n{bullets(1)}", "Tracking, Counting"),
        (LISTS["no title"].text, "some"),
    ],
)
def test_there_is_always_something_to_search_for(text: str, searched: str) -> None:
    assert draw_up(text).searched == searched


def test_the_seed_list_keeps_its_papers_and_placements(shared: Path, tmp_path: Path) -> None:
    text = (shared / "seeds" / "awesome-list.md").read_text(encoding="utf-8")
    taxonomy = load(draw_up(text).text, tmp_path)
    read = parse_list(text, taxonomy)
    assert (len(read.papers), read.placements, read.unplaced) == (33, 57, ())
    assert [facet.name for facet in taxonomy.facets] == ["Tasks", "Data", "Disease", "Kind"]
