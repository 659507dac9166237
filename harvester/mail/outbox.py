"""Where messages go: the outcome of each, and a folder for use without a mail server."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from harvester.base.errors import HarvesterError, MailError
from harvester.base.files import private_folder, write_atomic


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """What became of a message: ``failed`` is certain (it was not accepted), ``unknown`` is not.

    `code` is the mail server's reply if it refused the message (RFC 5321 4.2.1), else 0.
    """

    state: Literal["sent", "failed", "unknown"]
    reason: str = ""
    code: int = 0

    @property
    def for_now(self) -> bool:
        """Whether the same message may well be accepted a little later."""
        return 400 <= self.code <= 499

    @property
    def for_good(self) -> bool:
        """Whether the mail server refuses for good."""
        return 500 <= self.code <= 599


class ServerBusy(MailError):
    """The mail server accepts no messages now; a little later it may."""


class Outbox(Protocol):
    """Accepts messages, one after the other."""

    def open(self) -> None:
        """Make sure that messages can be handed over; called before each one.

        Raises:
            MailError: none can be.
        """

    def send(self, to: str, content: bytes, name: str) -> SendOutcome:
        """Hand one message over; `name` identifies it permanently.

        Raises:
            MailError: neither this message nor any other can be handed over; this one was certainly not accepted.
        """


class PickupFolder:
    """A folder of .eml files, for another program to send or for a person to read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> None:
        """Nothing to check: writing fails if it must."""

    def send(self, to: str, content: bytes, name: str) -> SendOutcome:
        """Write one message to its file, whole or not at all."""
        del to  # the message's own To: header says it
        try:
            private_folder(self._folder)
            write_atomic(self._folder / f"{name}.eml", content, mode=0o600)
        except HarvesterError as error:
            return SendOutcome("failed", str(error))
        return SendOutcome("sent")
