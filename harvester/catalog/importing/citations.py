"""Author and year as a text cites them: ``García et al., 2021``; and people behind ``by``. Pure."""

import re
from dataclasses import dataclass

from harvester.catalog.importing.dates import date_of, is_known_venue, is_venue, place_and_year
from harvester.catalog.importing.eastern_names import is_eastern, is_lone_name
from harvester.catalog.importing.journals import is_of_one_word
from harvester.catalog.importing.names import is_surname, names_of
from harvester.catalog.importing.towns import is_town
from harvester.catalog.importing.words import plain, word_set
from harvester.catalog.published import Published

_YEAR = re.compile(r"(?P<who>.{2,120}?)(?P<comma>[\s,，;]+|(?<=[等ら]))(?P<year>(?:19|20)\d\d)(?:[a-z]\b)?年?\.?")
_WITH_PLACE = re.compile(r"(?P<who>.{2,120}?)[,，;]\s*(?P<place>[^,，;]{2,60}\d{2})")
_OTHERS = re.compile(r"[,，]?\s*(?:\bet\.? al\b\.?|\band others\b|\by otros\b|等人?|ら)\s*[,，]?\s*\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,，、;]\s*(?:(?:and|y|und|et|&)\s+)?|\s(?:and|y|und|et)\s|\s?&\s?)\s*", re.IGNORECASE)
BY = re.compile(r"(?:written\s+)?(?:by|por|par)\s+(?=\S)", re.IGNORECASE)
"""What leads to authors."""
BY_INSIDE = re.compile(rf"\s+{BY.pattern}", re.IGNORECASE)
_BY_BEHIND = re.compile(r"[,，]?\s+(?:by|por|par)\s+(?P<who>[^,，;:?!]+(?:[,，;][^:?!]+)?)\Z")
_IN_SENTENCES = re.compile(
    r"\b(?!(?:with|from|into|onto|than|that|over|under|between|using|towards?|through|without)\b)[a-zà-ÿ]{4,}"
)
"""A word in lower case that has a capital where all words of a title have one."""
_METHODS = word_set(
    """
    active adversarial attention bayes bayesian boosting bootstrap carlo classification clustering components
    computed contour contours contrast contrastive convolutional cross cuts decision decomposition detection
    diffusion distillation domain dual ensemble ensembles estimation feature features federated few field
    fields filter filtering filters forest forests fourier fusion fuzzy gated gaussian generative graph graphs
    hidden hough imaging inference information knowledge kalman level linear long machine machines magnetic
    manifold markov matching maximum mixture mixtures modal monte multi multiple mutual nearest neighbor
    neighbors neighbour neighbours optical optimal phase point points principal process processes prompt random
    recurrent registration regression reinforcement resonance self semi sequence sets shape shapes shot signal
    sparse state statistical supervised supervision support swarm temporal tomography transfer transform
    transformer transformers transforms transport tree trees unsupervised variational vector vectors vision
    wave wavelet wavelets"""
)
_METHOD = re.compile(r"\w+(?:isation|ization|ation|based|networks?|nets?|models?)")


@dataclass(frozen=True, slots=True)
class Cited:
    """Whom a text cites, and of when; `venue` is "" unless it says that as well, `town` is where it was presented."""

    authors: tuple[str, ...]
    published: Published
    venue: str = ""
    town: str = ""


def cited(text: str) -> Cited | None:
    """``García, 2021``, ``Dee & Poe, 2021a``, ``Dee et al., MICCAI 2021``, ``王小丽等，2021``, and ``Lisbon, 2021``.

    None for other texts.
    """
    text = plain(text).strip(" .,;")
    if len(text) > 160 or not re.search(r"\d{2}", text) or date_of(text):
        return None
    if found := _YEAR.fullmatch(text):
        who = found["who"].strip(" ,，;")
        if is_town(who):
            return Cited((), Published(int(found["year"])), town=who.removeprefix("in "))
        sure = not re.fullmatch(r"\s+", found["comma"])
        if (authors := _cited_people(who, sure=sure)) and not (is_venue(who) and not _OTHERS.search(who)):
            return Cited(authors, Published(int(found["year"])))
    if found := _WITH_PLACE.fullmatch(text):
        placed = place_and_year(found["place"])
        authors = _cited_people(found["who"].strip(), sure=True)
        if placed and authors:
            return Cited(authors, placed[0], placed[1])
    return None


def _cited_people(text: str, *, sure: bool) -> tuple[str, ...]:
    """The names of people, or their surnames alone; `sure` says that a comma sets them apart from the year."""
    if is_known_venue(text) or is_of_one_word(text):
        return ()
    others = bool(_OTHERS.search(text))
    parts = [part for part in _BETWEEN.split(_OTHERS.sub("", text)) if part]
    if found := names_of(text):
        return found if sure or others or len(found) > 1 else ()
    if not parts or not all(map(_is_cited_name, parts)) or not (sure or others or len(parts) > 1):
        return ()
    return tuple(parts)


def _is_cited_name(part: str) -> bool:
    return is_lone_name(part) if is_eastern(part) else is_surname(part) or bool(names_of(part))


def people_behind_by(title: str) -> int:
    """Where ``, by Alice Roe and Bob Poe`` starts at the end of a title; -1 if it does not, or may be a method."""
    found = _BY_BEHIND.search(title)
    people = names_of(found["who"]) if found else ()
    if not found or not people or not title[: found.start()].strip():
        return -1
    words = [word.strip(".").lower() for name in people for word in re.split(r"[\s-]+", name)]
    if any(word in _METHODS or _METHOD.fullmatch(word) for word in words):
        return -1
    comma = found.group().startswith((",", "，"))
    initials = bool(re.search(r"\b[A-Z]\.|\bet al\b", found["who"])) or all(map(is_eastern, people))
    in_sentences = bool(_IN_SENTENCES.search(title[: found.start()]))
    return found.start() if comma or initials or in_sentences or len(people) > 1 else -1
