"""JSON documents that the commands print, taken from the commands: run as a script, this runs them in the demo.

The script reads command lines from standard input, as a JSON list, and writes what each printed with ``--json``, and
the addresses that the web server answers at. It is a separate process because the program sets up logging and loads
a model, which must not affect the process that builds the pages.
"""

import contextlib
import inspect
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from textwrap import indent
from typing import Any

from reference_pages.markup import code, table

_LONGEST, _MOST = 70, 2  # characters of a text and labels of an object that are shown
_TYPES = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null"}

PREDICT = "-m classifiers predict"
"""The only document that ``harvester`` does not print."""

Routes = list[tuple[str, str, str]]


def ask(commands: Sequence[str]) -> tuple[dict[str, Any], Routes]:
    """The document that each command prints in the demo's folder, and the web server's routes."""
    script = [sys.executable, "-m", "reference_pages.documents"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(script, input=json.dumps(commands), env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"the demo for the reference failed:\n{done.stderr}")
    answers, routes = json.loads(done.stdout)
    return dict(zip(commands, answers, strict=True)), [tuple(route) for route in routes]


def described(document: Any) -> str:
    """An example, and every key with the types of its values, as Markdown."""
    example = json.dumps(_shortened(document), indent=2, ensure_ascii=False)
    found: dict[str, dict[str, None]] = {}  # as an ordered set
    for path, kind in _keys(document):
        found.setdefault(path, {})[kind] = None
    rows = table(("key", "value"), [(code(path), " or ".join(_without_empty(kinds))) for path, kinds in found.items()])
    return f'```json\n{example}\n```\n\n??? note "All keys"\n\n' + indent(rows, "    ")


def web_addresses(routes: Routes) -> str:
    """The web server's addresses, as a table."""
    return table(("address", "methods", ""), [(code(path), methods, words) for path, methods, words in routes])


def _keys(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each path of a document with the type found there; items of lists and of maps share one path."""
    match value:
        case dict() if _is_map(value):
            yield path, f"object: label to {next(_keys(next(iter(value.values())), path))[1]}"
            for inner in value.values():
                yield from _inside(inner, f"{path}.<label>")
        case dict():
            if path:
                yield path, "object"
            for key, inner in value.items():
                yield from _keys(inner, f"{path}.{key}" if path else key)
        case list():
            kinds = list(dict.fromkeys(kind for inner in value for _, kind in islice(_keys(inner, "x"), 1)))
            if path:
                yield path, f"list of {' or '.join(kinds)}" if kinds else "list"
            for inner in value:
                yield from _inside(inner, f"{path}[]")
        case _:
            yield path, _TYPES[type(value)]


def _inside(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The paths inside a member of a list or map, without the member itself, which is already listed."""
    if isinstance(value, dict | list):
        yield from (pair for pair in _keys(value, path) if pair[0] != path)


def _is_map(value: dict[str, Any]) -> bool:
    """Whether the keys are data, such as labels of the taxonomy, and not names in the program."""
    return bool(value) and (
        all(isinstance(member, float) for member in value.values()) or any(":" in key for key in value)
    )


def _without_empty(kinds: Iterable[str]) -> list[str]:
    """Drop the empty list's type where another list had items."""
    return [kind for kind in kinds if kind != "list" or not any(other.startswith("list of") for other in kinds)]


def _shortened(value: Any) -> Any:
    match value:
        case dict():
            shown = islice(value.items(), _MOST if _is_map(value) else None)
            return {key: _shortened(inner) for key, inner in shown}
        case list():
            return [_shortened(inner) for inner in value[:1]]
        case str() if len(value) > _LONGEST:
            return f"{value[:_LONGEST]}..."
        case _:
            return value


def _main() -> None:
    from fastapi.routing import iter_route_contexts

    from harvester.services.operations.demo import demo
    from harvester.services.operations.demo.sample import SAMPLE_NOW
    from harvester.services.workspace import open_workspace
    from harvester.web.app import create_app

    commands = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        made = demo(Path(folder) / "demo")
        os.environ |= {"HARVESTER_NOW": SAMPLE_NOW.isoformat(), "HARVESTER_CONFIG": str(made.config)}
        os.chdir(made.config.parent)
        answers = [_answer(command) for command in commands]
        routes = [
            (route.path, ", ".join(sorted(route.methods - {"HEAD"})), _purpose(route.endpoint))
            for route in iter_route_contexts(create_app(open_workspace(made.config)).routes)
            if route.methods and route.endpoint
        ]
    json.dump([answers, routes], sys.stdout)


def _purpose(endpoint: Callable[..., object]) -> str:
    """The purpose of an address: the first line of its function's docstring, if it has one."""
    return (inspect.getdoc(endpoint) or "").partition("\n")[0]


def _answer(command: str) -> Any:
    from harvester.cli.app import app

    if command == PREDICT:
        return _predicted()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        app([*command.split(), "--json"], standalone_mode=False)
    return json.loads(printed.getvalue())


def _predicted() -> Any:
    """The line that ``python -m classifiers`` writes for one paper of the sample."""
    from classifiers.cli import main
    from harvester.services.operations.demo.sample import SAMPLE

    Path("papers.jsonl").write_text(SAMPLE.read_text(encoding="utf-8").splitlines()[1], encoding="utf-8")
    main([*PREDICT.split()[2:], "--input", "papers.jsonl", "--output", "predictions.jsonl"])
    return json.loads(Path("predictions.jsonl").read_text(encoding="utf-8"))


if __name__ == "__main__":
    _main()
