"""The web pages are tested in the digest's working folders, with its mail server."""

from tests.digest.conftest import make_room, room, smtp

__all__ = ["make_room", "room", "smtp"]
