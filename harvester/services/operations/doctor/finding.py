"""The findings of the doctor."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """The result of one check, and what to do about it; the remedy is "" only if all is well."""

    check: str
    state: State
    message: str
    remedy: str = ""

    def to_json(self) -> dict[str, str]:
        """``{"check", "state", "message", "remedy"}``."""
        return {"check": self.check, "state": self.state, "message": self.message, "remedy": self.remedy}


def ok(check: str, message: str) -> DoctorFinding:
    """All is well."""
    return DoctorFinding(check, "ok", message)


def warn(check: str, message: str, remedy: str) -> DoctorFinding:
    """It works, but not as it should."""
    return DoctorFinding(check, "warn", message, remedy)


def fail(check: str, message: str, remedy: str) -> DoctorFinding:
    """It does not work."""
    return DoctorFinding(check, "fail", message, remedy)
