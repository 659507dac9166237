"""The taxonomy file: its contents, the headings it recognizes, and its error messages."""

import subprocess
import sys
from pathlib import Path

import pytest

from classifiers.errors import TaxonomyError
from classifiers.taxonomy import load_taxonomy, normalise_heading
from tests.classifiers import garden

LABELS = {
    "task": "diagnosis segmentation reconstruction quantification prognosis generation registration enhancement "
    "representation language modelling intervention trustworthy",
    "modality": "ecg echo cmr ccta ct xray ehr ppg pcg intravascular nuclear fundus wearable omics brainmri simulated",
    "disease": "cardiomyopathy mi cad arrhythmia hf valvular chd hypertension pulmonary stroke vascular general",
    "kind": "research review dataset software",
}
HEADINGS = [
    ("task", "Diagnosis 🩺", "diagnosis"),
    ("modality", "* [ECG](#ECG)", "ecg"),
    ("task", "Classification", "diagnosis"),
    ("task", "### Segmentation 🖼️", "segmentation"),
    ("task", "Reconstruction 🏗️", "reconstruction"),
    ("task", "Functional Index Calculation", "quantification"),
    ("modality", "ECG 💓", "ecg"),
    ("modality", "CMRI 🧲", "cmr"),
    ("modality", "CCTA", "ccta"),
    ("modality", "CT", "ct"),
    ("modality", "Electronic Reports", "ehr"),
    ("modality", "Echocardiography", "echo"),
    ("modality", "X-Ray", "xray"),
    ("modality", "X-ray Imaging", "xray"),
    ("modality", "Multi-modal Data", None),
    ("disease", "Cardiomyopathy 💔", "cardiomyopathy"),
    ("disease", "Myocardial Infarction 💥", "mi"),
    ("disease", "Coronary Artery Disease 🩸", "cad"),
    ("disease", "Arrhythmias", "arrhythmia"),
    ("disease", "Heart Failure", "hf"),
    ("disease", "Valvular Disease", "valvular"),
    ("disease", "Congenital Heart Diseases", "chd"),
    ("disease", "Multiple Diseases 🫶", "general"),
    ("kind", "**Reviews 📝**", "review"),
    ("kind", "Related Reviews", "review"),
    ("kind", "", None),
    ("kind", "📝", None),
]


def test_packaged_taxonomy_has_the_labels_of_the_guidelines() -> None:
    taxonomy = load_taxonomy()
    assert {facet.id: sorted(facet.label_ids) for facet in taxonomy.facets} == {
        facet: sorted(ids.split()) for facet, ids in LABELS.items()
    }
    assert [facet.id for facet in taxonomy.facets if facet.exclusive] == ["kind"]


@pytest.mark.parametrize(("facet", "heading", "label"), HEADINGS)
def test_section_names_of_the_seed_list_are_recognised(facet: str, heading: str, label: str | None) -> None:
    found = load_taxonomy().facet(facet).find(heading)
    assert (found.id if found else None) == label


def test_derived_section_is_recognised_and_belongs_to_its_facet() -> None:
    [derived] = load_taxonomy().derived_of("modality")
    assert (derived.id, derived.at_least) == ("multimodal", 2)
    assert derived.matches("Multi-modal Data")
    assert not derived.matches("Multiple Diseases")


def test_every_label_is_found_by_its_own_heading() -> None:
    for facet in load_taxonomy().facets:
        for label in facet.labels:
            assert facet.find(f"### {label.name} {label.emoji}") == label


def test_headings_lose_marks_case_and_emoji() -> None:
    assert normalise_heading("### **X-Ray** 🩻") == normalise_heading("x ray")


def test_unknown_names_list_the_known_ones() -> None:
    taxonomy = load_taxonomy()
    with pytest.raises(TaxonomyError, match=r"unknown facet 'organ'; the known ones are: task, modality"):
        taxonomy.facet("organ")
    with pytest.raises(TaxonomyError, match=r"unknown label of kind 'poem'; the known ones are: research"):
        taxonomy.label("kind", "poem")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema = 1", "schema = 2", r"schema is 2; this program reads schema 1"),
        ("schema = 1", "", r"schema is missing"),
        ("schema = 1", "schema = true", r"schema must be of type int, not bool"),
        ('title = "Awesome Gardens"', 'titel = "x"', r"titel is not a known key"),
        ('definition = "Tomatoes."', 'definition = ""', r"facets\[0\]\.labels\[0\]\.definition is empty"),
        ('definition = "Apples."\n', "", r"facets\[0\]\.labels\[2\]\.definition is missing"),
        ('synonyms = ["tomato"]', 'synonym = ["tomato"]', r"facets\[0\]\.labels\[0\]\.synonym is not a known key"),
        ('synonyms = ["tomato"]', 'synonyms = "tomato"', r"synonyms must be of type list, not str"),
        ('synonyms = ["tomato"]', "synonyms = [3]", r"must contain words only, not 3"),
        ('synonyms = ["tomato"]', 'synonyms = ["🍅"]', r"must contain words only"),
        ('synonyms = ["orchard"]', 'synonyms = ["carrot"]', r"give 'carrot' to both 'carrot' and 'apple'"),
        ('id = "apple"', 'id = "Apple"', r"id is 'Apple'; use lower-case"),
        ('id = "apple"', 'id = "tomato"', r"contains 'tomato' twice"),
        ('id = "crop"', 'id = "scope"', r"id is 'scope', which predictions use for something else"),
        ('id = "crop"', 'id = "kind"', r"facets contains 'kind' twice"),
        ("exclusive = true", 'exclusive = "yes"', r"exclusive must be of type bool, not str"),
        ("[[facets]]", "[[facetts]]", r"facetts is not a known key"),
    ],
)
def test_complaints_name_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = tmp_path / "broken.toml"
    assert old in garden.TAXONOMY
    file.write_text(garden.TAXONOMY.replace(old, new), encoding="utf-8")
    with pytest.raises(TaxonomyError, match=message) as caught:
        load_taxonomy(file)
    assert "broken.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("derived", "message"),
    [
        ('id = "mix"\nfacet = "soil"\nat_least = 2\nname = "Mixed"', r"facet names 'soil', which is not a facet"),
        (
            'id = "apple"\nfacet = "crop"\nat_least = 2\nname = "Mixed"',
            r"id is 'apple', which is already a label of crop",
        ),
        ('id = "mix"\nfacet = "crop"\nname = "Mixed"', r"derived\[0\]\.at_least is missing"),
    ],
)
def test_derived_sections_are_checked(tmp_path: Path, derived: str, message: str) -> None:
    file = tmp_path / "broken.toml"
    file.write_text(f"{garden.TAXONOMY}\n[[derived]]\n{derived}\n", encoding="utf-8")
    with pytest.raises(TaxonomyError, match=message):
        load_taxonomy(file)


def test_missing_and_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=r"nowhere\.toml: cannot read"):
        load_taxonomy(tmp_path / "nowhere.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TaxonomyError, match=r"bytes\.toml: not valid TOML"):
        load_taxonomy(tmp_path / "bytes.toml")


def test_importing_and_reading_versions_loads_no_heavy_library() -> None:
    code = (
        "import sys, classifiers; from classifiers.storage import read_info; read_info();"
        "from classifiers.taxonomy import load_taxonomy; load_taxonomy();"
        "print([m for m in ('numpy', 'scipy', 'sklearn', 'torch', 'transformers', 'harvester') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
