"""Whether the free text of an arXiv comment says that the paper itself was withdrawn."""

import re

_PAPER = r"(?:paper|article|submission|manuscript|work|preprint|e-?print|(?:(?:current|present|latest) )?version)"
_THIS = rf"(?:this|(?:the|our|my)(?! version)) (?:current |present )?{_PAPER}"
_BEGIN = r"(?:\A|admin note: )"
_WORD = r"(?!(?:not|never|on|of|about|with|from)\b)\w+"
_GONE = r"(?:withdrawn|retracted)"
_AWAY = r"(?!(?: by(?: \w+){1,3})? from\b)"  # "withdrawn by the authors from the workshop": the paper is live
_ALONE = (
    r"(?=\W*\Z|[,.;:!-]"
    r"| (?:due|because|as|since|by|for|at|in|to|and|on|until|pending|after|following)\b)"
)
_WITHDRAWN = re.compile(
    "|".join(
        [
            # the comment begins with the word, and not as an attribute: "Withdrawn ICLR submission"
            rf"{_BEGIN}(?:{_PAPER} )?(?:has been |was |is (?:being )?)?{_GONE}\b{_ALONE}{_AWAY}",
            r"\Awithdrawal\b(?:\W*\Z|:| (?:due|because|by|requested)\b)",
            r"\Awithdrew (?:due|because|as|since)\b",
            rf"[.;,] {_GONE}(?:\W*\Z|: )",  # "12 pages. WITHDRAWN: errors found"
            # what happened to it: "the paper has now been withdrawn", "that this work be withdrawn"
            rf"(?<!version of )\b{_THIS} (?:{_WORD} ){{0,4}}?(?:been|was|is|be|being) "
            rf"(?:{_WORD} (?:and )?)?{_GONE}\b{_AWAY}",
            rf"(?<!version of )\b{_THIS} withdrawn by\b{_AWAY}",
            # who does it: "the authors have withdrawn this paper", "we decided to withdraw the manuscript"
            rf"\b(?:withdr(?:aw|ew|awn|awing)|retract(?:ed|ing)?) {_THIS}\b{_AWAY}",
            rf"\b(?:withdrawal|retraction) of {_THIS}\b{_AWAY}",
            # who had it taken away: arXiv, the authors, or a publisher
            rf"(?:{_BEGIN}(?:{_PAPER} )?|\b{_THIS} )(?:has been |was |is )?removed "
            r"(?:by (?:arxiv(?! request)|(?:the |its )?authors?)|at the request)\b",
            r"(?:\A|[:.] )withdrawn by (?:the )?(?:\w+ )?(?:authors?|arxiv)\b" + _AWAY,
        ]
    ),
    re.IGNORECASE,
)


def is_withdrawn(comment: str) -> bool:
    """Whether the comment withdraws the paper, and not an earlier version, a claim, a data set, or another paper."""
    return _WITHDRAWN.search(comment) is not None
