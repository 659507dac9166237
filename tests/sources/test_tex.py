"""Accents typed in TeX become letters, outside mathematics."""

import pytest

from harvester.sources.arxiv.tex import plain_accents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"The Schr\"odinger equation", "The Schrödinger equation"),
        (r"Jos\'e, Jos\'{e} and {\'E}mile", "José, José and Émile"),
        (r"Erd\H{o}s, \v{C}ech, \c{c}a, \r{a}", "Erdős, Čech, ça, å"),
        (r"na\"{\i}ve, na\"\i ve", "naïve, naïve"),
        (r"Stra\ss e, \o rsted, \L{}ukasz, \ss{}", "Straße, ørsted, Łukasz, ß"),
        (r"G\^ateaux, ma\~nana, Poincar\'e", "Gâteaux, mañana, Poincaré"),
        (r"$\alpha\"o$ and \(\'e\), then \"o", r"$\alpha\"o$ and \(\'e\), then ö"),
        (r"\alpha, \omega, 50\% of \{x\} \& y", r"\alpha, \omega, 50\% of \{x\} \& y"),
        ("no TeX at all", "no TeX at all"),
        ("a backslash at the end \\", "a backslash at the end \\"),
    ],
)
def test_accents(text: str, expected: str) -> None:
    assert plain_accents(text) == expected
