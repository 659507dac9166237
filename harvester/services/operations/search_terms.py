"""The words of a taxonomy that upstreams are asked for: they search for whole words, and a taxonomy may have stems.

`*` stands for any ending, and arXiv documents no search for prefixes. The taxonomy's own words supply the endings:
"cardiac abnormalit*" is asked for as "cardiac abnormalities" if that stands in a definition.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from classifiers.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """Whole words and phrases, and the starred synonyms for which the taxonomy has no whole word."""

    terms: tuple[str, ...]
    unexpanded: tuple[str, ...]


def search_terms(taxonomy: Taxonomy) -> SearchTerms:
    """The scope synonyms, each starred one replaced by what it matches in the taxonomy, in their order."""
    texts = [text for text in _texts(taxonomy) if "*" not in text]
    terms: dict[str, str] = {}
    unexpanded = []
    for synonym in taxonomy.scope.synonyms:
        found = _matches(synonym, texts) if "*" in synonym else [synonym]
        for term in found:
            plain = term.replace('"', "")
            terms.setdefault(plain.casefold(), plain)
        if not found:
            unexpanded.append(synonym)
    return SearchTerms(tuple(terms.values()), tuple(unexpanded))


def _matches(synonym: str, texts: list[str]) -> list[str]:
    """What the synonym matches in the texts, each once, in its first spelling."""
    words = (r"[\w-]*".join(map(re.escape, word.split("*"))) for word in synonym.split())
    pattern = re.compile(r"(?<![\w-])" + r"\s+".join(words) + r"(?![\w-])", re.IGNORECASE)
    found = (" ".join(match.split()) for text in texts for match in pattern.findall(text))
    return list({match.casefold(): _spelled(match, synonym) for match in found}.values())


def _spelled(match: str, synonym: str) -> str:
    """Without the capital of a sentence's first word."""
    return match if synonym != synonym.casefold() else match.casefold()


def _texts(taxonomy: Taxonomy) -> Iterator[str]:
    yield from (taxonomy.title, taxonomy.scope.definition, *taxonomy.scope.synonyms)
    for facet in taxonomy.facets:
        yield facet.name
        for label in facet.labels:
            yield from (label.name, label.definition, *label.synonyms, *label.headings)
    for section in taxonomy.derived:
        yield from (section.name, section.definition, *section.synonyms)
