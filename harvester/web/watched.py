"""What a server has read from a folder of files, read again when one of them has changed.

Every request compares the times of the folders alone: they change when a file is added, removed or replaced, which is
how this program and git write. An editor may write into a file in place, which no folder tells; so at most once in
`LOOK_EVERY` seconds, all files are compared by time and size, which takes far longer.

Comparing all and reading happen in a thread beside the requests. A request waits for it until `PATIENCE` seconds after
it began, so that what reads quickly is never old; then it is answered with what was read last.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Generic, TypeVar

LOOK_EVERY = 1.0  # seconds
PATIENCE = 1.0  # seconds

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Stamps:
    """The times of the folder and those below it, and time and size of each file, by path."""

    folders: Mapping[str, int]
    files: Mapping[str, tuple[int, int]]

    def folders_changed(self) -> bool:
        """Whether a file was added, removed or replaced since."""
        return any(_time(folder) != before for folder, before in self.folders.items())


@dataclass(frozen=True, slots=True)
class _State(Generic[T]):
    """What was read, what the files were like just before, and when that was by the monotonic clock."""

    value: T
    stamps: _Stamps
    looked: float

    def due(self) -> bool:
        """Whether the files are to be compared."""
        return time.monotonic() - self.looked >= LOOK_EVERY or self.stamps.folders_changed()


@dataclass(frozen=True, slots=True)
class _Renewal:
    """A comparison under way, and when it began."""

    begun: float
    done: Future[None]

    def wait(self) -> bool:
        """Whether it ended within the patience of whoever asks; raises what stopped it."""
        try:
            self.done.result(max(0.0, self.begun + PATIENCE - time.monotonic()))
        except TimeoutError:
            return False
        return True


class Watched(Generic[T]):
    """The files below a folder with one ending, as `read` returns them; it is given what it returned before."""

    def __init__(self, folder: Path, ending: str, read: Callable[[T | None], T]) -> None:
        self._folder, self._ending, self._read = folder, ending, read
        self._lock = Lock()
        self._state: _State[T] | None = None
        self._renewal: _Renewal | None = None

    def now(self) -> T:
        """What was read last; raises what stopped the reading."""
        state, renewal = self._begun()
        for _ in range(2):  # a renewal that began before this request may have come too early for it, the next did not
            if not renewal or not renewal.wait():
                break
            state, renewal = self._begun()
        return state.value

    def _begun(self) -> tuple[_State[T], _Renewal | None]:
        """The present state, and the renewal that is under way or due."""
        with self._lock:
            if self._state is None:  # without it, nobody can be answered
                self._state = self._renewed(None)
            elif self._renewal is None and self._state.due():
                self._renewal = _Renewal(time.monotonic(), Future())
                Thread(target=self._renew, args=(self._state, self._renewal.done), daemon=True).start()
            return self._state, self._renewal

    def _renew(self, state: _State[T], done: "Future[None]") -> None:
        problem = None
        try:
            state = self._renewed(state)
        except Exception as error:
            problem = error
        with self._lock:  # nobody sees the one without the other
            self._state, self._renewal = state, None
        if problem:
            done.set_exception(problem)  # raised by those who wait
        else:
            done.set_result(None)

    def _renewed(self, last: _State[T] | None) -> _State[T]:
        looked = time.monotonic()
        stamps = _stamps(self._folder, self._ending)
        if last and last.stamps.files == stamps.files:
            return _State(last.value, stamps, looked)
        return _State(self._read(last.value if last else None), stamps, looked)


def _stamps(folder: Path, ending: str) -> _Stamps:
    """The folders first: what changes while they are listed is seen the next time."""
    folders: dict[str, int] = {}
    return _Stamps(folders, dict(_files(f"{folder}", ending, folders)))


def _files(folder: str, ending: str, folders: dict[str, int]) -> Iterator[tuple[str, tuple[int, int]]]:
    folders[folder] = _time(folder)
    try:
        with os.scandir(folder) as found:
            for item in found:
                if item.is_dir():
                    yield from _files(item.path, ending, folders)
                elif item.name.endswith(ending):
                    state = item.stat()
                    yield item.path, (state.st_mtime_ns, state.st_size)
    except FileNotFoundError:  # removed a moment ago, by an undo or by git
        return


def _time(folder: str) -> int:
    """When a folder last changed, 0 if there is none."""
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0
