"""Where a sentence ends: the one rule for explanations of labels, extracts in mails, and the review page."""

from __future__ import annotations

import re

# White space after a period that does not end an abbreviation or an initial, before a capital or a digit.
_END = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bet al\.)(?<!\bcf\.)(?<!\bFig\.)(?<!\b[A-Z]\.)"
    r"\s+(?=[\"'“‘(\[]?[A-Z0-9])"
)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; a blank text has none."""
    return [part for part in _END.split(text.strip()) if part]
