"""TeX in titles and abstracts becomes text, outside formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.sources.arxiv.tex import plain_tex


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
        (r"50\% of \{x\} \& y, CHASE\_DB1, \#3", r"50% of \{x\} & y, CHASE_DB1, #3"),
        (r"costs \$15, then $x\$y$ and \$600", r"costs $15, then $x\$y$ and $600"),
        (r"$80\%$, (95$\%$ CI) and $80\% \pm 2$", r"80%, (95% CI) and $80\% \pm 2$"),
        (
            r"We propose \textbf{\underline{Net}} and \emph{mean} {\em{ad hoc}} {\it old}",
            "We propose Net and mean ad hoc old",
        ),
        (
            r"code at \href{https://git.example.org/a}{\texttt{https://git.example.org/a}}",
            "code at https://git.example.org/a",
        ),
        (r"code \href{https://git.example.org/a_b}{here}", "code here (https://git.example.org/a_b)"),
        (r"100{\mu}m, 6{\deg}, \alpha-wave, 0.9 \pm 0.1, {\Delta}F, {\lambda}", "100μm, 6°, α-wave, 0.9 ± 0.1, ΔF, λ"),
        (r"a model~\citep{Dee18} of \cite[p. 2]{Roe19,Poe20} hearts", "a model of hearts"),
        (r"avg.\ 86\,min, A \\ B, co\-mmon", "avg. 86 min, A B, common"),
        (
            r"\b{eta} amyloid, 0.02\textmu m, 20\textdegree, at \href{https://a.example.org}.",
            "β amyloid, 0.02µ m, 20°, at https://a.example.org.",
        ),
        (
            r"\textcolor{red}{https://a.example.org}, \url{https://b.example.org}",
            "https://a.example.org, https://b.example.org",
        ),
        (r"\name is ours, as \method{} is", r"\name is ours, as \method{} is"),
        ("5% of no TeX at all, and $5", "5% of no TeX at all, and $5"),
        ("a backslash at the end \\", "a backslash at the end \\"),
    ],
)
def test_what_authors_typed(text: str, expected: str) -> None:
    assert plain_tex(text) == expected


@given(st.lists(st.sampled_from(["\\", "$", "{", "}", "textbf", "href", "%", "mu", "(", ")", " ", '"', "o", "em"])))
def test_any_text_ends(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert len(plain_tex(text)) <= len(text) + text.count("href") * 3
