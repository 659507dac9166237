"""The exception tree of the harvester.

HarvesterError              something failed and is named              exit status 1
├── UsageError              wrong flag, config key, label, address     exit status 2
├── LockHeld                another process is doing this job         exit status 75
├── StoreError              the database: unreachable, too new, full
│   └── StoreBusy           another process keeps it from being written for too long
├── CatalogError            an entry or list that cannot be read
├── FetchError              an upstream service (harvester.sources.errors draws its branches)
│   └── GateClosed          it wants a longer pause than the caller waits
├── MailError               the mail server refused or cannot be reached
└── TooManyRequests         more attempts than are allowed

Every message is one plain sentence that names the input and, where there is one, the remedy: the
command line prints it as it is. A separate remedy is also separate in JSON.
"""


class HarvesterError(Exception):
    """Something failed and is named.

    `message` is the sentence; where a `remedy` is given, it is the sentence's first half and `remedy` its second, both
    without a full stop: ``HarvesterError("There is no a.toml", remedy="give one with --config")``.
    """

    exit_status = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message}; {remedy}." if remedy else message)
        self.remedy = f"{remedy[0].upper()}{remedy[1:]}." if remedy else None


class UsageError(HarvesterError):
    """The caller asked for something impossible: the remedy is another command or configuration."""

    exit_status = 2


class LockHeld(HarvesterError):
    """Another process holds the lock; trying later is right, so cron sees sysexits' EX_TEMPFAIL."""

    exit_status = 75


class StoreError(HarvesterError):
    """The store cannot be opened, read or written."""


class StoreBusy(StoreError):
    """Another process or host has kept a lock of the store for longer than anybody should wait."""


class CatalogError(HarvesterError):
    """A catalog file cannot be read or written."""


class FetchError(HarvesterError):
    """An upstream service gave no complete answer."""


class GateClosed(FetchError):
    """An upstream service asked us earlier to pause; it will not be asked for `seconds` from now."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class MailError(HarvesterError):
    """A message was not handed over to the mail server."""


class TooManyRequests(HarvesterError):
    """Somebody made more attempts than are allowed."""


def broken_installation(error: BaseException) -> HarvesterError | None:
    """What to tell of a package that is missing or cannot be loaded; None for any other exception."""
    if not isinstance(error, ImportError) or (error.name or "").startswith(("harvester", "classifiers")):
        return None
    return HarvesterError(
        f"A package cannot be loaded ({error})", remedy="install this program again, with the packages that it needs"
    )
