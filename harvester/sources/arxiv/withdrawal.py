"""Whether the free text of an arXiv comment says that the paper itself was withdrawn."""

import re

_PAPER = r"(?:paper|article|submission|manuscript|work|preprint|e-?print|(?:current|present|latest) version)"
_THIS = rf"(?:this|the|our|my) (?:current |present )?{_PAPER}"
_AWAY = r"(?!(?: by(?: \w+){1,3})? from\b)"  # "withdrawn by the authors from the workshop": the paper is live
_ALONE = r"(?=\W*\Z|[,.;:!-]| (?:due|because|as|since|by|for|at|in|to|and|on|until)\b)"
_WITHDRAWN = re.compile(
    "|".join(
        [
            # the comment begins with the word, and not as an attribute: "Withdrawn ICLR submission"
            rf"\A(?:{_PAPER} )?(?:has been |was |is )?withdrawn\b{_ALONE}{_AWAY}",
            r"\Awithdrawal\b(?:\W*\Z|:| (?:due|because|by|requested)\b)",
            # what happened to it: "the paper has now been withdrawn", "that this work be withdrawn"
            rf"(?<!version of )\b{_THIS} (?:\w+ ){{0,4}}?(?:been|was|is|be|being) (?:\w+ )?withdrawn\b{_AWAY}",
            # who does it: "the authors have withdrawn this paper", "we decided to withdraw the manuscript"
            rf"\bwithdr(?:aw|ew|awn|awing) {_THIS}\b{_AWAY}",
            rf"\bwithdrawal of {_THIS}\b{_AWAY}",
            rf"\b{_THIS} (?:has been |was |is )?removed by arxiv\b",
            r"(?:\A|[:.] )withdrawn by (?:the )?(?:\w+ )?(?:authors?|arxiv)\b" + _AWAY,
        ]
    ),
    re.IGNORECASE,
)


def is_withdrawn(comment: str) -> bool:
    """Whether the comment withdraws the paper, and not an earlier version, a claim, a data set, or another paper."""
    return _WITHDRAWN.search(comment) is not None
