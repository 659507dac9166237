"""The name of a journal or meeting in a reference to it, such as arXiv's ``journal_ref``."""

import re

_ISSUE = re.compile(
    r"(?:,?\s+(?:vol(?:ume)?|no|nr|issue|pp?|pages?|part|art(?:icle)?)\b\.?\s*\d"
    r"|,?\s+(?:\d{1,3}|\d{5,})[A-Z]?\s*[,(:;]"  # a volume; four digits are a year, as in "MICCAI 2023"
    r"|,?\s+(?:19|20)\d\d[,;]\s*\d"
    r"|,?\s+\((?:19|20)\d\d\)"
    r").*\Z",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?\Z",
    re.IGNORECASE,
)


def without_issue(venue: str) -> str:
    """``Medical Image Analysis`` from ``Medical Image Analysis 99 (2025) 102844``.

    A year that belongs to a meeting's name stays: ``MICCAI 2023, pp. 1-10`` is ``MICCAI 2023``.
    """
    found = _ISSUE.search(venue)
    if not found or _MONTH.search(venue[: found.start()]):  # "..., September 27-October 1, 2021": the days of a meeting
        return venue
    return venue[: found.start()].strip(" ,;:") or venue
