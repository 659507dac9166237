"""A publication date that may be known to the day, or only to the month or year."""

import re
from dataclasses import dataclass
from datetime import date

_ISO = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?")
_WORDS = re.compile(r"(?P<name>[a-z]{3,9})\.?,?\s*(?:(?P<day>\d{1,2}),\s*)?(?P<year>\d{4})", re.IGNORECASE)
_DAY_FIRST = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<name>[a-z]{3,9})\.?,?\s*(?P<year>\d{4})", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4}),?\s+(?P<name>[a-z]{3,9})\.?(?:\s+(?P<day>\d{1,2}))?", re.IGNORECASE)
_MONTH_YEAR = re.compile(r"(?P<month>\d{1,2})[/.](?P<year>\d{4})")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORT = tuple(name[:3] for name in MONTHS)


@dataclass(frozen=True, slots=True, order=True)
class Published:
    """When a paper appeared; unknown parts are 0, and an unknown date is false.

    Dates sort by time; within a year, those without a month come before those with one.
    """

    year: int = 0
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        """Refuse a date that does not exist in the calendar."""
        if (self.day and not self.month) or (self.month and not self.year):
            raise ValueError("a day needs its month and a month its year")
        if self.year:
            date(self.year, self.month or 1, self.day or 1)

    def __bool__(self) -> bool:
        return self.year > 0

    def __str__(self) -> str:
        """``2024-11-20``, ``2024-11``, ``2024`` or nothing: the form in an entry's file."""
        parts = [f"{self.year:04}"] if self.year else []
        return "-".join(parts + [f"{part:02}" for part in (self.month, self.day) if part])

    @property
    def label(self) -> str:
        """``Nov., 2024`` or ``2024``: the form in the list, which shows no days."""
        if not self.month:
            return str(self)
        return f"{_SHORT[self.month - 1].capitalize()}., {self.year:04}"

    @property
    def month_and_year(self) -> str:
        """``Nov 2024`` or ``2024``: the form on pages."""
        return self.label.replace(".,", "")

    @property
    def exact(self) -> date | None:
        """The date, if the day is known."""
        return date(self.year, self.month, self.day) if self.day else None

    @classmethod
    def of(cls, day: date) -> "Published":
        """The publication date for a known date (or datetime)."""
        return cls(day.year, day.month, day.day)

    @classmethod
    def parse(cls, text: str) -> "Published | None":
        """Parse a date as people write it.

        ``2024-11-20``, ``2024/11``, ``2024``, ``11/2024``, ``Nov., 2024``, ``Nov. 20, 2024``, ``20 November 2024`` and
        ``2024 Nov 20`` are understood.

        Returns:
            None for a text that is not a date.

        Raises:
            ValueError: the text has the form of a date that does not exist in the calendar (``2024-13``).
        """
        text = text.strip()
        if found := _ISO.fullmatch(text):
            return cls(int(found["year"]), int(found["month"] or 0), int(found["day"] or 0))
        if found := _MONTH_YEAR.fullmatch(text):
            return cls(int(found["year"]), int(found["month"]))
        forms = (form.fullmatch(text) for form in (_WORDS, _DAY_FIRST, _YEAR_FIRST))
        found = next(filter(None, forms), None)
        month = _month(found["name"]) if found else 0
        return cls(int(found["year"]), month, int(found["day"] or 0)) if found and month else None


def _month(name: str) -> int:
    """The number of a month, given its name or first letters (three, or four for ``Sept``); 0 if it is not a month."""
    name = name.lower()
    if not any(full == name or full[:3] == name or full[:4] == name for full in MONTHS):
        return 0
    return _SHORT.index(name[:3]) + 1
