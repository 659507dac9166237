"""The only package of fixtures, the room: a working folder, and everything that tests do in it."""

from tests.room.commands import harvester, process
from tests.room.configuration import NOWHERE, feeds, free_port, write_config
from tests.room.folder import START
from tests.room.mail import Sink, html_of, serve, text_of, titles
from tests.room.readers import JO, MAX, STATES, Readers, as_labels, counts, send
from tests.room.reviewers import ENCODER, NO_ENCODER, PASSWORD, Browser, Reviewers

__all__ = [
    "ENCODER",
    "JO",
    "MAX",
    "NOWHERE",
    "NO_ENCODER",
    "PASSWORD",
    "START",
    "STATES",
    "Browser",
    "Room",
    "Sink",
    "as_labels",
    "counts",
    "feeds",
    "free_port",
    "harvester",
    "html_of",
    "process",
    "send",
    "serve",
    "text_of",
    "titles",
    "write_config",
]


class Room(Readers, Reviewers):
    """A working folder, in which tests act as readers and reviewers, or through services and the command line."""
