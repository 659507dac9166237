"""A model as a folder of plain files: safetensors for arrays, JSON and TOML for everything else, never pickle.

`model.json` holds the sha256 of each other file, and the version is a hash of its whole content, so a file
that was changed after training, by accident or on purpose, is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifiers.errors import ModelError
from classifiers.packaged import packaged
from classifiers.records import ModelInfo, title_key
from classifiers.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from classifiers.adapter import Adapter
    from classifiers.arrays import Floats
    from classifiers.features import Part
    from classifiers.model import FacetModel, LabelModel
    from classifiers.training_index import TrainingIndex

SCHEMA = 3
_READ = (2, SCHEMA)  # the second had no adapted encoders
_BEFORE = {"right": 0.0, "trust": 0.0}  # what earlier models' parameters did not name, as they were used
CARD = "model.json"
ARRAYS, TERMS, TAXONOMY = "heads.safetensors", "vocabulary.json", "taxonomy.toml"
SEEN, INDEX = "training.json", "memory.safetensors"
_FILES = (ARRAYS, TERMS, TAXONOMY, SEEN, INDEX)
_HASH_DIGITS = 6


def model_dir(path: Path | None) -> Path:
    """The folder of a model; None means the one that ships with the program."""
    return packaged("model") if path is None else Path(path)


def read_info(path: Path | None = None) -> ModelInfo:
    """What the model in a folder says about itself. Cheap: neither numpy nor torch is loaded. Raises `ModelError`."""
    file = model_dir(path) / CARD
    document = _json_object(file)
    if document.get("schema") not in _READ:
        raise ModelError(f"{file}: schema {document.get('schema')!r} is not supported (expected {SCHEMA}); retrain.")
    try:
        expected, found = document["version"], _version(document["date"], document)
        info = ModelInfo(
            version=expected,
            encoder=document["encoder"]["name"],
            encoder_sha256=document["encoder"]["sha256"],
            labels={facet: tuple(ids) for facet, ids in document["labels"].items()},
            metrics=document["metrics"],
            folder=file.parent,
            document=document,
        )
    except (KeyError, TypeError, AttributeError) as err:
        raise ModelError(f"{file}: not a complete model description ({err!r}); retrain or restore the folder.") from err
    if found != expected:
        raise ModelError(
            f"{file}: changed after training: its content hashes to {found}, but its version says {expected}; "
            "restore the folder or retrain."
        )
    return info


def save_model(
    folder: Path,
    model: LabelModel,
    card: Mapping[str, Any],
    training_index: TrainingIndex,
    adapter: Adapter | None = None,
) -> ModelInfo:
    """Write a fitted model; `card` is the content of `model.json` besides hashes."""
    from safetensors.numpy import save

    words = model.features_.words_
    files: dict[str, bytes] = {
        ARRAYS: save(_arrays(model)),
        TERMS: _json_bytes({part: words[part].terms_ for part in words}),
        TAXONOMY: model.taxonomy.path.read_bytes(),
        SEEN: _json_bytes({"papers": list(zip(training_index.ids, training_index.titles, strict=True))}),
        INDEX: save({"vectors": training_index.vectors, "scope": training_index.scope, **_by_facet(training_index)}),
    }
    if adapter is not None:
        files |= adapter.files()
    stage = {"open": model.first_stage_.open_, "turned_scope": model.first_stage_.turned_scope_}
    document = {"schema": SCHEMA, **card, "doubt": model.doubt_, "scope_threshold": model.scope_threshold_}
    document["first_stage"] = stage
    document["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    document["version"] = _version(card["date"], document)
    files[CARD] = _json_bytes(document, indent=1)
    write_files(folder, files)
    return read_info(folder)


def load_model(path: Path | None = None) -> tuple[LabelModel, ModelInfo]:
    """Load a model, after checking every file. Raises `ModelError`."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    folder, info = model_dir(path), read_info(path)
    contents = {name: _checked(folder / name, info.document["files"].get(name)) for name in _FILES}
    try:
        return _restore(load(contents[ARRAYS]), json.loads(contents[TERMS]), folder, info), info
    except (SafetensorError, ValueError, KeyError, TypeError) as err:
        raise ModelError(f"{folder}: not a usable model ({type(err).__name__}: {err}); retrain.") from err


def load_adapter(info: ModelInfo) -> Adapter | None:
    """What was tuned about the encoder of a model; None if it reads with the encoder as published.

    Raises `ModelError`.
    """
    from classifiers.adapter import DESCRIPTION, WEIGHTS, read_adapter

    if not info.document["encoder"].get("adapted"):
        return None
    hashes = info.document["files"]
    files = {name: _checked(info.folder / name, hashes.get(name)) for name in (WEIGHTS, DESCRIPTION)}
    return read_adapter(files, str(info.folder))


def load_training_index(path: Path | None = None) -> TrainingIndex:
    """The training index of a model. Raises `ModelError`."""
    from safetensors.numpy import load

    from classifiers.training_index import TrainingIndex

    folder, info = model_dir(path), read_info(path)
    seen, packed = (_checked(folder / name, info.document["files"].get(name)) for name in (SEEN, INDEX))
    try:
        arrays, papers = load(packed), json.loads(seen)["papers"]
        facets = {facet_id: arrays[f"facet/{facet_id}"] for facet_id in info.labels}
        ids, titles = tuple(row[0] for row in papers), tuple(row[1] for row in papers)
        return TrainingIndex(ids, titles, arrays["vectors"], arrays["scope"], facets)
    except (ValueError, KeyError, TypeError, IndexError) as err:
        raise ModelError(f"{folder}: not a usable model ({type(err).__name__}: {err}); retrain.") from err


def seen_names(path: Path | None = None) -> frozenset[str]:
    """Ids and title keys of the papers a model was trained on. Cheap: neither numpy nor torch is loaded."""
    folder, info = model_dir(path), read_info(path)
    papers = json.loads(_checked(folder / SEEN, info.document["files"].get(SEEN)))["papers"]
    return frozenset(name for paper_id, title in papers for name in (paper_id, title_key(title)))


def _by_facet(training_index: TrainingIndex) -> dict[str, Any]:
    return {f"facet/{facet_id}": values for facet_id, values in training_index.facets.items()}


def _arrays(model: LabelModel) -> dict[str, Any]:
    import numpy as np

    arrays = {f"words/{part}": words.idf_ for part, words in model.features_.words_.items()}
    for name, facet in {
        "scope": model.scope_,
        **{f"facet/{key}": value for key, value in model.facets_.items()},
    }.items():
        arrays[f"{name}/coef"] = facet.heads_.coef_.astype(np.float16)
        arrays[f"{name}/intercept"] = facet.heads_.intercept_
        arrays[f"{name}/slope"] = facet.calibrator_.slope_
        arrays[f"{name}/offset"] = facet.calibrator_.offset_
        arrays[f"{name}/thresholds"] = facet.thresholds_
    return arrays


def _restore(
    arrays: Mapping[str, Floats], terms: Mapping[Part, list[str]], folder: Path, info: ModelInfo
) -> LabelModel:
    from classifiers.features import WordFeatures
    from classifiers.first_stage import FirstStage
    from classifiers.model import FacetModel, LabelModel, Parameters, facet_model, joint_features

    taxonomy = load_taxonomy(folder / TAXONOMY)
    parameters = Parameters(**(_BEFORE | info.document["parameters"]))
    model = LabelModel(taxonomy, parameters)
    words = {
        part: WordFeatures(part, parameters.min_df).restore(terms[part], arrays[f"words/{part}"]) for part in terms
    }
    model.features_ = joint_features(taxonomy, parameters).restore(words)
    model.scope_ = _restore_heads(FacetModel(False, parameters.scope_c, parameters), arrays, "scope")
    model.facets_ = {
        facet.id: _restore_heads(facet_model(facet.exclusive, parameters), arrays, f"facet/{facet.id}")
        for facet in taxonomy.facets
    }
    model.scope_threshold_ = float(info.document["scope_threshold"])
    model.doubt_ = float(info.document["doubt"])
    stage = info.document["first_stage"]
    model.first_stage_ = FirstStage(taxonomy, parameters.stage_recall).restore(stage["open"], stage["turned_scope"])
    return model


def _restore_heads(facet: FacetModel, arrays: Mapping[str, Floats], name: str) -> FacetModel:
    import numpy as np

    from classifiers.calibration import SigmoidCalibrator
    from classifiers.heads import LinearHeads

    given = facet.parameters
    facet.heads_ = LinearHeads(facet.C, given.boost)
    facet.heads_.coef_ = arrays[f"{name}/coef"].astype(np.float32)
    facet.heads_.intercept_ = arrays[f"{name}/intercept"]
    facet.calibrator_ = SigmoidCalibrator(given.min_positives)
    facet.calibrator_.slope_ = arrays[f"{name}/slope"]
    facet.calibrator_.offset_ = arrays[f"{name}/offset"]
    facet.thresholds_ = arrays[f"{name}/thresholds"]
    return facet


def _checked(file: Path, expected: str | None) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as err:
        raise ModelError(f"{file}: cannot read it ({err.strerror}); restore the model folder or retrain.") from err
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ModelError(
            f"{file}: changed after training: sha256 {found}, expected {expected}; restore the folder or retrain."
        )
    return content


def _json_object(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_bytes())
    except OSError as err:
        raise ModelError(
            f"{file}: cannot read the model ({err.strerror}); train one with `python -m classifiers train`."
        ) from err
    except ValueError as err:
        raise ModelError(f"{file}: not valid JSON ({err}); restore the model folder or retrain.") from err
    if not isinstance(document, dict):
        raise ModelError(f"{file}: not a model description; restore the model folder or retrain.")
    return document


def _version(date: str, document: Mapping[str, Any]) -> str:
    """The date and the start of a hash over all of `model.json`, including the other files' hashes."""
    said = {key: value for key, value in document.items() if key != "version"}
    return f"{date}-{hashlib.sha256(_json_bytes(said)).hexdigest()[:_HASH_DIGITS]}"


def _json_bytes(value: Any, indent: int | None = None) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode("utf-8")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Each file appears whole; `model.json` comes last, so that a half-written folder is refused, not half used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            part = folder / f".{name}.part"
            part.write_bytes(content)
            os.replace(part, folder / name)
    except OSError as err:
        raise ModelError(f"{err.filename or folder}: cannot write it ({err.strerror}).") from err
