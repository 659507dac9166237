"""The search of the interface and of the site: one file of vectors for both, the site's in a real browser."""

import itertools
import json
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from harvester.catalog.entry import Entry
from harvester.catalog.published import Published
from harvester.catalog.search import FORGIVING, Finder, Words, nearly_same, words
from harvester.catalog.site.files import framed, site
from harvester.catalog.site.known import Known
from harvester.domain.labels import Labels

from .strategies import FACETS, TAXONOMY

VECTORS = json.loads(Path(__file__).with_name("search_vectors.json").read_text(encoding="utf-8"))
NONE: dict[str, tuple[str, ...]] = {facet.id: () for facet in FACETS}
FIND = """async (queries) => {
  const { Search } = await import("./assets/search.js");
  const { fetched, load } = await import("./assets/data.js");
  const data = await load();
  data.abstracts = await fetched("data/abstracts.json");
  const search = new Search(data);
  return queries.map((query) => {
    const scores = search.find(query);
    const found = data.id.map((id, paper) => ({ id, score: scores ? scores[paper] : 1 })).filter((it) => it.score);
    return found.sort((a, b) => b.score - a.score).map((it) => it.id);
  });
}"""


def _entry(number: int, document: dict[str, Any]) -> Entry:
    """Dates descend, so that newest first is the order of the file."""
    published = Published(2024 - number)
    labels = Labels({"kind": ("research",), **{name: tuple(held) for name, held in document.get("labels", {}).items()}})
    return Entry(document["id"], document["title"], labels, tuple(document["authors"]), published, document["venue"])


ENTRIES = [_entry(number, document) for number, document in enumerate(VECTORS["documents"])]
ABSTRACTS = {document["id"]: document.get("abstract", "") for document in VECTORS["documents"]}
KNOWN = {name: Known(text, "arXiv", "https://arxiv.org") for name, text in ABSTRACTS.items()}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    folder = tmp_path_factory.mktemp("searched")
    for name, make in site(framed(ENTRIES, TAXONOMY), lambda: KNOWN).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())
    return serve(folder)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["about"])
def test_the_interface_finds(case: dict[str, Any]) -> None:
    found = Finder(ENTRIES, TAXONOMY, ABSTRACTS).find(case["query"])
    assert [ENTRIES[number].id for number in found] == case["finds"]


def test_a_word_that_a_query_repeats_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask, and each look-up goes through all words."""
    finder, asked = Finder(ENTRIES, TAXONOMY, ABSTRACTS), list[str]()
    meant = finder._meant
    monkeypatch.setattr(finder, "_meant", lambda word: asked.append(word) or meant(word))
    finder.find(f"a{'-a' * 50}{' a' * 50}")
    assert asked.count("a") == 2, "as a part of a compound, and alone"


def test_a_finder_that_follows_another_finds_what_a_new_one_does() -> None:
    """What was taken out or reads otherwise now is found no more, and forgives no letter."""
    finder, queries = None, ["old", "nwe", *(case["query"] for case in VECTORS["cases"]), *(one.id for one in ENTRIES)]
    edited = [replace(entry, title=f"{entry.title} old") for entry in ENTRIES]
    mended = [replace(entry, title=f"{entry.title} new") for entry in ENTRIES[::2]]
    for entries in (ENTRIES, [*edited[:2], *ENTRIES[3:]], ENTRIES[1:], mended, edited):
        finder, anew = Finder(entries, TAXONOMY, ABSTRACTS, finder), Finder(entries, TAXONOMY, ABSTRACTS)
        assert [finder.find(query) for query in queries] == [anew.find(query) for query in queries]


def test_the_site_finds(page: Page, url: str) -> None:
    page.goto(url)
    found = page.evaluate(FIND, [case["query"] for case in VECTORS["cases"]])
    expected = {case["about"]: case["finds"] for case in VECTORS["cases"]}
    assert dict(zip(expected, found, strict=True)) == expected


def test_site_and_interface_read_every_character_alike(page: Page, url: str) -> None:
    """All characters that Python's Unicode version assigns, inside a word; a newer browser knows more."""
    assigned = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    texts = [f"a{character}b" for character in assigned if unicodedata.category(character) != "Co"]
    page.goto(url)
    script = "async (texts) => { const { words } = await import('./assets/search.js'); return texts.map(words); }"
    read = page.evaluate(script, texts)
    assert {text: got for text, got in zip(texts, read, strict=True) if got != words(text)} == {}


def test_site_and_interface_forgive_alike(page: Page, url: str) -> None:
    beside = ("heart", "hart", "heaart", "haert", "heert", "ehart", "hear", "h", "", "hte", "trahe")
    pairs = [("heart", word) for word in beside]
    pairs += [("ab", "ba"), ("abc", "cba"), ("abcd", "abdc"), ("aa", "aaa"), ("abcd𐌰", "abcd𐌱"), ("abc𐌰", "abc")]
    page.goto(url)
    script = "pairs => import('./assets/search.js').then(it => pairs.map(([a, b]) => it.nearlySame(a, b)))"
    assert page.evaluate(script, pairs) == [nearly_same(*pair) for pair in pairs]


WORDS = st.text("ab𐌰", max_size=8)


@given(st.sets(WORDS, max_size=40), WORDS)
def test_few_words_are_compared_and_none_is_missed(known: set[str], word: str) -> None:
    """Only words that begin or end like the one asked for are compared with it; here all are."""
    expected = {other for other in known if max(len(other), len(word)) >= FORGIVING and nearly_same(word, other)}
    assert Words(known).nearly(word) == expected
    assert set(Words(known).starting(word)) == {other for other in known if other.startswith(word)}


def test_the_site_compares_few_words_and_misses_none(page: Page, url: str) -> None:
    """Every word of three letters, one of which a browser keeps as two, up to the length of five, and some longer."""
    short = ["".join(letters) for length in range(1, 6) for letters in itertools.product("ab𐌰", repeat=length)]
    known = [*short, "heart", "hear", "haert", "earth", "hearts", "𐌰heart", "heat", "beart", "hea𐌰rt", "hea𐌰t"]
    asked = [*short[::7], "heart", "hea𐌰rt", "aabaab", "a𐌰b𐌰ba", "𐌰𐌰𐌰𐌰𐌰", "hea", "eharts"]
    script = """([known, asked]) => import("./assets/search.js").then(({ Words }) => {
      const words = new Words(known);
      return asked.map((word) => [...words.nearly(word)]);
    })"""
    page.goto(url)
    found = page.evaluate(script, [known, asked])
    compared = Words(known)
    assert [sorted(some) for some in found] == [sorted(compared.nearly(word)) for word in asked]
    assert sum(map(len, found)) > 500
