"""What an abstract says was done and found, whatever its shape. All abstracts here are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.digest.extracts import LONGEST_EXTRACT, extract, shorten
from harvester.services.digest.sending import send_digests
from tests.conftest import both_databases
from tests.room import Room, Sink, text_of

WHY = "Heart failure is a leading cause of death worldwide."
OFTEN = "Deep learning has changed many fields of science."
BUT = "However, labels remain scarce."
DID = "We propose HeartNet, a network that learns from reports."
HOW = "It has three heads and one encoder."
FOUND = "On 4,000 echocardiograms it reaches a Dice score of 0.93."
SO = "This may help in clinical practice."
CODE = "Code is available at https://github.com/invented/heartnet."


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("   ", "", id="blank"),
        pytest.param(DID, DID, id="one sentence"),
        pytest.param("no end", "no end", id="no sentence"),
        pytest.param(f"{WHY} {DID}", f"{WHY} {DID}", id="two"),
        pytest.param(f"{WHY} {OFTEN} {BUT} {DID} {HOW} {FOUND} {SO} {CODE}", f"{DID} … {FOUND}", id="plain"),
        pytest.param(f"{WHY} {BUT} {DID} {FOUND}", f"{DID} {FOUND}", id="side by side"),
        pytest.param(f"{DID} {HOW} {FOUND} {CODE}", f"{DID} … {FOUND}", id="begins with what was done"),
        pytest.param(
            f"{WHY} In 1,200 patients the AUC was 0.91. {BUT} We trained a network on their ECGs.",
            "In 1,200 patients the AUC was 0.91. … We trained a network on their ECGs.",
            id="found before done",
        ),
        pytest.param(
            "This survey covers ten years. We review 214 papers. Most report accuracy above 90%. Few share code.",
            "We review 214 papers. Most report accuracy above 90%.",
            id="survey",
        ),
        pytest.param("Cats sleep. Dogs bark. Birds sing. Fish swim.", "Dogs bark. … Fish swim.", id="no cue"),
    ],
)
def test_what_was_done_and_found(abstract: str, expected: str) -> None:
    assert extract(abstract) == expected


BACKGROUND = "Heart failure is common."
METHODS = "A network was trained on 1,200 ECGs."
RESULTS = "The AUC was 0.91."
CONCLUSION = "Such networks improve screening."
SHOWN = f"{METHODS} {RESULTS}"


@pytest.mark.parametrize(
    "abstract",
    [
        f"Background: {BACKGROUND} Methods: {METHODS} Results: {RESULTS} Conclusion: {CONCLUSION}",
        f"BACKGROUND: {BACKGROUND} METHODS: {METHODS} RESULTS: {RESULTS} CONCLUSIONS: {CONCLUSION}",
        f"BACKGROUND {BACKGROUND} METHODS {METHODS} RESULTS {RESULTS} CONCLUSIONS {CONCLUSION}",
        f"Background {BACKGROUND} Methods {METHODS} Results {RESULTS} Conclusions {CONCLUSION}",
        f"Background. {BACKGROUND} Methods. {METHODS} Results. {RESULTS} Conclusion. {CONCLUSION}",
        f"Background - {BACKGROUND} Methods - {METHODS} Results - {RESULTS} Conclusion - {CONCLUSION}",
        f"Background:{BACKGROUND}Methods:{METHODS}Results:{RESULTS}Conclusion:{CONCLUSION}",
        f"Introduction: {BACKGROUND} Materials and Methods: {METHODS} Findings: {RESULTS} Interpretation: {CONCLUSION}",
        f"Background: {BACKGROUND} Methods and Results: {METHODS} {RESULTS} Conclusion: {CONCLUSION}",
        f"Importance: {BACKGROUND} Design: {METHODS} Results: {RESULTS} Trial registration: NCT00000000.",
        f"Background: {BACKGROUND} Methods: {METHODS} Results: {RESULTS} Funding: The Heart Fund improved it by 3%.",
    ],
)
def test_headings_decide_and_are_not_shown(abstract: str) -> None:
    assert extract(abstract) == SHOWN


def test_words_of_a_sentence_are_no_heading() -> None:
    assert extract("Methods of this kind are old. We test three. They fail in 4% of cases. So it is.") == (
        "We test three. They fail in 4% of cases."
    )


def test_a_long_sentence_is_cut_and_never_for_the_other() -> None:
    long, short = "We train " + "very " * 200 + "long.", "The AUC was 0.91."
    seen = extract(f"{WHY} {long} {BUT} {short}")
    assert len(seen) <= LONGEST_EXTRACT
    assert seen.startswith("We train very")
    assert seen.endswith(f"… … {short}") or seen.endswith(f"… {short}")


@given(st.lists(st.sampled_from([*"abZ.:;… \n", WHY, DID, "Results: ", "METHODS ", "שלום", "心"]), max_size=60))
def test_any_text_gives_a_short_extract_of_its_own_words(pieces: list[str]) -> None:
    text = " ".join("".join(pieces).split())
    seen = extract(text)
    assert len(seen) <= LONGEST_EXTRACT
    assert set(seen.lower()) <= {*text.lower(), "…", " "}
    assert (
        bool(seen) or not any(char.isalnum() for char in text) or "result" in text.lower() or "method" in text.lower()
    )


def test_fifty_thousand_letters() -> None:
    for text in ("x" * 50_000, "we " * 16_000, "Results " * 6_000, f"{WHY} {DID} {FOUND} " + "More of it. " * 4_000):
        assert 0 < len(extract(text)) <= LONGEST_EXTRACT


@both_databases
def test_the_mail_shows_it_without_a_model(room: Room, smtp: Sink) -> None:
    room.subscribe("jo@example.org")
    room.accept("A title", modality="cmr", known={"abstract": f"{WHY} {BUT} {DID} {HOW} {FOUND} {CODE}"})
    assert send_digests(room.ws).sent == 1
    words = " ".join(text_of(smtp.messages[0]).split())
    assert f"{DID} … {FOUND}" in words
    assert WHY not in words


def test_cut_at_a_word() -> None:
    assert shorten("one two three", 20) == "one two three"
    assert shorten("one two three", 10) == "one two…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"
