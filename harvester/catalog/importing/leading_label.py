"""The label that a line begins with: ``Code: ...``, or in bold and without a colon, ``**TL;DR** ...``."""

from harvester.catalog.importing.inline import Inline
from harvester.catalog.importing.words import field_of, label_before

_REMARKS = ("note", "said")


def label_of(line: Inline) -> tuple[str, str, int]:
    """The label, the part of an entry that it names, and where the text behind it starts (0: no label).

    Bold words without a colon are a label only where they name a remark: ``**Code** ...`` may be a title.
    """
    found = label_before(line.text)
    bold = next((span for span in line.of("strong") if span.start == 0), None)
    if found[2] or not bold or not line.text[bold.end :].strip():
        return found
    words = line.text[: bold.end].strip()
    part = field_of(words)
    linked = any(span.start < bold.end for span in line.of("link"))
    return (words, part, bold.end) if part in _REMARKS and not linked else found
