"""Facts that the code may state in only one place."""

import re

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("what", "home"),
    [
        (r"\bSmtpServer\(", "mail/smtp.py"),
        (r"\"ETag\": tag", "web/caching.py"),
        (r"(?m)^TRAP = ", "web/forms.py"),
        (r"class TooMany\w*\(", "base/errors.py"),
        (r"(?m)^ATOM = ", "base/atom.py"),
        (r"TfidfVectorizer\(", "catalog/likeness.py"),
        (r"\[\"git\", ", "catalog/git_command.py"),
    ],
)
def test_one_fact_in_one_place(what: str, home: str) -> None:
    modules = sorted((ROOT / "harvester").rglob("*.py"))
    saying = [path for path in modules if re.search(what, path.read_text(encoding="utf-8"))]
    assert [path.relative_to(ROOT / "harvester").as_posix() for path in saying] == [home]


def test_no_database_is_asked_to_compare_letters_without_case() -> None:
    """SQLite's ``lower`` and ``LIKE`` know ASCII only, PostgreSQL's depend on its locale: Python folds, once."""
    asking = [
        path.name
        for path in sorted((ROOT / "harvester" / "store").glob("*.py"))
        if re.search(r"func\.(lower|upper)|\bi?like\(|NOCASE", path.read_text(encoding="utf-8"))
    ]
    assert asking == []


def test_only_listings_shorten_titles() -> None:
    """They end what they cut with an ellipsis; a slice ends in the middle of a word."""
    modules = (ROOT / "harvester" / "cli").glob("*.py")
    assert [path.name for path in modules if re.search(r"(title|venue)\[:", path.read_text(encoding="utf-8"))] == []
