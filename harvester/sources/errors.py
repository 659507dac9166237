"""What can go wrong upstream.

FetchError
├── Unavailable     no answer: refused, timed out, cut off, or an error status
│   ├── Throttled   the service asked us to slow down (429, or arXiv's 403 and 406 for the same)
│   └── Unreached   no connection to its host: whatever else it has, it need not be asked now
├── BadQuery        the service rejects the request itself: retrying changes nothing
├── Malformed       an answer in the wrong format: an HTML page, a truncated document, an entity declaration
├── Incomplete      a well-formed answer with fewer records than it announces
└── WrongClock      its date and ours are too far apart for any judgment
"""

from harvester.base.errors import FetchError


class Unavailable(FetchError):
    """No answer; worth retrying."""


class Throttled(Unavailable):
    """Too many requests; `retry_after` is how long the service asks us to wait, in seconds, if it says."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreached(Unavailable):
    """No connection to the host, which need not be asked for anything else now."""


class BadQuery(FetchError):
    """The request itself is wrong; retrying is useless.

    `body` is the service's explanation and `status` that of its answer, if it gave one.
    """

    def __init__(self, message: str, body: bytes = b"", status: int = 0) -> None:
        super().__init__(message)
        self.body, self.status = body, status


class Malformed(FetchError):
    """The answer is not in the service's format."""


class Incomplete(FetchError):
    """The answer contains fewer records than it announces."""


class WrongClock(FetchError):
    """This machine's clock, or the upstream's, is wrong."""
