"""What the store knows of a paper that its entry's file does not say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Known:
    """A paper's details.

    `text` is the abstract, whether or not it may be shown: similar papers are found by it. `source` names where it is
    from if it may, at the address `source_link`. `version` is arXiv's newest, 0 if there is none, `updated` its day.
    `added` is the day on which the paper joined the catalog.
    """

    text: str = ""
    source: str = ""
    source_link: str = ""
    version: int = 0
    updated: date | None = None
    added: date | None = None
    upvotes: int | None = None
    pmid: str = ""

    @property
    def abstract(self) -> str:
        """The abstract, "" if it may not be shown."""
        return self.text if self.source else ""


UNKNOWN = Known()
AllKnown = Mapping[str, Known]
"""Details by entry id; papers that the store does not know are left out."""
