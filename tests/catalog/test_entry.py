from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.base.errors import CatalogError
from harvester.catalog.entry import Entry, EntryError, entry_path, format_entry, parse_entry
from harvester.catalog.published import Published
from harvester.domain.labels import Labels

from .strategies import TAXONOMY, entries

PATH = Path("entries/2024/x.toml")
GOOD = """\
# found by Ana
id = "arxiv:2411.13602"
title = "Large-scale model" # short
authors = ["Zhengyao Ding", "Yujian Hu"]
published = 2024-11-20        # a TOML date
venue = "arXiv"
kind = "research"
task = [
    "generation", # first
    "diagnosis",
]
modality = ["cmr", "ecg"]
disease = ["cardiomyopathy"]

# where
[links]
paper = "https://arxiv.org/abs/2411.13602" # v2
code = "https://github.com/a/b"
"""


def parse(text: str) -> Entry:
    return parse_entry(text, PATH, TAXONOMY)


def test_reads_the_documented_form() -> None:
    entry = parse(GOOD)
    assert entry.published == Published(2024, 11, 20)
    assert entry.labels.facets == {
        "task": ("diagnosis", "generation"),
        "modality": ("ecg", "cmr"),
        "disease": ("cardiomyopathy",),
        "kind": ("research",),
    }
    assert entry.links["code"] == "https://github.com/a/b"
    assert entry.path == PATH


def test_a_new_file_has_the_documented_order() -> None:
    keys = [line.partition(" ")[0] for line in format_entry(parse(GOOD), TAXONOMY).splitlines() if line]
    order = "id title authors published venue kind task modality disease [links] paper code"
    assert keys == order.split()


def test_an_unchanged_entry_leaves_its_file_alone() -> None:
    assert format_entry(parse(GOOD), TAXONOMY, GOOD) == GOOD


def test_hand_edits_survive_a_change() -> None:
    entry = parse(GOOD)
    changed = replace(
        entry,
        venue="Nature",
        published=Published(2025),
        labels=Labels({**entry.labels.facets, "disease": ("mi",), "kind": ("review",)}),
        links={"paper": entry.links["paper"], "project": "https://example.org"},
    )
    text = format_entry(changed, TAXONOMY, GOOD)
    assert parse(text) == changed
    for kept in ("# found by Ana", "# short", "# a TOML date", '"generation", # first', "# where", "# v2"):
        assert kept in text
    before, after = GOOD.splitlines(), text.splitlines()
    assert sum(line not in before for line in after) == 5


def test_a_note_is_written_where_there_is_one() -> None:
    entry = parse(GOOD)
    noted = format_entry(replace(entry, note='Says "more" | than *one* thing.'), TAXONOMY)
    assert parse(noted).note == 'Says "more" | than *one* thing.'
    assert "note" not in format_entry(entry, TAXONOMY)
    assert "note" not in format_entry(entry, TAXONOMY, noted)
    empty = GOOD.replace('venue = "arXiv"\n', 'venue = "arXiv"\nnote = ""\n')
    assert format_entry(entry, TAXONOMY, empty) == empty


def test_a_date_in_quotes_is_no_change() -> None:
    text = GOOD.replace("2024-11-20 ", '"2024-11-20" ')
    assert format_entry(parse(text), TAXONOMY, text) == text


@pytest.mark.parametrize(
    "text",
    [
        'id = "title:a"\ntitle = "A"\nkind = "research"',
        'id = "title:a"\r\ntitle = "A"\r\nkind = "research"\r\n\r\n[links]\r\npaper = "x"\r\n',
        'links.paper = "x"\nid = "title:a"\ntitle = "A"\nkind = "research"\n',
        'links = {code = "y"}\nid = "title:a"\ntitle = "A"\nkind = "research"\n',
        "id = 'title:a'\ntitle = '''\nA\nB'''\nkind = 'research'\n[links]\n",
    ],
)
def test_any_layout_of_a_file_can_be_changed(text: str) -> None:
    changed = replace(parse(text), venue="V", links={"code": "https://e.example"}, published=Published(2024, 5))
    assert parse(format_entry(changed, TAXONOMY, text)) == changed


@given(entries)
def test_an_entry_survives_its_file(entry: Entry) -> None:
    text = format_entry(entry, TAXONOMY)
    assert parse(text) == replace(entry, path=PATH)
    assert format_entry(entry, TAXONOMY, text) == text


@given(entries, entries)
def test_an_entry_survives_the_change_of_another_ones_file(old: Entry, new: Entry) -> None:
    text = "# kept\n" + format_entry(old, TAXONOMY) + "\n# kept too\n"
    changed = format_entry(new, TAXONOMY, text)
    assert parse(changed) == replace(new, path=PATH)
    assert "# kept\n" in changed
    assert "# kept too\n" in changed


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ('title = "Large-scale model"', 'title = "Large', "broken-toml", 3),
        ('id = "arxiv:2411.13602"\n', "", "missing-field", None),
        ('"arxiv:2411.13602"\nt', '"arxiv:2411.13602v2"\nt', "bad-id", 2),
        ('"arxiv:2411.13602"\nt', '"doi:10.1000/ABC"\nt', "bad-id", 2),
        ('"arxiv:2411.13602"\nt', '"title:Two Words"\nt', "bad-id", 2),
        ('"arxiv:2411.13602"\nt', '"pubmed:1"\nt', "bad-id", 2),
        ('"Large-scale model"', '" "', "missing-field", 3),
        ('"Large-scale model"', "7", "wrong-type", 3),
        ('["Zhengyao Ding", "Yujian Hu"]', '"Zhengyao Ding"', "wrong-type", 4),
        ('"Yujian Hu"', "2", "wrong-type", 4),
        ('venue = "arXiv"', "note = 3", "wrong-type", 6),
        ("2024-11-20 ", "2024-13-20 ", "broken-toml", 5),
        ("2024-11-20 ", '"2024-13" ', "bad-date", 5),
        ("2024-11-20 ", '"2023-02-29" ', "bad-date", 5),
        ("2024-11-20 ", '"soon" ', "bad-date", 5),
        ("2024-11-20 ", "2024 ", "bad-date", 5),
        ("2024-11-20 ", "2024-11-20T10:00:00Z ", "bad-date", 5),
        ('"research"', '"poem"', "unknown-label", 7),
        ('"research"', '["research"]', "wrong-type", 7),
        ('"diagnosis",', '"diagnose",', "unknown-label", 10),
        ('["cardiomyopathy"]', '["flu"]', "unknown-label", 13),
        ("modality =", "modalty =", "unknown-key", 12),
        ("[links]", "[link]", "unknown-key", 16),
        ('"https://github.com/a/b"', "5", "wrong-type", 18),
    ],
)
def test_faults_are_named_with_their_line(old: str, new: str, rule: str, line: int | None) -> None:
    assert old in GOOD
    with pytest.raises(EntryError) as caught:
        parse(GOOD.replace(old, new, 1))
    assert [(problem.rule, problem.line) for problem in caught.value.problems] == [(rule, line)]
    assert str(caught.value).startswith(PATH.as_posix() + (f", line {line}: " if line else ": "))


def test_all_faults_of_a_file_are_told_at_once() -> None:
    with pytest.raises(EntryError, match=r"\(2 more; ") as caught:
        parse('id = "x"\nkind = "poem"\n')
    assert [problem.rule for problem in caught.value.problems] == ["bad-id", "missing-field", "unknown-label"]


@pytest.mark.parametrize("text", ["[" * 20_000, "a = " + "[" * 20_000, "a = " + "9" * 5000, "\x00", "a = 1\na = 2"])
def test_hostile_toml_is_one_problem(text: str) -> None:
    with pytest.raises(EntryError):
        parse(text)


def test_what_utf8_cannot_hold_is_refused() -> None:
    with pytest.raises(CatalogError, match="cannot be written"):
        format_entry(replace(parse(GOOD), venue="\ud800"), TAXONOMY)
    with pytest.raises(CatalogError, match="cannot be written"):
        format_entry(parse(GOOD), TAXONOMY, "id = ")


@pytest.mark.parametrize(
    ("identifier", "title", "published", "path"),
    [
        (
            "arxiv:2411.13602",
            "Large-scale Modèle!",
            Published(2024, 11),
            "entries/2024/large-scale-modele-2411.13602.toml",
        ),
        ("arxiv:hep-th/9901001", "A", Published(), "entries/undated/a-hep-th-9901001.toml"),
        ("arxiv:../../etc", "../..", Published(), "entries/undated/"),
        ("doi:10.1/x", "心电图", Published(987), "entries/0987/"),
        ("title:a", "word " * 30, Published(2024), "entries/2024/" + "-".join(["word"] * 12) + "-"),
        ("title:a", "w" * 99, Published(2024), "entries/2024/" + "w" * 60 + "-"),
    ],
)
def test_a_new_file_is_named_by_the_entry_alone(identifier: str, title: str, published: Published, path: str) -> None:
    entry = replace(parse(GOOD), id=identifier, title=title, published=published, path=None)
    name = entry_path(entry).as_posix()
    assert name.startswith(path)
    assert entry_path(entry) == entry_path(replace(entry, path=PATH, venue="other"))


@given(entries)
def test_names_of_files_are_plain(entry: Entry) -> None:
    path = entry_path(entry)
    assert path.parts[0] == "entries"
    assert len(path.parts) == 3
    assert not set(path.name) - set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    assert len(path.name) <= 60 + 1 + 20 + 5


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("2024", Published(2024)),
        ("2024-11", Published(2024, 11)),
        ("2024-11-20", Published(2024, 11, 20)),
        ("Jul., 2024", Published(2024, 7)),
        ("May., 2024", Published(2024, 5)),
        ("May 2024", Published(2024, 5)),
        ("Sept. 2023", Published(2023, 9)),
        ("september, 2023", Published(2023, 9)),
        ("Nov. 20, 2024", Published(2024, 11, 20)),
        ("2024/11", Published(2024, 11)),
        ("Nature", None),
        ("Mayor 2024", None),
        ("20245", None),
        ("", None),
    ],
)
def test_dates_of_lists_and_files(text: str, published: Published | None) -> None:
    assert Published.parse(text) == published


def test_dates_render_as_in_the_seed() -> None:
    assert [date.label for date in (Published(2024, 5, 3), Published(2024), Published())] == ["May., 2024", "2024", ""]
    assert [str(date) for date in (Published(2024, 5, 3), Published(2024, 5), Published(2024), Published())] == [
        "2024-05-03", "2024-05", "2024", "",
    ]  # fmt: skip


def test_dates_sort_by_time() -> None:
    ordered = [Published(), Published(2023), Published(2023, 4), Published(2023, 4, 1), Published(2024)]
    assert all(earlier < later for earlier, later in pairwise(ordered))


@given(st.dates(date(1000, 1, 1)))
def test_a_date_is_what_its_text_says(day: date) -> None:
    known = Published.of(day)
    assert Published.parse(str(known)) == known
    assert known.exact == day
    month = Published(day.year, day.month)
    assert Published.parse(month.label) == Published.parse(str(month)) == month


def test_keys_that_a_short_file_leaves_out_stay_out() -> None:
    text = 'id = "title:a"\ntitle = "A"\nkind = "research"\n'
    assert format_entry(parse(text), TAXONOMY, text) == text
    assert format_entry(replace(parse(text), venue="Nature"), TAXONOMY, text) == text + 'venue = "Nature"\n'
