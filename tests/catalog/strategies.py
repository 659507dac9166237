"""Hostile entries for property tests."""

import string
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from classifiers.taxonomy import Facet, load_taxonomy
from harvester.catalog.entry import Entry
from harvester.catalog.published import Published
from harvester.domain.labels import Labels

fewer = settings(max_examples=settings().max_examples // 3)
"""For a test each of whose examples is several papers."""

TAXONOMY = load_taxonomy()
FACETS = [facet for facet in TAXONOMY.facets if facet.id != "kind"]

# What has broken lists, tables and files before.
_HOSTILE = [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "](http://evil.example)", "**", "*", "__", "_", "`",
    "```", "~~~", "\\", "\\\\", "\\]", "#", "\n# Reviews\n", "\n\n", "\r\n", "\r", "\t", "\v", "\f", "\x00",
    "\x1b[31m", "\x7f", "\x85", "\u2028", "<!--", "-->", "&amp;", "&lt;", "&#35;", "&copy", "& ", "&",
    "![i](http://e.example/i.png)", "[2024]", "[[Paper](http://e.example)]", "'''", '"""', '"', "'", "\\u0041",
    "\\n", "= 1", "[links]", "{{ 7 * 7 }}", "{% raw %}", "$x$", "| a | b |", "- ", "1. ", "...", "---", "===",
    "\ufffe", "\uffff", "\U0001ffff", "\ufdd0", "\u2067",
    "\u202e", "\u200b", "\ufeff", "\u1fef", "e\u0301", "É", "“é", "心电图", "🫀", "<a href='javascript:x'>", "</a>",
    "onload=", "%0a",
]  # fmt: skip
hostile = st.lists(st.sampled_from(_HOSTILE) | st.text(max_size=6), max_size=8).map("".join)
titles = st.tuples(hostile, st.text(string.ascii_letters, min_size=1, max_size=4), hostile).map("".join)

addresses = st.one_of(
    st.builds("https://example.org/{}".format, hostile),
    st.sampled_from(
        [
            "javascript:alert(1)",
            "https://arxiv.org/abs/2307.06312",
            "https://github.com/a/b",
            "HTTP://E.example/(a)?b=1&c=2",
        ]
    ),
    hostile,
)
published = st.one_of(
    st.just(Published()),
    st.builds(Published, st.integers(1900, 2100)),
    st.builds(Published, st.integers(1900, 2100), st.integers(1, 12)),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(Published.of),
)
identifiers = st.one_of(
    st.builds("arxiv:{:04}.{:05}".format, st.integers(701, 2612), st.integers(1, 99999)),
    st.builds("arxiv:hep-th/{:07}".format, st.integers(1, 9912999)),
    st.builds("doi:10.{}/x{}".format, st.integers(1000, 9999), st.integers(1, 10**9)),
    st.builds("title:t{}".format, st.integers(1, 10**9)),
)


def _some_of(facet: Facet) -> st.SearchStrategy[tuple[str, ...]]:
    """Labels of one facet, in its order."""
    chosen = st.sets(st.sampled_from(facet.label_ids), max_size=4)
    return chosen.map(lambda given: tuple(label for label in facet.label_ids if label in given))


labels = st.builds(
    Labels,
    st.fixed_dictionaries(
        {facet.id: _some_of(facet) for facet in FACETS}
        | {"kind": st.sampled_from(TAXONOMY.facet("kind").label_ids).map(lambda label: (label,))}
    ),
)
entries = st.builds(
    Entry,
    id=identifiers,
    title=titles,
    labels=labels,
    authors=st.lists(hostile, max_size=3).map(tuple),
    published=published,
    venue=hostile,
    note=hostile,
    links=st.dictionaries(
        st.sampled_from(["paper", "code", "project", "pdf", "paper-2"]) | hostile, addresses, max_size=3
    ),
)
