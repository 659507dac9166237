"""The keys of config.toml: their text is that of the comments in the shipped defaults; the settings give the types."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from harvester.base.settings_section import SettingsSection
from harvester.config.names import leaves
from harvester.config.settings import Settings
from reference_pages.markup import code, joined, plain

_HEADER = re.compile(r"\[+([\w.]+)\]+$")
_KEY = re.compile(r"(?:# )?(\w+) = (.+)$")
_LONGEST = 100  # characters of a default that are shown

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Keys below a shared comment, with their defaults (None: unset)."""

    words: str
    keys: dict[str, Any]


@dataclass(slots=True)
class Table:
    """A section of the file: its name, the comment above it, its keys."""

    name: str
    words: str
    groups: list[Group] = field(default_factory=list)


def configuration(shipped: Path) -> str:
    """All sections of the shipped file as Markdown."""
    intro, tables = read(shipped.read_text(encoding="utf-8"))
    return "\n\n".join([intro, *(_section(table) for table in tables)])


def read(text: str) -> tuple[str, list[Table]]:
    """The comment at the head of the file, and its sections."""
    blocks = [block.splitlines() for block in re.split(r"\n\s*\n", text.strip())]
    intro = "\n".join(line.lstrip("#").removeprefix(" ") for line in blocks[0])
    tables: list[Table] = []
    for block in blocks[1:]:
        _read_block(block, tables)
    return plain(intro), tables


def _read_block(lines: list[str], tables: list[Table]) -> None:
    comment: list[str] = []
    rest = iter(lines)
    for line in rest:
        if header := _HEADER.match(line):
            tables.append(Table(header[1], joined(comment)))
            comment = []
        elif found := _KEY.match(line):
            value = None if line.startswith("#") else _value(line, rest)
            if comment or not tables[-1].groups:
                tables[-1].groups.append(Group(joined(comment), {}))
                comment = []
            tables[-1].groups[-1].keys[found[1]] = value
        else:
            comment.append(line.lstrip("#"))
    if comment:  # of a secret, which has no line of its own
        tables[-1].groups.append(Group(joined(comment), {}))


def _value(line: str, rest: Iterator[str]) -> Any:
    """The value that begins on this line, and may continue on the next ones."""
    while True:
        try:
            (value,) = tomllib.loads(line).values()
        except tomllib.TOMLDecodeError:
            line += "\n" + next(rest)
        else:
            return value


def _section(table: Table) -> str:
    model = {section: model for section, model, _ in leaves(Settings)}[table.name]
    many = table.name == "harvest.feeds"
    parts = [f"## {code(f'[[{table.name}]]' if many else f'[{table.name}]')}", plain(table.words)]
    properties = model.model_json_schema()["properties"]
    for group in table.groups:
        names = "  \n".join(_key(name, value, properties[name]) for name, value in group.keys.items())
        parts.append(f"{names}\n:   {plain(group.words)}" if names and group.words else names or plain(group.words))
    return "\n\n".join(part for part in [*parts, _secrets(table.name, model)] if part)


def _key(name: str, value: Any, schema: Schema) -> str:
    shown = "unset" if value is None else code(_shortened(value))
    return f"**{code(name)}** = {shown} ({_kind(schema)})"


def _shortened(value: Any) -> str:
    text = " ".join(json.dumps(value, ensure_ascii=False).replace("\\n", " ").split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _kind(schema: Schema) -> str:
    """The permitted values, in words."""
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return "one of " + ", ".join(
            code(f'"{choice}"' if isinstance(choice, str) else str(choice)) for choice in choices
        )
    if options := schema.get("anyOf"):
        return " or ".join(_kind(option) for option in options if option.get("type") != "null")
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    kind = "list of text" if schema.get("type") == "array" else names.get(schema.get("type", ""), "text")
    if schema.get("format") == "path":
        kind = "path"
    words = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
    limits = [f"{word} {schema[key]}" for key, word in words.items() if key in schema]
    return ", ".join([kind, *limits])


def _secrets(section: str, model: type[BaseModel]) -> str:
    names = model.secrets if issubclass(model, SettingsSection) else ()
    variables = [f"HARVESTER_{section.replace('.', '__')}__{name}".upper() for name in names]
    return "".join(
        f"Secret: {code(name)}, as {code(variable)} in the environment or, in a file, {code(f'{name}_file')}.\n\n"
        for name, variable in zip(names, variables, strict=True)
    ).rstrip()
