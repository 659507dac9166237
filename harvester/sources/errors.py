"""What can go wrong upstream.

FetchError
├── Unavailable     no answer: refused, timed out, cut off, or an error status
│   └── Throttled   the service asked us to slow down (429, or arXiv's 403 and 406 for the same)
├── BadQuery        the service rejects the request itself: asking again changes nothing
├── Malformed       an answer that is not what the service speaks: an HTML page, a cut document, a forbidden DOCTYPE
├── Incomplete      a well-formed answer that holds less than it announces
└── WrongClock      its date and ours are too far apart to judge anything by
"""

from harvester.base.errors import FetchError


class Unavailable(FetchError):
    """No answer; worth another try."""


class Throttled(Unavailable):
    """Asked too often; `retry_after` is what the service wants us to wait, in seconds, where it says."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BadQuery(FetchError):
    """The request itself is wrong; trying again is no use. `body` is what the service said to it, if it did."""

    def __init__(self, message: str, body: bytes = b"") -> None:
        super().__init__(message)
        self.body = body


class Malformed(FetchError):
    """The answer is not in the service's format."""


class Incomplete(FetchError):
    """The answer holds fewer records than it announces."""


class WrongClock(FetchError):
    """This machine's clock, or the upstream's, is wrong."""
