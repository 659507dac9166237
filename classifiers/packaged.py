"""Where to find the files that ship with the program: inside the wheel, or in `data/` of a checkout."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def packaged(name: str) -> Path:
    """The shipped file or folder `name` (`taxonomy.toml`, `model`).

    The wheel carries them in `classifiers/_data`; a checkout keeps them in `data/` next to this package. The path is
    returned even if it does not exist: the reader's error then names where it looked.
    """
    inside = _HERE / "_data" / name
    return inside if inside.exists() else _HERE.parent / "data" / name
