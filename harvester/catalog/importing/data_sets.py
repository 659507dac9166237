"""What lists say of data sets: how many recordings they hold. Pure."""

import re

_COUNT = re.compile(
    r"[\s,，:：(（|–—-]*(?:about |over |more than |~|>|approx\.? )?\d[\d.,]*\s?[kKMm万]?\+?[\s-]+"
    r"(?:[\w-]+\s+){0,3}?(?:recordings?|records?|patients?|"
    r"subjects?|scans?|exams?|examinations?|cases|images|videos?|ecgs?|studies|volumes|beats|leads?|hours?|participants|"
    r"people|persons|echocardiograms?|echos?|slices|frames|annotations?|samples|segments|hospitals|classes|categories|gb|"
    r"cines?|individuals|volunteers|reports|questions|signals|waveforms|angiograms|electrocardiograms|stays|admissions|"
    r"adults|children|clips|sequences|meshes|sites|centers|centres)\b"
    r"|[\s,，:：(（|–—-]*\d[\d.,]*\s?[万千]?\+?\s?(?:例|条|名|张|个|份|段|人|件|枚|건|명|개)",
    re.IGNORECASE,
)
"""How much a data set holds: ``, 6,877 recordings``."""


def is_counted(text: str, start: int = 0) -> bool:
    """Whether a text says from a place on how much a data set holds."""
    return bool(_COUNT.match(text, start))
