"""Whether the free text of an arXiv comment says that the paper itself was withdrawn."""

import re

_PAPER = r"(?:paper|article|submission|manuscript|work|preprint|e-?print|(?:(?:current|present|latest) )?version)"
_THIS = rf"(?:this|(?:the|our|my)(?! version)) (?:current |present )?{_PAPER}"
_DRAFT = r"this (?:study|draft|report)"  # words that name other things as well, as in "this study drug was withdrawn"
_BEGIN = r"(?:\A\W*|admin note: )(?:(?:temporarily|voluntarily) )?"
# A part is not the paper: "the data of this paper were withdrawn", "in this work therapy was withdrawn".
_WHOLE = r"(?<!\bof )(?<!\bin )(?<!\bby )(?<!\bfor )"
# What may stand between the paper and its end. Any other verb has an object of its own: "this paper studies how consent
# is withdrawn".
_WORD = (
    r"(?!(?:only|previously|formerly)\b)(?:ha(?:s|ve|d)|is|was|be|been|being|no|longer|valid|and|so|since|then|thus|hence"
    r"|therefore|now|also|already|hereby|needs?|ought|to|must|should|shall|will|may|can|superseded|replaced|removed"
    r"|considered|wrong|flawed|incorrect|erroneous|invalid|incomplete|\w+ly|v?\d+)"
)
_GONE = r"(?:withdrawn|retracted)"
# "withdrawn by the authors from the workshop": the paper is live
_AWAY = r"(?!(?: by(?: \w+){1,3})? from\b(?! (?:the )?arxiv\b))"
_ALONE = (
    r"(?=\W*\Z|\s?[,.;:!\u2013\u2014-]"
    r"| (?:due|owing|because|as|since|so|by|for|at|in|to|and|on|upon|per|until|while|pending|after|following"
    r"|temporarily|voluntarily|from (?:the )?arxiv)\b)"
)
_WITHDRAWN = re.compile(
    "|".join(
        [
            # the comment begins with the word, and not as an attribute: "Withdrawn ICLR submission"
            rf"{_BEGIN}(?:{_PAPER} )?(?:has been |was |is (?:being )?)?{_GONE}\b{_ALONE}{_AWAY}",
            r"\Awithdrawal\b(?:\W*\Z|:| (?:due|because|by|requested)\b)",
            r"\Awithdrew (?:due|because|as|since)\b",
            rf"[.;,] {_GONE}(?:\W*\Z|: )",  # "12 pages. WITHDRAWN: errors found"
            rf"\b(?:pages?|figures?|tables?) [(\[]{_GONE}[)\]]\W*\Z",  # not "ICLR 2025 (withdrawn)"
            rf"\Athis is a {_GONE} {_PAPER}\b",
            # what happened to it: "the paper has now been withdrawn", "that this work be withdrawn"
            rf"{_WHOLE}\b{_THIS} (?:{_WORD} ){{0,6}}?(?:been|was|is|be|being) "
            rf"(?:{_WORD} (?:and )?)?{_GONE}\b{_AWAY}",
            rf"{_WHOLE}\b{_DRAFT} (?:has been|was|is) (?:now )?{_GONE}\b{_AWAY}",
            rf"{_WHOLE}\b{_THIS} withdrawn by\b{_AWAY}",
            rf"\bconsider {_THIS} (?:as |to be )?{_GONE}\b",
            # who does it: "the authors have withdrawn this paper", "we decided to withdraw the manuscript"
            rf"\b(?:withdr(?:aws?|ew|awn|awing)|retract(?:ed|ing)?) {_THIS}\b{_AWAY}",
            r"\b(?:we|i|authors?) (?:\w+ ){0,3}?withdr(?:aw|ew|awn) it\b(?! from\b(?! (?:the )?arxiv\b))",
            r"\A(?:authors? )?requests? (?:for |to )?withdraw(?:al)?\b\W*\Z",
            rf"\b(?:withdrawal|retraction) of {_THIS}\b{_AWAY}",
            # who had it taken away: arXiv, the authors, or a publisher
            rf"(?:{_BEGIN}(?:{_PAPER} )?|{_WHOLE}\b{_THIS} )(?:has been |was |is )?removed "
            r"(?:by (?:arxiv(?! request)|(?:the |its )?authors?)|at the request)\b",
            rf"{_WHOLE}\b{_THIS} (?:has been|was|is) removed (?:due to|because)\b",
            r"(?:\A|[:.] )withdrawn by (?:the )?(?:\w+ )?(?:authors?|arxiv)\b" + _AWAY,
        ]
    ),
    re.IGNORECASE,
)
_BACK = re.compile(r"\breinstated\b|\b(?:withdrawn by|withdrawal of \w+ \w+ was a) mistake\b", re.IGNORECASE)


def is_withdrawn(comment: str) -> bool:
    """Whether the comment withdraws the paper, and not an earlier version, a claim, a data set, or another paper."""
    return _WITHDRAWN.search(comment) is not None and not _BACK.search(comment)
