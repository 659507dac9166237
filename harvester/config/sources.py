"""[harvest.<source>]: how each upstream is asked."""

import re

from pydantic import (
    Field,
    field_validator,
)

from harvester.base.escape import one_line
from harvester.config.section import SettingsSection, WebAddress

SEARCH_TERMS = (
    # the heart and its diseases
    "cardiac", "cardiology", "cardiologist", "cardiovascular", "cardiomyopathy", "cardiotoxicity", "cardiomegaly",
    "cardiothoracic", "cardiopulmonary", "cardiorespiratory", "cardiotocography", "heart", "heartbeat", "myocardial",
    "myocardium", "ventricular", "ventricle", "atrial", "coronary", "arrhythmia", "arrhythmic", "fibrillation",
    "tachycardia", "mitral", "aortic", "aorta",
    # vessels, blood and brain
    "artery", "arterial", "vascular", "vasculature", "vessel", "angiography", "angiogram", "carotid", "stenosis",
    "atherosclerosis", "aneurysm", "hemodynamics", "hemodynamic", "haemodynamics", "haemodynamic", "hypertension",
    "thrombosis", "thrombectomy", "embolism", "cerebrovascular", "stroke", "ischemia", "ischemic", "ischaemic",
    "blood pressure", "blood flow", "pulse wave", "intracranial hemorrhage",
    # signals and images
    "ECG", "EKG", "electrocardiogram", "electrocardiography", "electrocardiographic", "echocardiography",
    "echocardiogram", "echocardiographic", "photoplethysmography", "photoplethysmogram", "PPG", "rPPG",
    "phonocardiogram", "phonocardiography", "seismocardiography", "intravascular", "electrophysiology",
    "electrophysiological", "CCTA", "PTB-XL", "EchoNet", "ACDC",
)  # fmt: skip
DEFAULT_QUERY = " OR ".join(f'all:"{term}"' if re.search(r"\W", term) else f"all:{term}" for term in SEARCH_TERMS)
"""Wide on purpose: the query decides what can be found at all, the classifier what is in scope."""
TAKEN_NAMES = ("arxiv", "arxiv_rss", "arxiv_oai", "huggingface", "catalog")
"""Sources of the store that are no journal's."""


class WebSource(SettingsSection):
    """A source with one address."""

    enabled: bool = True
    url: WebAddress


class ArxivSettings(WebSource):
    """The arXiv query API."""

    url: WebAddress = "https://export.arxiv.org/api/query"
    min_interval: float = Field(default=3.0, ge=0)
    query: str = DEFAULT_QUERY

    @field_validator("query")
    @classmethod
    def _on_one_line(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("it is empty, so arXiv would return nothing")
        return one_line(value)


class OaiSettings(WebSource):
    """arXiv's OAI-PMH, for the completeness audit."""

    url: WebAddress = "https://oaipmh.arxiv.org/oai"


class RssSettings(WebSource):
    """arXiv's announcement feeds."""

    url: WebAddress = "https://rss.arxiv.org/rss"
    categories: tuple[str, ...] = (
        "eess.IV", "eess.SP", "cs.CV", "cs.LG", "q-bio.QM", "physics.med-ph", "stat.ML", "cs.AI",
    )  # fmt: skip


class HuggingFaceSettings(WebSource):
    """Hugging Face's daily papers and paper search."""

    url: WebAddress = "https://huggingface.co"
    queries: tuple[str, ...] = (
        "cardiac", "cardiovascular", "heart", "ECG", "electrocardiogram", "echocardiography", "coronary", "arrhythmia",
        "photoplethysmography", "stroke",
    )  # fmt: skip


class FeedSettings(WebSource):
    """A journal's feed."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    allow_private: bool = False
