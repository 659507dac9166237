"""Counts fit one of their things, too: ``1 paper waits``."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from harvester.base.counts import count_of
from tests.conftest import ROOT

SPOKEN = ("cli", "services/operations")
"""What operators read most; sources' errors always count many."""
THINGS = re.compile(
    r" ((?:active|labeled|more|new|proposal) )?(branches|candidates|characters|days|entries|facets|files|jobs|labels|"
    r"papers|problems|records|reviewers|sets|sources|subscribers|times|texts|venues|works)\b"
)


def test_one_is_no_plural() -> None:
    assert count_of(1, "paper waits", "papers wait") == "1 paper waits"
    assert count_of(0, "paper waits", "papers wait") == "0 papers wait"
    assert count_of(2612, "paper") == "2,612 papers"


def counted_by_hand(file: Path) -> Iterator[str]:
    """The f-strings in which a number, other than a constant, is followed at once by a plural."""
    for text in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        for number, word in zip(text.values, text.values[1:], strict=False) if isinstance(text, ast.JoinedStr) else ():
            plural = isinstance(word, ast.Constant) and THINGS.match(str(word.value))
            if plural and isinstance(number, ast.FormattedValue) and is_count(number.value):
                yield f"{file.relative_to(ROOT)}:{text.lineno}: {ast.unparse(text)}"


def is_count(value: ast.expr) -> bool:
    """Whether a value is a number of things: no constant of the program, and no words."""
    words = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id not in ("len", "sum")
    return not words and not isinstance(value, ast.BinOp) and not (isinstance(value, ast.Name) and value.id.isupper())


def test_nothing_that_operators_read_counts_by_hand() -> None:
    files = [file for part in SPOKEN for file in sorted((ROOT / "harvester" / part).rglob("*.py"))]
    found = [line for file in files for line in counted_by_hand(file)]
    assert not found, "use harvester.base.counts.count_of:\n" + "\n".join(found)
