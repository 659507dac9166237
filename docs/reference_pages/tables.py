"""The tables of the store; the text comes from the comments beside them in ``store/tables/``."""

import ast
import inspect
import io
import tokenize
from collections.abc import Iterator

from sqlalchemy import Column, Table

from harvester.store.tables import Moment, learning, literature, mail, metadata, operations, review
from reference_pages.markup import code, plain, table

ROOMS = (literature, review, mail, learning, operations)


def tables() -> str:
    """Every table as Markdown, in the order of the code."""
    sources = map(inspect.getsource, ROOMS)
    return "\n\n".join(_described(*found) for source in sources for found in commented(source))


def commented(source: str) -> Iterator[tuple[str, str, list[str]]]:
    """The name of each table, the comment above it, and the comment on the line of each of its columns."""
    comments = _comments(source)
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(value=ast.Call(func=ast.Name("Table"), args=[ast.Constant(str(name)), _, *parts])):
                columns = parts[: len(metadata.tables[name].columns)]
                yield (
                    name,
                    _above(node.lineno, comments),
                    [comments.get(column.end_lineno or 0, "") for column in columns],
                )


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _above(line: int, comments: dict[int, str]) -> str:
    """The comment that ends on the line before."""
    words: list[str] = []
    while line - 1 in comments:
        line -= 1
        words.insert(0, comments[line])
    return " ".join(words)


def _described(name: str, words: str, notes: list[str]) -> str:
    found = metadata.tables[name]
    rows = [
        (code(column.name), _type(column), ", ".join(_rules(column, found)), plain(note))
        for column, note in zip(found.columns, notes, strict=True)
    ]
    parts = [f"## {code(name)}", plain(words), table(("column", "type", "", ""), rows)]
    return "\n\n".join(part for part in parts if part)


def _type(column: "Column[object]") -> str:
    return "UTC time" if isinstance(column.type, Moment) else str(column.type).lower()


def _rules(column: "Column[object]", found: Table) -> Iterator[str]:
    if column.primary_key:
        yield "key"
    for foreign in column.foreign_keys:
        yield f"of {code(foreign.target_fullname)}"
    if column.nullable and not column.primary_key:
        yield "may be null"
    if column.unique:
        yield "unique"
