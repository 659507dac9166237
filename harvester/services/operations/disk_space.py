"""Whether the disks have room for an upgrade, asked before it begins."""

import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Engine

from harvester.base.errors import HarvesterError
from harvester.base.files import nearest
from harvester.store import schema
from harvester.store.backup.size import backup_size

REWRITING = 1.5  # times its size: what SQLite's log and file grow by while all rows are written (benchmarks/upgrade.py)


def require_space_to_upgrade(store: Engine, before: str, aside: Path | None) -> None:
    """Refuse an upgrade from the schema `before` that, with its backup into `aside`, would fill a disk.

    Raises:
        HarvesterError: there is too little space; nothing was changed.
        StoreError: the database fails.
    """
    size, needed = backup_size(store), Counter[Path]()
    if aside:
        needed[aside] += size
    if store.dialect.name == "sqlite" and before < schema.REWRITTEN:
        file = Path(store.url.database or "")
        needed[file.absolute().parent] += max(0, round(REWRITING * size) - _log(file))
    require_space(needed)


def require_space(needed: Mapping[Path, int]) -> None:
    """Folders on one disk need it together.

    Raises:
        HarvesterError: naming a folder on the disk that has too little space.
    """
    for disk in {nearest(folder).stat().st_dev for folder in needed}:
        folders = [folder for folder in needed if nearest(folder).stat().st_dev == disk]
        wanted, free = sum(needed[folder] for folder in folders), shutil.disk_usage(nearest(folders[0])).free
        if wanted > free:
            raise HarvesterError(
                f"The upgrade was not begun: it needs up to {_mb(wanted)} on the disk of "
                f"{' and '.join(map(str, folders))}, where {_mb(free)} are free",
                remedy="free some space, or back up to another disk ([backup] dir)",
            )


def _log(file: Path) -> int:
    """The log that a killed upgrade has left: the next one writes over it."""
    log = Path(f"{file}-wal")
    return log.stat().st_size if log.exists() else 0


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
