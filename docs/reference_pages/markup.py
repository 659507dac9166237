"""Pieces of Markdown."""

import re
from collections.abc import Iterable, Sequence


def plain(text: str) -> str:
    """Text from the code as Markdown prose: outside of `code`, angle brackets are shown literally."""
    return "".join(part if part.startswith("`") else part.replace("<", "&lt;") for part in re.split(r"(`[^`]*`)", text))


def code(text: str) -> str:
    """Text as code on one line."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; pipes inside a cell are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def joined(lines: Iterable[str]) -> str:
    """Wrapped lines of a comment as one paragraph."""
    return " ".join(line.strip() for line in lines).strip()
