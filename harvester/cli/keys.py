"""Single keys from a terminal, typed ahead or not, and whole lines between them."""

import os
import sys
import termios
import tty
from types import TracebackType
from typing import Self

_LONGEST = 8  # bytes of what one key sends


class Keys:
    """The terminal of standard input, which sends each key at once while the block lasts."""

    def __enter__(self) -> Self:
        self._terminal = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._terminal)
        self._send_at_once()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._restore()

    def press(self) -> str:
        """The next key, as the terminal sends it: arrows are escape sequences; "" at the end of the input."""
        return os.read(self._terminal, _LONGEST).decode(errors="replace")

    def line(self, words: str) -> str:
        """A line that answers a question; "" at the end of the input."""
        self._restore()
        try:
            return input(f"{words}: ").strip()
        except EOFError:
            return ""
        finally:
            self._send_at_once()

    def _send_at_once(self) -> None:
        tty.setcbreak(self._terminal, termios.TCSADRAIN)  # tty's own default would drop what was typed ahead

    def _restore(self) -> None:
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)
