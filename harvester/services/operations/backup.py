"""Back up the store while it is in use, and restore it: completely or not at all, and verified first.

A backup has the store's own format: an SQLite file, or a PostgreSQL archive. An SQLite file can also be restored into
PostgreSQL, which is how to move a store there.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from harvester.base.clock import rfc3339
from harvester.base.errors import HarvesterError, StoreError
from harvester.base.files import sweep, whole_file
from harvester.services.operations.disk_space import require_space_to_upgrade
from harvester.services.review.decisions import CATALOG_LOCK
from harvester.services.workspace import Watch, Workspace, unwatched
from harvester.store import schema
from harvester.store.backup import postgresql, sqlite
from harvester.store.backup.copy import holds_rows, move_rows
from harvester.store.engine import connect
from harvester.store.locks import lock

WRITERS = ("run", "digest", CATALOG_LOCK)  # the locks of everything that writes for more than a moment
SUFFIXES = {"sqlite": ".db", "postgresql": ".dump"}
KEPT = "harvester-*Z"
PRIVATE = 0o600  # a backup holds people's addresses
BACKING_UP, VERIFYING = "backing up the store", "verifying the backup"  # stages of progress


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its file, the schema of the store in it, and its size in bytes."""

    file: Path
    schema: str
    size: int

    def to_json(self) -> dict[str, Any]:
        """``{"file", "schema", "bytes"}``."""
        return {"file": str(self.file), "schema": self.schema, "bytes": self.size}


def backup(store: Engine, file: Path, watch: Watch = unwatched) -> Backup:
    """Write a verified backup to `file`, which must not exist yet; the store stays in use meanwhile.

    Raises:
        HarvesterError: the file exists or cannot be written, or a PostgreSQL client program is missing.
        StoreError: the store fails, or what was written cannot be read back.
    """
    schema.require_current(store)
    return _write(store, file, watch)


def _write(store: Engine, file: Path, watch: Watch = unwatched) -> Backup:
    if file.exists():
        raise HarvesterError(f"{file} already exists", remedy="name another file")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file, mode=PRIVATE) as part:
            _copy_out(store, part, watch)
            watch(VERIFYING, 0, None)
            found = revision_in(part)
            watch(VERIFYING, 1, 1)
    except OSError as error:
        raise HarvesterError(f"Cannot write {file}: {error.strerror or error}; no backup was made.") from error
    return Backup(file, found, file.stat().st_size)


def _copy_out(store: Engine, file: Path, watch: Watch) -> None:
    watch(BACKING_UP, 0, None)
    if store.dialect.name == "sqlite":
        sqlite.copy_out(Path(str(store.url.database)), file, lambda done, total: watch(BACKING_UP, done, total))
    else:
        postgresql.copy_out(store, file)
        watch(BACKING_UP, 1, 1)


def scheduled(ws: Workspace) -> Backup:
    """A backup in the configured folder, which keeps the newest ones.

    Raises:
        HarvesterError: the backup failed; the older ones are all kept.
    """
    chosen = ws.settings.backup
    folder, suffix = ws.settings.path(chosen.dir), SUFFIXES[ws.store.dialect.name]
    stamp = rfc3339(ws.clock()).replace(":", "")
    made = backup(ws.store, folder / f"harvester-{stamp}{suffix}")
    for old in sorted(folder.glob(f"{KEPT}{suffix}"))[: -chosen.keep]:
        old.unlink(missing_ok=True)
    return made


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The schema before an upgrade (None: the store was empty) and after it, and the backup that was made first.

    `older` are the backups that earlier attempts made, which were stopped before their end.
    """

    before: str | None
    after: str
    backup: Backup | None
    older: tuple[Path, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """``{"before", "after", "backup", "older"}``."""
        made = self.backup.to_json() if self.backup else None
        older = [str(file) for file in self.older]
        return {"before": self.before, "after": self.after, "backup": made, "older": older}


def upgrade(store: Engine, aside: Path | None, watch: Watch = unwatched) -> Upgraded:
    """Migrate the store to the newest schema, after a backup into the folder `aside`.

    No backup is made of a store that is empty or up to date, nor without a folder. What killed backups left in the
    folder is removed.

    Raises:
        HarvesterError: the backup failed, or a disk has too little space, so nothing was migrated.
        StoreError: the store fails or is newer than this program; it is unchanged.
    """
    before = schema.revision(store)
    older: tuple[Path, ...] = ()
    made, name = None, f"before-{schema.REVISIONS[-1]}"
    if before in schema.REVISIONS[:-1]:
        if aside:
            sweep(aside)
            older = tuple(sorted(aside.glob(f"{name}*{SUFFIXES[store.dialect.name]}")))
        require_space_to_upgrade(store, before, aside)
        made = _write(store, _free(aside, name, store), watch) if aside else None
    schema.upgrade(store, watch)
    return Upgraded(before, schema.REVISIONS[-1], made, older)


def _free(folder: Path, why: str, store: Engine) -> Path:
    """A new file in a folder of backups; the scheduled job, which removes old ones, leaves such names alone."""
    names = (f"{why}{f'-{number}' if number > 1 else ''}{SUFFIXES[store.dialect.name]}" for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def restore(
    store: Engine, file: Path, *, force: bool = False, aside: Path | None = None, watch: Watch = unwatched
) -> tuple[str, Path | None]:
    """Replace the contents of the store with a backup and migrate it.

    Args:
        force: also if the store is not empty.
        aside: the folder for a backup of what is replaced, if there is anything.

    Returns:
        The schema that the backup had, and the backup of what was replaced.

    Raises:
        HarvesterError: the file is not a backup, is damaged, or has a newer schema or another kind of database; or
            the store is not empty and `force` is not given.
        LockHeld: a run, a digest or a change of the catalog is in progress.
        StoreError: the store fails; it is unchanged.
    """
    if kind_of(file) == "postgresql" != store.dialect.name:
        raise HarvesterError(f"{file} is a PostgreSQL archive", remedy="name a PostgreSQL database in [store] url")
    found = revision_in(file)
    if found not in schema.REVISIONS:
        raise StoreError(
            f"{file} has the schema {found}, which is newer than this program knows (up to {schema.REVISIONS[-1]})",
            remedy="install the newer harvester",
        )
    if not force and _is_in_use(store):
        raise HarvesterError(
            f"The store {store.url.render_as_string()} is not empty",
            remedy=f"--force replaces everything in it with {file}",
        )
    with _alone(store):
        kept = _set_aside(store, aside, watch) if aside else None
        if kind_of(file) == "postgresql":
            postgresql.copy_in(file, store)
            schema.upgrade(store, watch)
        else:
            _restore_file(store, file, watch)
    return found, kept


def _set_aside(store: Engine, folder: Path, watch: Watch) -> Path | None:
    """Back up what will be replaced; of an SQLite store that cannot be read, the file itself is copied."""
    file = _free(folder, "before-restore", store)
    try:
        return None if schema.revision(store) is None else _write(store, file, watch).file
    except HarvesterError:
        database = Path(store.url.database or "")
        if store.dialect.name != "sqlite" or not database.is_file():
            raise
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with whole_file(file, mode=PRIVATE) as part:
                copyfile(database, part)
        except OSError as failure:
            said = failure.strerror or failure
            raise HarvesterError(f"Cannot write {file}: {said}; nothing was restored.") from failure
        return file


def kind_of(file: Path) -> str:
    """The kind of database that a backup file comes from.

    Raises:
        HarvesterError: it cannot be read, or is not a backup.
    """
    try:
        with file.open("rb") as opened:
            begin = opened.read(16)
    except OSError as error:
        raise HarvesterError(f"Cannot read {file}: {error.strerror}.") from None
    kinds = {"sqlite": sqlite.MAGIC, "postgresql": postgresql.MAGIC}
    for kind, magic in kinds.items():
        if begin.startswith(magic):
            return kind
    raise HarvesterError(f"{file} is not a backup: it is neither an SQLite file nor a pg_dump archive.")


def revision_in(file: Path) -> str:
    """The schema of the store in a backup; the whole file is read to verify that it is sound.

    Raises:
        HarvesterError: it is not a backup of a store, or it is damaged.
    """
    return postgresql.revision_in(file) if kind_of(file) == "postgresql" else sqlite.revision_in(file)


def _is_in_use(store: Engine) -> bool:
    has = schema.revision(store)
    return has is not None and (has != schema.REVISIONS[-1] or holds_rows(store))


@contextmanager
def _alone(store: Engine) -> Iterator[None]:
    """Hold the locks of everything else that writes for more than a moment."""
    with ExitStack() as held:
        for name in WRITERS:
            held.enter_context(lock(store, name))
        yield


def _restore_file(store: Engine, file: Path, watch: Watch) -> None:
    """Migrate a copy first: a backup that cannot be migrated must not replace anything."""
    with TemporaryDirectory(prefix="harvester-restore-") as folder:
        copy = Path(folder, "store.db")
        copyfile(file, copy)
        newest = connect(f"sqlite:///{copy}")
        schema.upgrade(newest, watch)
        if store.dialect.name == "postgresql":
            schema.upgrade(store)
            move_rows(newest, store)
        newest.dispose()
        if store.dialect.name == "sqlite":
            sqlite.copy_in(copy, Path(str(store.url.database)))
