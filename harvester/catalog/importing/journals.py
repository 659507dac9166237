"""Journals as lists abbreviate them (ISO 4): ``Nat. Commun.``, ``Eur Heart J``, ``J Am Coll Cardiol``. Pure.

An abbreviated title is told from a person's name and from other words by all of its words at once: each is one that
titles of journals have, and at least one is an abbreviation.
"""

import re

from harvester.catalog.importing.words import word_set

ABBREVIATIONS = word_set(
    """
    acad acta adv ther am anal anat anesth anesthesiol ann annu appl arch arrhythm arrhythmia artif assoc
    atheroscler bioelectron bioeng bioinform biol biomech biomed biophys biosens biosci biotechnol bmc bmj br
    bull can cardiol cardiothorac cardiovasc catheter chem chin circ clin coll commun comput congenit crit
    cryst curr diabetol diagn digit dis disord dtsch echocardiogr ed electr electrocardiol electron
    electrophysiol emerg endocrinol eng engl environ epidemiol ergon esc eur exp fertil fr front funct
    gastroenterol gen genet genom geriatr gerontol gynecol haemost hematol hypertens immunol ind inf inform
    instrum int intell intensiv interact intern interv invest investig ital j jacc jama jpn kardiol lett lond
    mach magn manag math meas mech med metab mol morphol nat natl nephrol netw neurol neuroimaging neurosci npj
    nucl nurs nutr obstet oncol ophthalmol opin opt orthop pathol pediatr perinat perspect pharmacol philos
    phys physiol plos pol preprint prev proc process prog psychiatr psychol qual quant radiat radiol recognit
    rehabil rep res reson respir rev rheumatol rhythmol sci scand sens shap singap soc softw stat struct surg
    symp syst technol telemed theor thorac thromb toxicol trans transl transplant ultrason univ vasc vis"""
)
"""Abbreviated words of journals' titles, in lower case."""
_WHOLE = word_set(
    """
    access ageing aging alzheimers archives artery asia biology biomarkers blood brain cancer cardiogenetics
    cardiology care cell cells central chest circuits circulation clinical control cybernetics data diabetes
    education energy europe european exercise failure genome global graph graphics health heart hypertension
    image imaging implants india internal journal kidney lancet learn lung medicine methods model models nature
    neural neuroimage new north one open outcomes pacific pacing pattern patterns physics pressure programs
    protoc public quality regional report reports review reviews rhythm robot science security sensors signal
    sleep sport sports stroke study theranostics thorax tissue ultrasound valve vessels wave"""
)
"""Whole words that such titles have as well."""
_SMALL = word_set("of and the in for on & et de part a b c d e")
SINGLE = word_set(
    """
    europace hypertension stroke radiology chest heart vessels cardiology thorax cell chaos entropy diagnostics
    cancers electronics bioengineering biosensors applied mathematics symmetry informatics heliyon iscience
    elife gigascience neuroimage neuron diabetologia diabetes atherosclerosis thrombosis physiology anaesthesia
    anesthesiology resuscitation cureus medicina biomedicines tomography healthcare bioinformatics cardiologia
    angiology herz kardiologia nutrients sensors measurement ultrasonics irbm displays computers knowledge
    eurointervention"""
)
"""Journals of a single word, which counts beside a year alone."""
_INNER_CAPITALS = word_set("NeuroImage GigaScience EuroIntervention iScience eLife")
_TOPICS = word_set("hypertension stroke heart vessels cardiology cell chest diabetes atherosclerosis thrombosis")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_PLACE = re.compile(r"\s*\((?:[A-Z][a-z]{1,12}|[A-Z]{2,4})\)")  # "Commun Med (Lond)"
_MOST = 9  # words


def is_abbreviated_journal(text: str) -> bool:
    """Whether a text is a journal's title, abbreviated: ``Nat. Commun.``, ``J Heart``, ``Med Image Anal``."""
    words = _PLACE.sub("", text).replace(".", " ").replace(",", " ").replace(":", " ").split()
    if not 2 <= len(words) <= _MOST or not all(map(_WORD.fullmatch, (word for word in words if word != "&"))):
        return False
    lowered = [word.lower() for word in words]
    if not all(word[0].isupper() or word == "npj" or word in _SMALL for word in words):
        return False
    said = [word for word in lowered if word not in _SMALL]
    known = all(word in ABBREVIATIONS or word in _WHOLE or word == "j" for word in said)
    return known and len(said) > 1 and any(word in ABBREVIATIONS for word in said)


def is_of_one_word(text: str) -> bool:
    """Whether it is the title of a journal in one word, which a year beside it must confirm."""
    return (text.istitle() or text in _INNER_CAPITALS) and text.lower() in SINGLE


def with_full_stop(venue: str) -> str:
    """``Nat. Commun`` with the full stop behind it, as the one before it has."""
    last = venue.rpartition(" ")[2]
    dotted = ". " in venue and (last == "J" or (ends_abbreviated(venue) and not last.isupper()))
    return f"{venue}." if dotted else venue


def is_subject_too(text: str) -> bool:
    """Whether such a title is also what papers are about, as in ``Advances in Stroke 2019``."""
    return text.lower() in _TOPICS


def ends_abbreviated(text: str) -> bool:
    """Whether the last word of a text is one that titles of journals abbreviate with a full stop."""
    last = re.split(r"[\s(\[（,;:/|·]", text)[-1]
    return len(last) > 1 and last[0].isupper() and last.lower() in ABBREVIATIONS
