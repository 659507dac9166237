"""What an entry is to a bibliography: an article, a conference paper, a preprint. All exports ask here. Pure."""

import re
from enum import Enum

from harvester.catalog.entry import Entry
from harvester.domain.identity import link_identifier, preprint_server
from harvester.domain.labels import KIND


class Publication(Enum):
    """How a work appeared; `OTHER` is what no venue, identifier or label tells."""

    JOURNAL = "journal"
    CONFERENCE = "conference"
    PREPRINT = "preprint"
    DATASET = "dataset"
    SOFTWARE = "software"
    OTHER = "other"


_LABELLED = {"dataset": Publication.DATASET, "software": Publication.SOFTWARE}
_SERVER = re.compile(
    r"(?:arxiv|corr|(?:med|bio|chem|techr|eartha|psya|engr|open)r?xiv|research square|ssrn|preprints?|osf preprints"
    r"|authorea|openreview)\b",
    re.IGNORECASE,
)
_UNPUBLISHED = re.compile(
    r"(?:under review|submitted|in (?:submission|review|preparation)|unpublished|manuscript)\b"
    r"|.*\b(?:thesis|dissertation)\b"
    r"|(?!.*\b(?:journal|bulletin|annals|review|proceedings|press)\b)(?:the )?universit(?:y|ät|é|à|eit)\b"  # theses
    r"|(?:springer|elsevier|wiley|ieee|acm|mdpi|frontiers|(?:oxford|cambridge) university press)\Z",
    re.IGNORECASE,
)
_REPOSITORY = re.compile(
    r"(?:zenodo|physionet|figshare|dryad|mendeley data|(?:harvard )?dataverse|ieee dataport|kaggle|hugging ?face|github"
    r"|gitlab|openneuro|pangaea|science data bank|the cancer imaging archive)\b",
    re.IGNORECASE,
)
# Journals, though many titles contain a word for a meeting: Proceedings of the IEEE, PNAS, the PACM series.
_JOURNAL = re.compile(
    r"(?!.*\b(?:conference|workshops?|symposium)\b)(?:.*\b(?:journal|transactions|letters|annals)\b"
    r"|.*\b(?:clinic|center|transplantation|bmc) proceedings\b|pnas\b"
    r"|(?:the )?proc(?:eedings|\.)? (?:of )?(?:the )?(?:(?:us |u\.s\. )?national academy|natl\.? acad|royal society"
    r"|r\.? soc|acm on|vldb|institution of mechanical|nutrition society|american mathematical|ieee(?:\W*\d.*)?\Z))",
    re.IGNORECASE,
)
_MEETING = re.compile(
    r"\b(?:proceedings|proc|conf|conferences?|workshops?|symposi(?:um|a)|congress|meeting|colloquium|pmlr|lncs"
    r"|lecture notes in|computing in cardiology|spie|neural information processing systems|learning representations"
    r"|medical image computing|medical imaging with deep learning|machine learning for health(?:care)?"
    r"|functional imaging and modell?ing of the heart|statistical atlases and computational models|sigkdd"
    r"|simulation and synthesis in medical imaging|medical imaging \d{4}(?=:)"
    r"|information processing in medical imaging)\b|['’]\d\d\b",
    re.IGNORECASE,
)
_MEETINGS = frozenset(
    """
    3DV AAAI ACCV ACL ACMMM AIME AISTATS AMIA BHI BIBM BMVC BSN CBMS CHI CHIL CIKM CINC COLING COLM COLT CVPR CVPRW ECAI
    ECCV ECCVW ECIR ECML EMBC EMNLP EUSIPCO FACCT FIMH GECCO ICASSP ICASSPW ICBHI ICCV ICCVW ICDM ICHI ICIP ICLR ICME
    ICML ICMLA ICPR ICRA ICTAI IJCAI IJCNN INTERSPEECH IPMI IROS ISBI ISMIR ISMRM KDD LREC MEDINFO MICCAI MIDL MIUA ML4H
    MLHC MLMI MLSP NAACL NEURIPS NIPS PAKDD RECSYS SENSYS SIGGRAPH SIGIR STACOM UAI UBICOMP VISAPP WACV WACVW WWW
    """.split()  # noqa: SIM905
)
_BEFORE_ACRONYM = re.compile(r"(?:\A|\b)(?:in|the|ieee|acm|cvf|ieee/cvf|ras|embs?)\b[\s:/-]*", re.IGNORECASE)
# Springer's proceedings are books, and IEEE names its meetings by acronym and number: 10.1109/CVPR52688.2022.01234.
_MEETING_DOI = re.compile(r"10\.1007/978-[\d-]+_\d+|10\.1109/[a-z0-9-]*[a-z]\d{4,5}\.\d{4}\.\d+", re.IGNORECASE)


def publication(entry: Entry) -> Publication:
    """How the entry appeared, told by its venue and identifiers, then by its label in the facet ``kind``.

    A paper about a dataset that appeared in a journal is an article, for so it is cited; labelled ``dataset`` without a
    venue, on a preprint server or in a repository such as Zenodo, it is the dataset. A review is what its venue says.
    """
    if formal := _formal(entry.venue, doi_of(entry)):
        return formal
    if labelled := _LABELLED.get(entry.labels.one_of(KIND)):
        return labelled
    on_server = any(name.startswith("arxiv:") or preprint_server(name) for name in _names(entry))
    return Publication.PREPRINT if on_server or _SERVER.match(entry.venue) else Publication.OTHER


def doi_of(entry: Entry) -> str:
    """The DOI: the entry's own, else the one in its paper's address, else ""."""
    return next((name.removeprefix("doi:") for name in _names(entry) if name.startswith("doi:")), "")


def _names(entry: Entry) -> tuple[str, ...]:
    return (entry.id, link_identifier(entry.links.get("paper", "")) or "")


def _formal(venue: str, doi: str) -> Publication | None:
    """The kind of venue; None if it is none that publishes."""
    if _SERVER.match(venue) or _UNPUBLISHED.match(venue):
        return None
    if _JOURNAL.match(venue):
        return Publication.JOURNAL
    if _is_meeting(venue) or _MEETING_DOI.fullmatch(doi):
        return Publication.CONFERENCE
    return Publication.JOURNAL if venue and not _REPOSITORY.match(venue) else None


def _is_meeting(venue: str) -> bool:
    acronym = re.match(r"[A-Za-z0-9]+", _BEFORE_ACRONYM.sub("", venue))
    return bool(_MEETING.search(venue)) or (acronym is not None and acronym[0].upper() in _MEETINGS)
