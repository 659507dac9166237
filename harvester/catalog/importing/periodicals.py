"""Whether a text is the name of a journal or a conference by the words that such names have. Pure.

Names of subjects are no sign of one: titles of papers end in ``in Cardiology`` and ``Cardiac Imaging`` as well.
"""

import re

from harvester.catalog.importing.words import word_set

_SIGNS = re.compile(
    r"\b(?:journal|j\.\s+(?:am|med|clin|cardio\w*|biomed|electro\w*|appl|comput)\b|trans(?:actions|\.)|conference|conf\.|"
    r"proceedings|proc\.|letters|workshop|symposium|magazine|annals|archives|bulletin|frontiers|ieee|acm|springer|"
    r"elsevier|revista|congreso)(?!\w)|学报|期刊|雑誌|学会|会议",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"\b(?:nature|lancet|circulation|science|medicine|imaging|informatics|cardiology)(?!\w)", re.IGNORECASE
)
_NAMES_FIRST = re.compile(
    r"(?:the )?(?:nature|lancet|circulation|science|jacc|radiology|npj|artificial intelligence in|"
    r"comput(?:ing|ers) in|computers in biology and|magnetic resonance in|physics in|statistics in|informatics in|"
    r"ultrasound in|seminars in|current opinion in|trends in cardiovascular|information processing in|"
    r"medical imaging with deep|functional imaging and|engineering in|imaging in)\b",
    re.IGNORECASE,
)
"""How such names begin."""
_FEW = 3  # words of a name that has a subject's alone
_METHODS = word_set(
    """
    a an deep neural machine learning network networks model models foundation transformer transformers diffusion graph
    graphs generative self-supervised supervised unsupervised bayesian contrastive federated multimodal multi-modal
    explainable interpretable uncertainty segmentation classification detection reconstruction registration prediction
    agents survey review towards toward using via with from for to in of on as
    """
)
"""Words that short names of journals do not have, but titles do."""


def is_periodical(text: str) -> bool:
    """Whether a text has a word that names of journals and conferences have."""
    if _SIGNS.search(text):
        return True
    if not _SUBJECTS.search(text) or re.search(r":\s+An?\s", text):
        return False
    words = text.lower().split()
    return bool(_NAMES_FIRST.match(text)) or (len(words) <= _FEW and not any(word in _METHODS for word in words))
