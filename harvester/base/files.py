"""The only way to write a file: all of it or nothing, even in a power cut."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harvester.base.errors import HarvesterError


def private_folder(folder: Path) -> None:
    """Make a folder, if it is missing, that only its owner may enter: people's addresses will be in it.

    Raises:
        HarvesterError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HarvesterError(f"Cannot create the folder {folder}: {error.strerror or error}.") from None


def nearest(folder: Path) -> Path:
    """The folder, or its nearest existing parent."""
    return next((candidate for candidate in (folder, *folder.absolute().parents) if candidate.exists()), Path("/"))


PART = ".part"  # how the names of temporary files end
ABANDONED = 3600.0  # seconds after which a temporary file is no longer being written


def sweep(folder: Path) -> None:
    """Remove the temporary files that killed processes left below a folder."""
    for part in folder.rglob(f".*{PART}"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > ABANDONED:
                part.unlink()


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644, durable: bool = True) -> bool:
    """Write `content` to `path` through a temporary file in the same folder, fsync and rename.

    What can be made again at any time need not be `durable`: without fsync, 10,000 files take seconds, not minutes.

    A file that already holds exactly this is left alone, so that its time stamp and git stay quiet.

    Returns:
        True if the file was written, False if it already had the content.

    Raises:
        HarvesterError: the folder or file cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data, mode, durable=durable)
    except OSError as error:
        raise HarvesterError(
            f"Cannot write {path}: {error.strerror or error}. Check that the folder is writable and not full."
        ) from error
    return True


def _replace(path: Path, data: bytes, mode: int, *, durable: bool) -> None:
    with whole_file(path, mode=mode, durable=durable) as part:
        part.write_bytes(data)


@contextmanager
def whole_file(path: Path, *, mode: int = 0o644, durable: bool = True) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place, durably, at the end of the block; an error removes it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=PART)
    os.close(handle)
    try:
        yield Path(name)
        if durable:
            _sync(name)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:  # even on Ctrl-C no temporary file may stay behind
        with suppress(OSError):
            os.unlink(name)
        raise
    if durable:
        _sync_folder(path.parent)


def _sync(name: str) -> None:
    with open(name, "rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; some file systems keep it in memory otherwise."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
