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
