"""What a heading without a meaning may mean: labels by name, by synonym, or by likeness of meaning."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from classifiers.taxonomy import Taxonomy, normalise_heading
from harvester.catalog.importing.choices import name_key
from harvester.catalog.importing.no_papers import holds_no_papers
from harvester.catalog.importing.unknown import Unknown

Label = tuple[str, str]
"""Facet and label."""
Named = Callable[[str], Iterable[tuple[Label, str]]]
"""The labels that a text names, each with the words that name it."""
Similar = Callable[[Sequence[str]], Sequence[Mapping[Label, float]]]
"""How similar each text is to each label in meaning, from -1 to 1."""

# Of 45 invented headings, 27 reached the first, 24 of them with the right label; none of the 8 that mean no label did.
_SIMILAR, _PERHAPS = 0.45, 0.30
_MOST_COMPARED = 500  # headings of one import, those with the most papers first: it takes 10 ms each
_MOST_OTHERS = 3
_SPELLED_ALIKE = 0.85  # ratio of difflib: "Segmentaion" and "Segmentation" have 0.96


@dataclass(frozen=True, slots=True)
class Guess:
    """A label, and why: ``name``, ``synonym "detection"`` or ``similar, 0.56``."""

    label: Label
    reason: str

    def __str__(self) -> str:
        return f"{':'.join(self.label)} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The labels proposed for a heading (none: left to the maintainer), and others that come close.

    `skip` proposes to leave the section out; `several` says that labels compete for the same words.
    """

    heading: Unknown
    guesses: tuple[Guess, ...] = ()
    others: tuple[Guess, ...] = ()
    skip: bool = False
    several: bool = False


def propose(unknown: Iterable[Unknown], taxonomy: Taxonomy, named: Named, similar: Similar) -> tuple[Proposal, ...]:
    """A proposal for each heading; `similar` is asked once, and only about those that name no label."""
    proposals = [_by_words(heading, taxonomy, named) for heading in unknown]
    nameless = [n for n, proposal in enumerate(proposals) if not proposal.guesses and not proposal.skip]
    nameless = sorted(nameless, key=lambda n: -proposals[n].heading.papers)[:_MOST_COMPARED]
    found = similar([proposals[n].heading.path[-1] for n in nameless]) if nameless else ()
    for n, scores in zip(nameless, found, strict=False):  # without an encoder there are none
        proposals[n] = _by_meaning(proposals[n].heading, scores, taxonomy)
    return tuple(proposals)


def _by_words(heading: Unknown, taxonomy: Taxonomy, named: Named) -> Proposal:
    text = heading.path[-1]
    if heading.claims:
        guesses = tuple(Guess(label, _reason(label, text, taxonomy)) for label in heading.claims)
        return Proposal(heading, guesses, several=True)
    if holds_no_papers(heading):
        return Proposal(heading, skip=True)
    words = {label: phrase for label, phrase in named(text) if not _is_default(label, taxonomy)}
    guesses = tuple(Guess(label, _reason(label, phrase, taxonomy)) for label, phrase in words.items())
    guesses = guesses or tuple(_misspelt(text, taxonomy))
    chosen, others = _by_facet(guesses, heading.facet)
    chosen, more = _one_of_each_exclusive(chosen, taxonomy)
    phrases = [words.get(guess.label, "").casefold() for guess in chosen]
    return Proposal(heading, chosen, (*others, *more), several=len(set(phrases)) < len(phrases))


def _by_meaning(heading: Unknown, scores: Mapping[Label, float], taxonomy: Taxonomy) -> Proposal:
    ranked = sorted(
        ((score, label) for label, score in scores.items() if score >= _PERHAPS and not _is_default(label, taxonomy)),
        key=lambda pair: (-pair[0], pair[1]),
    )
    within = [pair for pair in ranked if pair[1][0] == heading.facet] or ranked
    best = within[:1] if within and within[0][0] >= _SIMILAR else []
    others = [pair for pair in ranked if pair not in best][:_MOST_OTHERS]
    return Proposal(heading, tuple(map(_similar, best)), tuple(map(_similar, others)))


def _similar(scored: tuple[float, Label]) -> Guess:
    score, label = scored
    return Guess(label, f"similar, {score:.2f}")


def _by_facet(guesses: tuple[Guess, ...], facet: str) -> tuple[tuple[Guess, ...], tuple[Guess, ...]]:
    """Those of the facet that the heading is in, and the others; if there are none of that facet, all come first."""
    own = tuple(guess for guess in guesses if guess.label[0] == facet)
    return (own, tuple(guess for guess in guesses if guess not in own)) if own else (guesses, ())


def _one_of_each_exclusive(
    guesses: tuple[Guess, ...], taxonomy: Taxonomy
) -> tuple[tuple[Guess, ...], tuple[Guess, ...]]:
    """Those that one paper can have, and the rest."""
    kept: dict[str, Guess] = {}
    for guess in guesses:
        facet = taxonomy.facet(guess.label[0])
        kept.setdefault(facet.id if facet.exclusive else ":".join(guess.label), guess)
    return tuple(kept.values()), tuple(guess for guess in guesses if guess not in kept.values())


def _misspelt(text: str, taxonomy: Taxonomy) -> Iterator[Guess]:
    """The label whose name or synonym is spelled almost like the heading."""
    names = _spellings(taxonomy)
    for close in get_close_matches(normalise_heading(text), names, n=1, cutoff=_SPELLED_ALIKE):
        meant, name = names[close]
        if not _is_default(meant, taxonomy):
            yield Guess(meant, f'spelled like "{name}"')


@lru_cache(maxsize=4)
def _spellings(taxonomy: Taxonomy) -> Mapping[str, tuple[Label, str]]:
    """Labels and how they are written, by the normalised name."""
    names: dict[str, tuple[Label, str]] = {}
    for facet in taxonomy.facets:
        for label in facet.labels:
            for name in (label.name, *label.phrases, *label.headings):
                names.setdefault(normalise_heading(name.removesuffix("*")), ((facet.id, label.id), name))
    return names


def _reason(label: Label, phrase: str, taxonomy: Taxonomy) -> str:
    name = taxonomy.label(*label).name
    return "name" if name_key(phrase) == name_key(name) else f'synonym "{phrase}"'


def _is_default(label: Label, taxonomy: Taxonomy) -> bool:
    """Whether every paper has the label unless something else is said."""
    facet = taxonomy.facet(label[0])
    return facet.exclusive and label[1] == facet.labels[0].id
