"""What an entry is to a bibliography, for venues as lists and services write them."""

import pytest

from harvester.catalog.entry import Entry
from harvester.catalog.export.publication import Publication, doi_of, publication
from harvester.domain.labels import Labels

JOURNALS = """
Nature Medicine; Circulation; IEEE TRANSACTIONS ON MEDICAL IMAGING; Medical Image Analysis 99 (2025); PNAS; IEEE Access
Proceedings of the National Academy of Sciences; Proceedings of the IEEE; Proceedings of the IEEE 110; JACC; Radiology
Proc. Natl. Acad. Sci. U.S.A.; Mayo Clinic Proceedings; Scientific Data; Journal of Machine Learning Research
Proceedings of the ACM on Interactive, Mobile, Wearable and Ubiquitous Technologies; IEEE Signal Processing Letters
The Lancet Digital Health; Annals of Biomedical Engineering; Transplantation Proceedings; communications medicine
University Journal of Hearts; Springer Hearts
Journal of Cardiac Meetings; Heart Rhythm; Cardiovascular Digital Health Journal; PLOS ONE
"""
CONFERENCES = """
MICCAI; MICCAI 2024; Miccai; in MICCAI Workshop; CVPR'23; CVPR’23; IEEE/CVF CVPR 2022; IEEE ISBI; NeurIPS; NIPS 2017
NeurIPS 2023 Datasets and Benchmarks; CinC 2020; Computing in Cardiology; ACM KDD; ACL; INTERSPEECH; EMBC-2021
Lecture Notes in Computer Science; Proceedings of Machine Learning Research; Workshop on Hearts; STACOM@MICCAI
Proceedings of the IEEE/CVF Conference on Computer Vision; International Conference on Learning Representations
Medical Image Computing and Computer Assisted Intervention – MICCAI 2023; Heart Rhythm Annual Meeting
JMLR Workshop and Conference Proceedings; Advances in Neural Information Processing Systems; Proc. SPIE 12464
Medical Imaging with Deep Learning; Functional Imaging and Modeling of the Heart; Medical Imaging 2022: Image Processing
Statistical Atlases and Computational Models of the Heart; Machine Learning for Healthcare; ACM SIGKDD
International Symposium on Biomedical Imaging; PhysioNet/Computing in Cardiology Challenge 2020
"""
PREPRINTS = """
arXiv; Arxiv; arXiv preprint arXiv:2401.00001; CoRR abs/2401.00001; medRxiv; bioRxiv 2024; ChemRxiv; TechRxiv
Research Square; Research Square (preprint); SSRN Electronic Journal; Preprints.org; OSF Preprints; Authorea; OpenReview
"""
OTHERS = """; Zenodo; PhysioNet; Figshare; GitHub repository; Under review at MICCAI; PhD thesis, Beatville; unpublished
University of Tides; Springer"""


def titles(text: str) -> list[str]:
    return [title.strip() for line in text.strip().split("\n") for title in line.split(";")]


def kind_of(venue: str, name: str = "title:x", kind: str = "research") -> Publication:
    return publication(Entry(name, "X", Labels({"kind": (kind,)}), venue=venue))


@pytest.mark.parametrize("venue", titles(JOURNALS))
def test_journals(venue: str) -> None:
    assert kind_of(venue) is kind_of(venue, "arxiv:2401.00001", "dataset") is Publication.JOURNAL


@pytest.mark.parametrize("venue", titles(CONFERENCES))
def test_conferences(venue: str) -> None:
    assert kind_of(venue) is kind_of(venue, "arxiv:2401.00001", "review") is Publication.CONFERENCE


@pytest.mark.parametrize("venue", titles(PREPRINTS))
def test_preprints(venue: str) -> None:
    assert kind_of(venue) is Publication.PREPRINT
    assert kind_of(venue, kind="software") is Publication.SOFTWARE


@pytest.mark.parametrize("venue", titles(OTHERS))
def test_what_no_venue_tells(venue: str) -> None:
    assert kind_of(venue) is Publication.OTHER
    assert kind_of(venue, "arxiv:2401.00001") is Publication.PREPRINT
    assert kind_of(venue, kind="dataset") is Publication.DATASET


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("doi:10.1007/978-3-030-59725-2_12", Publication.CONFERENCE),
        ("doi:10.1109/isbi48211.2021.9433902", Publication.CONFERENCE),
        ("doi:10.1109/tmi.2020.2968472", Publication.OTHER),
        ("doi:10.1101/2020.04.01.123456", Publication.PREPRINT),
        ("doi:10.21203/rs.3.rs-123456", Publication.PREPRINT),
        ("pmid:12345", Publication.OTHER),
    ],
)
def test_what_a_doi_tells(name: str, expected: Publication) -> None:
    assert kind_of("", name) is expected


def test_the_doi_in_the_papers_address_counts() -> None:
    entry = Entry("arxiv:2401.00001", "X", Labels({}), links={"paper": "https://doi.org/10.1000/a_b"})
    assert doi_of(entry) == "10.1000/a_b"
    preprint = Entry("title:x", "X", Labels({}), links={"paper": "https://arxiv.org/abs/2401.00001"})
    assert publication(preprint) is Publication.PREPRINT
