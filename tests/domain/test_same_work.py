"""One work, one paper: titles as they are compared, authors under several spellings, and what keeps two works apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.domain import same_work as module
from harvester.domain.author_names import common_authors, same_author
from harvester.domain.folding import folded, whole_title
from harvester.domain.papers import LONGEST_TITLE, Author, Paper, arrived
from harvester.domain.same_work import in_conflict, same_title, same_work

LONG = "Deep learning of the electrocardiogram for amyloidosis"


def paper(*names: str, title: str = LONG, by: str = "Ann Doe; Bo Roe", link: str = "") -> Paper:
    authors = tuple(Author(name) for name in by.split("; ") if name)
    return Paper(names, title, authors=authors, links={"paper": link} if link else {})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"Schr\"odinger's heart", "Schrödinger’s heart"),
        (r"Schr\"{o}dingers heart", "Schrodinger's Heart"),
        (r"$\beta$-blockers and \emph{atrial} flutter", "β-blockers and atrial flutter"),
        ("Beta-blockers and atrial flutter", "β-Blockers and Atrial Flutter."),
        (r"$\lambda$ and $\varepsilon$", "λ and ϵ"),
        ("[Original research] Rhythm in sleep", "Rhythm in sleep"),
        ("Sensors, Vol. 26, Pages 101: Rhythm in sleep", "Rhythm in Sleep"),
        ("R$^2$ of strain", "R² of strain"),
        ("Müller and Łukasz", "Muller and Lukasz"),
        ("3D–CT of the heart", "3D-CT of the heart"),
        (r"VO$_2$max from {ECG}", "VO2max from ECG"),
    ],
)
def test_spellings_of_one_title_are_equal(left: str, right: str) -> None:
    assert whole_title(left) == whole_title(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Rhythm in sleep, part I", "Rhythm in sleep, part II"),
        ("Rhythm in sleep", "Rhythm in sleep: a validation study"),
        ("α of strain", "β of strain"),
        ("?!", "…"),
        ("心电图", "心图"),
    ],
)
def test_other_titles_are_not(left: str, right: str) -> None:
    assert whole_title(left) != whole_title(right)


def test_folding_keeps_words_apart_and_repeats_nothing() -> None:
    assert folded("  The Heart—of\tÉmile O’Brien  ") == "the heart of emile obrien"
    assert folded(folded(r"Na\"ive $\alpha$")) == folded(r"Na\"ive $\alpha$")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Jörg Müller", "Jorg Muller", True),
        ("Xiaoli Wang", "Wang Xiaoli", True),
        ("Wang X", "Xiaoli Wang", True),
        ("Kaufman RP, Jr.", "R. P. Kaufman", True),
        ("J. Doe", "Jane Doe", True),
        ("Maria García López", "M. Garcia", True),
        ("J. Doe", "Rick Doe", False),
        ("Li Wang", "Fei Wang", False),
        ("Heart Study Group", "Heart Study Group", True),
        ("", "Jane Doe", False),
    ],
)
def test_an_author_is_known_under_several_spellings(left: str, right: str, same: bool) -> None:
    assert same_author(Author(left), Author(right)) is same


def test_authors_in_common_are_counted_once_each() -> None:
    ours = [Author("Ann Doe"), Author("Bo Roe")]
    assert common_authors(ours, [Author("Roe B"), Author("A. Doe"), Author("C. Poe")]) == 2


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (paper("arxiv:2501.00001"), paper("doi:10.9999/a.1", by="Doe A; Roe B")),
        (paper("arxiv:2501.00001"), paper("doi:10.9999/2025.01.02.99123456")),  # at medRxiv as well
        (paper("doi:10.9999/2025.01.02.99123456"), paper("doi:10.9999/a.1", by="Bo Roe; Cy Poe")),
        (paper("doi:10.9999/rs.3.rs-99123/v1"), paper("doi:10.9999/rs.3.rs-99123/v2")),
        (paper("doi:10.9999/rs.3.rs-99123/v1"), paper("doi:10.9999/2025.01.02.99123456")),
        (paper("pmcid:PMC991"), paper("arxiv:2501.00001", title=LONG.upper())),
        (paper("title:x", by=""), paper("doi:10.9999/a.1")),  # a list names no authors
        (paper("title:x", link="https://h.example/1"), paper("title:y", link="https://h.example/1?rss=yes")),
        (paper("arxiv:2501.00001", title="Cardiac twins"), paper("doi:10.9999/a.1", title="Cardiac Twins")),
    ],
)
def test_records_of_one_work(left: Paper, right: Paper) -> None:
    assert same_work(left, right)
    assert same_work(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (paper("doi:10.9999/a.1"), paper("doi:10.9999/a.2")),
        (paper("arxiv:2501.00001"), paper("arxiv:2501.00002")),
        (paper("pmid:991"), paper("pmid:992")),
        (paper("doi:10.9999/rs.3.rs-99123/v1"), paper("doi:10.9999/rs.3.rs-99124/v1")),
        (paper("arxiv:2501.00001"), paper("doi:10.9999/a.1", by="Cy Poe")),
        (paper("arxiv:2501.00001"), paper("doi:10.9999/a.1", title=f"{LONG} in children")),
        (paper("doi:10.9999/a.1", title="Reply"), paper("pmid:991", title="Reply")),
        (paper("title:reply", title="Reply", by=""), paper("doi:10.9999/a.1", title="Reply", by="")),
        (paper("title:x", link="https://h.example/1"), paper("title:x", link="https://h.example/2")),
        (paper("title:x", by="", link="https://h.example/1"), paper("title:x", by="", link="https://h.example/2")),
    ],
)
def test_records_of_two_works(left: Paper, right: Paper) -> None:
    assert not same_work(left, right)
    assert not same_work(right, left)


def test_a_preprint_and_its_article_are_no_conflict_but_two_articles_are() -> None:
    both = paper("doi:10.9999/2025.01.02.99123456", "doi:10.9999/a.1")
    assert not in_conflict(both, paper("doi:10.9999/a.1"))
    assert in_conflict(both, paper("doi:10.9999/a.2"))


SUBJECTS = (
    "left ventricular ejection fraction from handheld echocardiography",
    "atrial fibrillation in single-lead recordings",
    "coronary artery calcium on chest radiographs",
    "aortic stenosis severity without Doppler",
    "sudden cardiac death after myocardial infarction",
    "pulmonary embolism in contrast-free tomography",
    "carotid plaque vulnerability by ultrasound",
    "fetal heart rate patterns during labour",
    "infarct size from cine magnetic resonance",
    "cardiac amyloidosis in the electrocardiogram",
)
CHANGES = (
    ("{} in adults", "{} in children"),
    ("{} with CT", "{} with MR"),
    ("{}: part I", "{}: part II"),
    ("{} in 2024", "{} in 2025"),
    ("{}", "{}: a validation study"),
    ("{}", "{}, revisited"),
    ("Predicting {}", "Explaining {}"),
    ("Supervised {}", "Unsupervised {}"),
    ("{} at rest", "{} at stress"),
    ("{} and hypertension", "{} and hypotension"),
    ("{} in women", "{} in men"),
    ("{} by one reader", "{} by two readers"),
    ("{} in Asia", "{} in Africa"),
    ("Early {}", "Late {}"),
    ("{} before surgery", "{} after surgery"),
    ("{} with transformers", "{} with convolutions"),
    ("{} (ALPHA)", "{} (BETA)"),
    ("{} in the ICU", "{} in the ED"),
    ("{} with 12 leads", "{} with 3 leads"),
    ("A survey of {}", "A dataset of {}"),
)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize(("first", "second"), CHANGES)
def test_near_misses_of_one_group_stay_two_papers(subject: str, first: str, second: str) -> None:
    """Two hundred pairs by the same authors, alike but for a word."""
    ours = paper("arxiv:2501.00001", title=first.format(subject))
    theirs = paper("doi:10.9999/a.1", title=second.format(subject))
    assert not same_work(ours, theirs)


@pytest.mark.parametrize("word", ["a" * 3200, "ab" * 1600, "a" * 45])
@pytest.mark.parametrize("count", [1, 6, 7, 200])
def test_words_that_nobody_writes_cost_nothing(word: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing two words of 3,200 letters took 51 s, and strangers choose the words, under the store's write lock."""
    letters = 0
    common = module._common_letters

    def counting(left: str, right: str) -> int:
        nonlocal letters
        letters += len(left) + len(right)
        return common(left, right)

    monkeypatch.setattr(module, "_common_letters", counting)
    assert same_title(f"Hearts of {word}", f"Hearts of {word}")
    ours, theirs = " ".join([f"{word}b"] * count), " ".join([f"{word[:-1]}c"] * count)
    assert same_title(ours, theirs) == (len(word) == 45 and count <= 6)
    assert letters <= 2 * 50 * 6


@given(st.text("abcde", max_size=12), st.text("abcde", max_size=12))
def test_letters_in_common_are_counted_right(left: str, right: str) -> None:
    def longest(ours: str, theirs: str) -> int:
        if not ours or not theirs:
            return 0
        if ours[0] == theirs[0]:
            return 1 + longest(ours[1:], theirs[1:])
        return max(longest(ours[1:], theirs), longest(ours, theirs[1:]))

    assert module._common_letters(left[:8], right[:8]) == longest(left[:8], right[:8])


def test_whatever_brings_a_paper_its_text_is_clean_and_no_title_without_end() -> None:
    odd = "a\ufffe\u202e\x00b\n"
    paper = Paper(
        ("title:x",), odd + "t" * 5000, odd, (Author(odd),), venue=odd, comment=odd, links={"paper": f"https://{odd}"}
    )
    found = arrived(paper)
    assert len(found.title) == LONGEST_TITLE
    assert (found.abstract, found.authors[0].name, found.venue, found.comment) == ("ab",) * 4
    assert found.links == {"paper": "https://ab"}
