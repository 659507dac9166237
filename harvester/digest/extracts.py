"""What an abstract says was done and found, in two of its sentences. Pure; no model is needed.

A sentence is judged by its cue words and its place, as in H. P. Edmundson, "New Methods in Automatic Extracting",
J. ACM 16 (1969): where an abstract has headings (Background, Methods, Results), they decide, and elsewhere the words.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from classifiers.sentences import sentences

LONGEST_EXTRACT = 500
LONGEST_READ = 20_000  # characters of an abstract: what follows is no abstract any more
GAP = "…"
_HEADED = {
    "motivation": "background|introduction|motivation|importance|rationale|context|purpose of review",
    "aim": "aims?|objectives?|purpose|goals?",
    "found": "(?:methods?(?: and |/| & ))?results?|findings|main results?|principal findings",
    "done": "materials?(?: and |/| & )methods?|patients and methods?|methods?(?: and materials?)?|methodology|design"
    "|study design|approach|data sources|setting|participants|main outcomes? and measures?",
    "concluded": "conclusions?(?: and relevance)?|discussion|interpretation|significance|summary|relevance",
    "aside": "funding|trial registration|clinical trial registration|registration|keywords?|index terms"
    "|availability(?: and implementation)?|code availability|data availability|disclosures?|copyright",
}
_PARTS = {part: re.compile(words, re.I) for part, words in _HEADED.items()}
_ANY = "|".join(_HEADED.values())
_OPENING = ("background", "introduction", "objective", "objectives", "aim", "aims", "purpose")
# A heading is marked by a sign after it or, where a record lost the sign, by the capital of the sentence that follows.
_HEADING = re.compile(rf"(?P<name>{_ANY})(?P<sign>\s*[:.;|]\s*|\s+[-–—]+\s+|[-–—](?=[A-Z])|\s+(?=\w))", re.I)
_GLUED = re.compile(rf"(?<=[.!?;])\s*(?=(?:{_ANY})\s*[:|])", re.I)

_DONE = re.compile(
    r"\b(?:we|authors)\b.{0,40}?\b(?:propos|present|develop|introduc|design|train|built|build|collect|evaluat|assess"
    r"|investigat|stud(?:y|ied)|analy[sz]|compar|appl(?:y|ied)|use[ds]?\b|creat|releas|construct|review|survey"
    r"|segment|predict|learn|formulat|extend|adapt|fine-?tun|benchmark|examin|describ|test|combin|leverag|employ)"
    r"|\b(?:this|our|the present) (?:paper|work|study|article|review|method|approach|framework|model|survey)\b"
    r"|\b(?:is|are|was|were) (?:then |further |here )?(?:propos|present|develop|introduc|train|collect|evaluat|enroll"
    r"|includ|analy[sz]|recruit|review|appli)|\bin this (?:paper|work|study)\b|\bto (?:address|overcome|tackle|fill) th"
    r"|^here(?:in)?,|\bretrospective|\bprospective",
    re.I,
)
_FOUND = re.compile(
    r"\bwe (?:find|found|show|demonstrat|observ|achiev|report|obtain|conclud)|\b(?:results?|experiments?|evaluations?"
    r"|analys[ei]s|findings?|ablations?) .{0,60}?\b(?:show|demonstrat|indicat|reveal|suggest|confirm)"
    r"|\b(?:outperform|surpass|exceed|achiev|attain|reach|yield|improv|reduc|increas)(?:s|es|d|ed|ing)?\b"
    r"|\b(?:AUC|AUROC|AUPRC|F1|Dice|DSC|accuracy|sensitivity|specificity|C-index|MAE|RMSE|SSIM|PSNR|hazard ratio|HR"
    r"|odds ratio|OR|CI)\b|\bstate[- ]of[- ]the[- ]art\b|\bsignificant(?:ly)?\b|\bcompared (?:with|to)\b",
    re.I,
)
_FIGURE = re.compile(r"\d(?:\.\d+)?\s?(?:%|percent|mm\b|ms\b|points?\b)|\b[01]?\.\d+\b|\bp\s?[<=]", re.I)
_MOTIVE = re.compile(
    r"\b(?:remains?|challeng|leading cause|crucial|critical|essential|important|plays? an?|however|despite|although"
    r"|recently|in recent years|widely|existing (?:methods|approaches|work)|is (?:often|still|known)"
    r"|have (?:shown|been)|has (?:shown|been|become)|limited by|burden|prevalen|increasingly|traditional|conventional"
    r"|unclear|gap)",
    re.I,
)
_ASIDE = re.compile(
    r"https?://|\b(?:code|data|models?|weights|datasets?) (?:is|are|will be|and .{0,30} are) .{0,40}?available\b"
    r"|\bfund(?:ed|ing)\b|\bwe thank\b|\bregist(?:ered|ration)\b|\bNCT\d|©|\bcopyright\b|\ball rights reserved\b"
    r"|\baccepted (?:at|to|by)\b|\bsupplementary\b|\bfuture work\b|\bkeywords?\b",
    re.I,
)


class _Sentence(NamedTuple):
    """A sentence without its heading, and the part of the abstract that it is in ("" if there are no headings)."""

    text: str
    part: str


def extract(abstract: str) -> str:
    """Up to two sentences, in their order: what was done, and what was found; a gap is shown as ``…``.

    Args:
        abstract: plain text on one line; anything from "" on.
    """
    parts = _sentences(abstract[:LONGEST_READ])
    chosen = range(len(parts)) if len(parts) <= 2 else _chosen(parts)
    gaps = [f"{GAP} " if later > before + 1 else "" for before, later in pairwise(chosen)]
    texts = _fitted([parts[place].text for place in chosen])
    return " ".join(f"{gap}{text}" for gap, text in zip(["", *gaps][: len(texts)], texts, strict=True))


def shorten(text: str, longest: int) -> str:
    """Text cut at the end of a word, with an ellipsis, if it is too long."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    head = cut.rpartition(" ")[0]
    return (head if len(head) > longest // 2 else cut).rstrip(" ,;:-") + GAP


def _sentences(abstract: str) -> list[_Sentence]:
    found, part = [], ""
    for sentence in sentences(_GLUED.sub(" ", abstract)):
        part, text = _headed(sentence, part)
        if text:
            found.append(_Sentence(text, part))
    return found


def _headed(sentence: str, before: str) -> tuple[str, str]:
    """The part of the abstract that a sentence is in, and the sentence without its heading."""
    if alone := _part(sentence.rstrip(" :.")):
        return alone, ""
    heading = _HEADING.match(sentence)
    if heading is None or not _is_heading(heading, sentence[heading.end() :], before):
        return before, sentence
    rest = sentence[heading.end() :]
    return _part(heading["name"]), rest[:1].upper() + rest[1:]


def _is_heading(heading: re.Match[str], rest: str, before: str) -> bool:
    """Whether the words at the beginning are a heading, and not the sentence's own: ``Methods of this kind``."""
    if heading["sign"].strip():
        return True
    return heading[0][0].isupper() and rest[:1].isupper() and (bool(before) or heading["name"].lower() in _OPENING)


def _part(name: str) -> str:
    return next((part for part, words in _PARTS.items() if words.fullmatch(name)), "")


def _chosen(parts: Sequence[_Sentence]) -> list[int]:
    """The places of the sentence that says best what was done, and of the one among the others for what was found."""
    places = range(len(parts))
    done = max(places, key=lambda place: (_done(parts, place), -place))
    others = [place for place in places if place > done] or [place for place in places if place != done]
    found = max(others, key=lambda place: (_found(parts, place), -place))
    return sorted((done, found))


def _done(parts: Sequence[_Sentence], place: int) -> float:
    """How much a sentence says what was done. The last one of an abstract hardly ever does, nor does the first."""
    sentence, middle = parts[place], 0 < place < len(parts) - 1
    headed = {"done": 4.0, "aim": 3.0, "motivation": -2.0, "concluded": -2.0, "found": -1.0, "aside": -9.0}
    cue = 3.0 * bool(_DONE.search(sentence.text)) - 1.0 * bool(_FIGURE.search(sentence.text))
    return headed.get(sentence.part, 0.0) + cue + 0.5 * middle - _idle(sentence.text)


def _found(parts: Sequence[_Sentence], place: int) -> float:
    """How much a sentence says what was found; figures say it best."""
    sentence = parts[place]
    headed = {"found": 4.0, "concluded": 2.0, "done": -1.0, "aim": -2.0, "motivation": -3.0, "aside": -9.0}
    cue = 2.0 * bool(_FOUND.search(sentence.text)) + 2.0 * bool(_FIGURE.search(sentence.text))
    return headed.get(sentence.part, 0.0) + cue + place / len(parts) - _idle(sentence.text)


def _idle(text: str) -> float:
    """How much a sentence is about neither: the motivation, where the code is, who paid; or hardly a sentence."""
    return 1.5 * bool(_MOTIVE.search(text)) + 6.0 * bool(_ASIDE.search(text)) + 2.0 * (len(text) < 20)


def _fitted(texts: Sequence[str]) -> list[str]:
    """Each whole if there is room for all; else a long one is cut, never one for the other."""
    room = LONGEST_EXTRACT - len(f" {GAP} ") * (len(texts) - 1)
    if sum(map(len, texts)) <= room:
        return list(texts)
    share = room // len(texts)
    spare = sum(max(0, share - len(text)) for text in texts)
    return [shorten(text, share + spare) if len(text) > share else text for text in texts]
