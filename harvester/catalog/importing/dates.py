"""Dates and venues as lists write them."""

import re

from harvester.catalog.importing.journals import is_abbreviated_journal, is_of_one_word
from harvester.catalog.importing.periodicals import is_periodical
from harvester.catalog.importing.words import plain, word_set
from harvester.catalog.published import Published

_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])?")
_CJK = re.compile(r"(?P<year>(?:19|20)\d\d)\s?年(?:\s?(?P<month>\d{1,2})\s?月(?:\s?(?P<day>\d{1,2})\s?[日号])?)?")
_MONTHS = {
    "enero": "january", "febrero": "february", "marzo": "march", "abril": "april", "mayo": "may", "junio": "june",
    "julio": "july", "agosto": "august", "septiembre": "september", "octubre": "october", "noviembre": "november",
    "diciembre": "december",
    "janvier": "january", "février": "february", "mars": "march", "avril": "april", "mai": "may", "juin": "june",
    "juillet": "july", "août": "august", "septembre": "september", "octobre": "october", "novembre": "november",
    "décembre": "december",
    "januar": "january", "februar": "february", "märz": "march", "juni": "june", "juli": "july", "oktober": "october",
    "dezember": "december",
    "janeiro": "january", "fevereiro": "february", "março": "march", "maio": "may", "junho": "june", "julho": "july",
    "setembro": "september", "outubro": "october", "novembro": "november", "dezembro": "december",
    "gennaio": "january", "febbraio": "february", "aprile": "april", "maggio": "may", "giugno": "june",
    "luglio": "july", "settembre": "september", "ottobre": "october", "dicembre": "december",
}  # fmt: skip
_MONTH_DAY_YEAR = re.compile(
    r"(?P<name>[A-Za-z]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)"
)
_SPACES = re.compile(r"[\s,]+")
_LONGEST = 40  # characters of a date
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SHORT = r"['’](?P<short>\d\d)"
_REMARK = (
    r"(?:[\s,;-]*[(（]?(?P<remark>oral|spotlight|poster|highlight|workshop|best paper|accepted|preprint|findings)"
    r"[)）]?)?"
)
_PLACE_YEAR = re.compile(
    rf"(?P<venue>[^\W\d][^()（）\[\]]{{0,90}}?)[\s,.;-]*[(（]?(?:{_YEAR}(?:[./-](?P<month>0?[1-9]|1[0-2]))?|{_SHORT})[)）]?{_REMARK}\.?",
    re.IGNORECASE,
)
_YEAR_PLACE = re.compile(rf"{_YEAR}[\s,_-]+(?P<venue>[^\W\d][\w&./ -]{{1,60}}?){_REMARK}\.?", re.IGNORECASE)
_YEAR_PLACE_NAME = re.compile(rf"{_YEAR}[_-](?P<venue>[A-Za-z&]{{2,12}})[_-](?P<remark>[^\W_][\w.+-]{{0,40}})")
"""``2021-MICCAI-HeartNet``: the method's name, or a letter for the kind of the work, as a remark."""
_PLACE_SHORT_YEAR = re.compile(r"(?P<venue>[A-Za-z]{3,12})(?P<short>\d\d)" + _REMARK, re.IGNORECASE)
_ISSUE = re.compile(r"[,;:]?\s+(?:(?:vol|no|pp?|volume|issue|pages?)\b|\d).*", re.IGNORECASE)
_MONTH_BEHIND = re.compile(
    r",\s+(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
    rf"|(?:{'|'.join(_MONTHS)})(?: de)?)\.?\s*\Z",
    re.IGNORECASE,
)
_IN = re.compile(r"\A(?:in:?|at|accepted (?:by|to|at|in)|published in|to appear in)\s+(?=\S)", re.IGNORECASE)
_KNOWN = word_set(
    """
    aaai accv aistats acl acml acmmm arxiv asru biorxiv bmvc chil chi cikm cinc circulation coling colm conll corl corr
    cvpr cvprw eacl eccv eccvw ehj embc emnlp eurospeech fimh icann icassp iccv iccvw iclr icip icme icml icpr icra
    icdm ijcai ijcnn ijcv interspeech iros isbi isit isprs jacc jama jamia jbhi jmlr kdd lancet lrec media medima
    medrxiv mia miccai midl mlhc mlmi naacl nature neurips neurocomputing nips nejm pami patterns pami plos pnas pr prl
    preprint rss science sensors sigir siggraph sigmod spie stacom tac tbme tci tip tist tkde tmi tmlr tnnls tpami tsp
    uai ubicomp vldb wacv wsdm www zenodo"""
)
_EASTERN_VENUE = re.compile(
    r"《?[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{1,20}"
    r"(?:学报|學報|期刊|杂志|雜誌|雑誌|学会誌|学会論文誌|論文誌|学会|会议|會議|"
    r"通报|通報|大会|학회지|논문지|학회|저널)》?"
)
_EASTERN_PLACE_YEAR = re.compile(
    rf"(?:{_YEAR}\s?年?[\s,，.、]*)?(?:《(?P<marked>[^《》]{{2,40}})》|(?P<venue>{_EASTERN_VENUE.pattern}))"
    r"[\s,，.、;；]*(?:[(（]?(?P<behind>(?:19|20)\d\d)[)）]?\s?年?)?"
    r"(?:[\s,，;；:：]*第?[\d\s()（）:：,，卷期第年号页–—-]+)?[.。]?"
)
"""``《自动化学报》2022年第3期``, ``計算機学会誌, 2021``."""
_ISSUE_BEHIND = re.compile(
    r"(?<=\b(?:19|20)\d\d)\s*[;,:]\s*(?:vol\.?\s*)?[A-Za-z]?\d[\d\s():;,.ep–—-]*\Z", re.IGNORECASE
)
"""``2021;42:100-110``: volume, issue and pages."""
_ACRONYM = re.compile(r"[A-Z][A-Za-z&/+-]{0,14}[A-Z][A-Za-z&/+-]{0,6}|[A-Z]{2,12}")


def date_of(text: str) -> Published | None:
    """A text as a date; None if it is none, or one that the calendar does not have.

    Besides what `Published.parse` reads: ``Aug 2 2025``, ``Aug-2025``, ``20250802``, ``202508``, ``2025年8月``,
    ``18th Jan.,, 2023`` and months in other languages.
    """
    text = plain(text).strip(" .,;:()[]（）【】")
    if not text or len(text) > _LONGEST or not re.search(r"\d{4}", text):
        return None
    try:
        return _parsed(text)
    except ValueError:  # [2024-13] is not a date; shown as the venue, it will be noticed
        return None


def _parsed(text: str) -> Published | None:
    if found := _COMPACT.fullmatch(text) or _CJK.fullmatch(text):
        return Published(int(found["year"]), int(found["month"] or 0), int(found["day"] or 0))
    words = _SPACES.sub(" ", re.sub(r"(?<=[A-Za-z.])-(?=\d{4})", " ", text))
    words = re.sub(r"\bde\b ?", "", words)
    words = " ".join(_MONTHS.get(word.lower(), word) for word in words.split())
    if found := _MONTH_DAY_YEAR.fullmatch(words):
        return Published.parse(f"{found['day']} {found['name']} {found['year']}")
    date = Published.parse(words) or Published.parse(text)
    return date if date and 1800 <= date.year <= 2100 else None


def place_and_year(text: str, *, trusted: bool = False) -> tuple[Published, str, str] | None:
    """``MICCAI 2023``, ``CVPR'21 (Oral)``, ``2019-NIPS`` split into year, venue and remark; None for other texts.

    Args:
        trusted: whether the place where the text stands says that it is a venue, such as square brackets.
    """
    text = _ISSUE_BEHIND.sub("", _IN.sub("", plain(text), count=1))
    if len(text) > 130 or date_of(text):
        return None
    if eastern := _eastern_place(text):
        return eastern
    if named := named_place(text):
        return named
    found = _PLACE_YEAR.fullmatch(text) or _YEAR_PLACE.fullmatch(text)
    if not found and (short := _PLACE_SHORT_YEAR.fullmatch(text)) and short["venue"].lower() in _KNOWN:
        found = short
    if not found or len(text.split()) > 14:
        return None
    year = int(found.groupdict().get("year") or 0) or 2000 + int(found.groupdict().get("short") or 0)
    month = _MONTH_BEHIND.search(found["venue"])
    venue = _ISSUE.sub("", found["venue"][: month.start()] if month else found["venue"]).strip(" ,.;:'’-")
    is_named = bool(venue) and (is_venue(venue) or is_of_one_word(venue) or _is_one_journal(venue))
    if not venue or not (is_named or (trusted and (venue[0].isupper() or "," not in venue))):
        return None
    dated = date_of(f"{month['month']} {year}") if month else None
    numbered = Published(year, int(found.groupdict().get("month") or 0))
    return dated or numbered, venue, (found["remark"] or "").capitalize()


def _eastern_place(text: str) -> tuple[Published, str, str] | None:
    found = _EASTERN_PLACE_YEAR.fullmatch(text)
    year = int(found["year"] or found["behind"] or 0) if found else 0
    return (Published(year), (found["marked"] or found["venue"]).strip("《》"), "") if found and year else None


def named_place(text: str) -> tuple[Published, str, str] | None:
    """``2021-MICCAI-HeartNet`` split into year, venue and name; of a single letter no name. None for other texts."""
    found = _YEAR_PLACE_NAME.fullmatch(text)
    if not found or not (found["venue"].lower() in _KNOWN or _ACRONYM.fullmatch(found["venue"])):
        return None
    remark = found["remark"]
    if re.fullmatch(_REMARK, remark, re.IGNORECASE):
        remark = remark.capitalize()
    return Published(int(found["year"])), found["venue"], remark if len(remark) > 1 else ""


def _is_one_journal(venue: str) -> bool:
    """``J Heart``, ``J. Electrocardiology``: a journal by its first word, which a year beside it must confirm."""
    words = venue.split()
    return len(words) > 1 and words[0] == "J" and all(word[0].isupper() or word in ("of", "and") for word in words)


def is_venue(text: str, *, set_apart: bool = False) -> bool:
    """Whether a text is the name of a venue, by a name or a word that venues have.

    Args:
        set_apart: whether it is in italics, as venues are; then any name will do.
    """
    text = plain(text).strip(" .,;:")
    words = text.split()
    if not words or len(words) > 12 or len(text) > 110:
        return False
    first = re.split(r"[\s,/@:-]", text.lower())[0].strip(".")
    if first in _KNOWN or (len(words) <= 2 and any(word.strip("().").lower() in _KNOWN for word in words)):
        return len(words) <= 4 or text[0].isupper()
    if is_abbreviated_journal(text):
        return True
    if is_periodical(text):
        return text[0].isupper() or not text[0].isascii()
    if len(words) <= 2 and _ACRONYM.fullmatch(words[0].strip("()")):
        return True
    return set_apart and text[0].isupper() and len(words) <= 8 and not re.search(r"\bet al\b", text)


def is_known_venue(text: str) -> bool:
    """Whether a text, which no year is beside, is surely a venue's name."""
    text = _IN.sub("", plain(text), count=1).strip(" .,;:")
    words = text.split()
    if not words or len(words) > 10:
        return False
    if _EASTERN_VENUE.fullmatch(text) or is_abbreviated_journal(text):
        return True
    if text.lower() in ("preprint", "patterns", "circulation"):
        return text[0].isupper() and text != "Preprint"
    if len(words) == 2 and words[1] in ("version", "paper", "page", "link", "code"):
        return False  # what a link is called
    if len(words) == 2 and words[0] in ("Chi", "Mia"):
        return False  # people; the venues have capitals
    return (len(words) <= 2 and words[0].lower().strip("().") in _KNOWN) or (
        is_periodical(text) and len(words) > 1 and text[0].isupper() and _capitalised(words)
    )


def _capitalised(words: list[str]) -> bool:
    small = {"of", "on", "in", "and", "the", "for", "&", "de", "la"}
    return all(word[0].isupper() or word.lower() in small or not word[0].isalpha() for word in words)


def without_numbers(venue: str) -> str:
    """A venue in a list without its year, volume, number and pages, which are read by themselves."""
    return _ISSUE.sub("", venue).strip(" ,.;:")


def is_place_or_date(text: str) -> bool:
    """Whether a text says when or where a paper appeared, and no more."""
    return bool(date_of(text) or place_and_year(text) or is_known_venue(text))


def is_date(text: str) -> bool:
    """Whether a text is a date and nothing else, even an impossible one."""
    try:
        return bool(Published.parse(text) or date_of(text))
    except ValueError:
        return True
