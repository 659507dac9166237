"""The picture of the rooms: `docs/architecture.svg`, drawn from the import contract and the imports themselves.

The rows are the layers of pyproject.toml's import-linter contract, top floor first; their words are the first sentence
of each package; a dot is an import that the code really has. `python docs/reference_pages/floors.py` redraws it.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import grimp

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "architecture.svg"
ROW, TOP, NAMES, WORDS, LEFT = 26, 132, 20, 190, 700  # pixels: row height, and where names, words and matrix begin
STYLE = (
    "text{fill:#0f172a}.words{fill:#475569;font-size:12px}.odd{fill:#f1f5f9}.even{fill:#fff}.grid{stroke:#e2e8f0}"
    ".self{fill:#cbd5e1}.down{fill:#2563eb}.up{fill:#dc2626}"
)
ALT = "The rooms of the code, top floor first, each with its purpose and a dot for every room that it imports."


@dataclass(frozen=True)
class Room:
    """A package or module, the floor it is on (0 is the top), and its description."""

    module: str
    floor: int
    words: str

    @property
    def name(self) -> str:
        """The name in the picture."""
        return self.module.removeprefix("harvester.").replace("services.", "services / ")


def picture(root: Path = ROOT) -> str:
    """The SVG, the same for the same code."""
    graph = grimp.build_graph("harvester", "classifiers", cache_dir=None)
    rooms = list(_rooms(root, graph))
    return _drawn(rooms, _imports(rooms, graph))


def _rooms(root: Path, graph: grimp.ImportGraph) -> Iterator[Room]:
    """The rooms from the top floor down; a container, such as `harvester.services`, is replaced by its own rooms."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    floors = next(contract["layers"] for contract in contracts["contracts"] if not contract.get("containers"))
    inner = {container: contract for contract in contracts["contracts"] for container in contract.get("containers", ())}
    alone = _alone(contracts["contracts"])
    for package in alone:  # its modules would take more rows than all the rooms together
        inner.pop(package, None)
    for number, floor in enumerate([*floors, *alone]):
        for module in _siblings(floor):
            for room in _inside(module, inner, graph):
                yield Room(room, number, _first_sentence(root, room))


def _inside(module: str, inner: Mapping[str, Mapping[str, Any]], graph: grimp.ImportGraph) -> list[str]:
    if module not in inner:
        return [module]
    listed = [f"{module}.{name}" for layer in inner[module]["layers"] for name in _siblings(layer)]
    return [*listed, *sorted(graph.find_children(module) - set(listed))]


def _siblings(layer: str) -> list[str]:
    return [name.strip(" ()") for name in re.split(r"[:|]", layer)]


def _alone(contracts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Root packages that may not import the others."""
    return sorted({name for contract in contracts for name in contract.get("source_modules", ()) if "." not in name})


def _first_sentence(root: Path, module: str) -> str:
    path = root.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return re.split(r"(?<=[^.])\.(?:\s|$)", " ".join(words.split("\n\n")[0].split()))[0]


def _imports(rooms: Sequence[Room], graph: grimp.ImportGraph) -> set[tuple[str, str]]:
    """Which room imports which."""
    home = {module: room.module for room in rooms for module in _modules(room.module, graph)}
    pairs = {
        (home[module], home[imported])
        for module in home
        for imported in graph.find_modules_directly_imported_by(module)
        if imported in home
    }
    return {(room, imported) for room, imported in pairs if room != imported}


def _modules(room: str, graph: grimp.ImportGraph) -> set[str]:
    return {room, *graph.find_descendants(room)}


def _drawn(rooms: Sequence[Room], imports: set[tuple[str, str]]) -> str:
    right, bottom = LEFT + ROW * len(rooms), TOP + ROW * len(rooms)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right + 60} {bottom + 50}" '
        f'font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="{ALT}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{right + 60}" height="{bottom + 50}" fill="#fff"/>',
    ]
    for row, room in enumerate(rooms):
        lines += _row(row, room, right, [other.module for other in rooms if (room.module, other.module) in imports])
    for row, room in enumerate(rooms):
        for column, other in enumerate(rooms):
            lines += _cell(row, column, (room.module, other.module) in imports)
    lines.append(
        f'<text class="words" x="{NAMES}" y="{bottom + 28}">A dot: the room of its row imports the room of its column. '
        "A dot left of the diagonal would be an import that points up.</text>"
    )
    return "\n".join([*lines, "</svg>", ""])


def _row(row: int, room: Room, right: int, imported: Sequence[str]) -> list[str]:
    y, x = TOP + ROW * row, LEFT + ROW * row + ROW // 2
    told = f"{room.module} imports {', '.join(imported) or 'no other room'}"
    return [
        f'<rect class="{"odd" if room.floor % 2 else "even"}" x="0" y="{y}" width="{right}" height="{ROW}">'
        f"<title>{escape(told)}</title></rect>",
        f'<text x="{NAMES}" y="{y + 18}">{escape(room.name)}</text>',
        f'<text class="words" x="{WORDS}" y="{y + 18}">{escape(room.words)}</text>',
        f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{y}"/>',
        f'<text class="words" transform="translate({x + 4} {TOP - 8}) rotate(-60)">{escape(room.name)}</text>',
    ]


def _cell(row: int, column: int, imported: bool) -> list[str]:
    x, y = LEFT + ROW * column, TOP + ROW * row
    if row == column:
        return [f'<rect class="self" x="{x + 8}" y="{y + 8}" width="10" height="10"/>']
    where = "down" if column > row else "up"
    return [f'<circle class="{where}" cx="{x + 13}" cy="{y + 13}" r="5"/>'] if imported else []


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
