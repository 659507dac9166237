"""The findings of the doctor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """The result of one check, and what to do about it; the remedy is "" only if all is well.

    `details` are sentences of which each is shown on a line of its own.
    """

    check: str
    state: State
    message: str
    remedy: str = ""
    details: tuple[str, ...] = ()

    def to_json(self) -> dict[str, str]:
        """``{"check", "state", "message", "remedy"}``."""
        message = " ".join((self.message, *self.details))
        return {"check": self.check, "state": self.state, "message": message, "remedy": self.remedy}


def ok(check: str, message: str) -> DoctorFinding:
    """All is well."""
    return DoctorFinding(check, "ok", message)


def warn(check: str, message: str, remedy: str, details: Sequence[str] = ()) -> DoctorFinding:
    """It works, but not as it should."""
    return DoctorFinding(check, "warn", message, remedy, tuple(details))


def fail(check: str, message: str, remedy: str, details: Sequence[str] = ()) -> DoctorFinding:
    """It does not work."""
    return DoctorFinding(check, "fail", message, remedy, tuple(details))
