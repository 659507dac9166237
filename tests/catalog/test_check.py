from datetime import date
from pathlib import Path

import pytest

from harvester.catalog.check import CheckFinding, check
from harvester.catalog.folder import load_catalog
from harvester.catalog.rendering.awesome import render_list

from .strategies import TAXONOMY
from .test_folder import put

TODAY = date(2024, 6, 15)
GOOD = 'id = "{id}"\ntitle = "{title}"\nkind = "research"\n{labels}\n[links]\npaper = "{link}"\n'


def paper(folder: Path, name: str, **changes: str) -> None:
    values = {
        "id": f"title:{name}",
        "title": name,
        "labels": 'task = ["diagnosis"]',
        "link": f"https://e.example/{name}",
    }
    put(folder, f"2024/{name}.toml", GOOD.format(**values | changes))


def findings(folder: Path, page: str | None = "fresh") -> list[CheckFinding]:
    catalog = load_catalog(folder, TAXONOMY)
    shown = render_list(catalog.entries, TAXONOMY)["README.md"] if page == "fresh" else page
    return check(catalog, TAXONOMY, shown, TODAY, withdrawn=["title:gone"])


def rules(folder: Path) -> list[tuple[str, str, str, int | None]]:
    return [(finding.grade, finding.rule, Path(finding.file).name, finding.line) for finding in findings(folder)]


def test_a_good_catalogue_has_no_findings(tmp_path: Path) -> None:
    paper(tmp_path, "a")
    paper(tmp_path, "b", labels="")
    put(
        tmp_path,
        "2024/b.toml",
        GOOD.format(id="title:b", title="b", labels="", link="https://e.example").replace("research", "review"),
    )
    assert rules(tmp_path) == []


def test_an_empty_folder_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, None) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "title:b"}, ("error", "duplicate-id", "b.toml", 1)),
        ({"title": "B!"}, ("error", "duplicate-title", "b.toml", 2)),
        ({"labels": 'task = ["magic"]'}, ("error", "unknown-label", "a.toml", 4)),
        ({"labels": 'published = "2024-13"'}, ("error", "bad-date", "a.toml", 4)),
        ({"labels": "= 1"}, ("error", "broken-toml", "a.toml", 4)),
        ({"link": "htp:/e.example"}, ("error", "bad-link", "a.toml", 6)),
        ({"link": "javascript:alert(1)"}, ("error", "bad-link", "a.toml", 6)),
        ({"link": "https://[::1"}, ("error", "bad-link", "a.toml", 6)),
        ({"link": "https://e.example/b/"}, ("warning", "shared-link", "a.toml", 6)),
        ({"labels": ""}, ("warning", "no-section", "a.toml", 3)),
        ({"labels": 'task = ["diagnosis"]\npublished = "1824"'}, ("error", "impossible-date", "a.toml", 5)),
        ({"labels": 'task = ["diagnosis"]\npublished = 2025-06-18'}, ("error", "impossible-date", "a.toml", 5)),
        ({"labels": 'task = ["diagnosis"]\npublished = "2024-07"'}, ("warning", "future-date", "a.toml", 5)),
        ({"id": "title:gone"}, ("warning", "withdrawn", "a.toml", 1)),
    ],
)
def test_each_rule(tmp_path: Path, changes: dict[str, str], expected: tuple[str, str, str, int | None]) -> None:
    paper(tmp_path, "b")
    paper(tmp_path, "a", **changes)
    assert rules(tmp_path) == [expected]


def test_this_month_and_today_are_no_future(tmp_path: Path) -> None:
    for name, when in {"a": '"2024-06"', "b": "2024-06-15", "c": '"2024"'}.items():
        paper(tmp_path, name, labels=f'task = ["diagnosis"]\npublished = {when}')
    assert rules(tmp_path) == []


def test_no_link_at_all(tmp_path: Path) -> None:
    put(tmp_path, "2024/a.toml", 'id = "title:a"\ntitle = "a"\nkind = "review"\n')
    assert rules(tmp_path) == [("error", "no-link", "a.toml", None)]


def test_a_shared_link_is_one_finding_that_names_all_files(tmp_path: Path) -> None:
    paper(tmp_path, "a", link="https://arxiv.org/abs/2307.06312")
    paper(tmp_path, "b", link="http://arxiv.org/pdf/2307.06312v2.pdf")
    paper(tmp_path, "c", link="https://doi.org/10.48550/arXiv.2307.06312")
    (found,) = findings(tmp_path)
    assert found.rule == "shared-link"
    assert found.message == (
        "3 papers link to arxiv:2307.06312: entries/2024/a.toml, entries/2024/b.toml, entries/2024/c.toml; "
        "correct the links that are wrong."
    )


def test_papers_may_share_their_code(tmp_path: Path) -> None:
    for name in ("a", "b"):
        paper(tmp_path, name, link=f'https://e.example/{name}"\ncode = "https://github.com/a/b')
    assert rules(tmp_path) == []


def test_the_list_is_compared_with_the_entries(tmp_path: Path) -> None:
    paper(tmp_path, "a")
    assert [finding.rule for finding in findings(tmp_path, None)] == ["stale-list"]
    assert [(finding.grade, finding.rule, finding.line) for finding in findings(tmp_path, "# A\n[x](#b)\n")] == [
        ("error", "dead-anchor", 2),
        ("warning", "stale-list", None),
    ]


def test_findings_are_json_with_the_agreed_keys(tmp_path: Path) -> None:
    put(tmp_path, "2024/a.toml", "id = 1\n")
    documents = [finding.to_json() for finding in findings(tmp_path)]
    assert [list(document) for document in documents] == [["grade", "rule", "file", "line", "message"]] * 3
    assert documents[-1] == {
        "grade": "error",
        "rule": "wrong-type",
        "file": "entries/2024/a.toml",
        "line": 1,
        "message": "Id must be text in quotes, not a number.",
    }


def test_two_papers_of_one_title_with_identifiers_of_their_own_are_noted(tmp_path: Path) -> None:
    for name in ("1", "2"):
        number = f"2401.0000{name}"
        paper(tmp_path, name, id=f"arxiv:{number}", title="Same words", link=f"https://arxiv.org/abs/{number}")
    assert [(finding.grade, finding.rule) for finding in findings(tmp_path)] == [("note", "same-title")]
