"""Loading a sentence-transformers model, to be exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rca_search.embedding.model_files import ModelFiles
from rca_search.errors import EncoderUnavailableError
from rca_search.protocols import TextKind

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_PROMPT_NAMES: dict[TextKind, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("passage", "document"),
}


def load_model(files: ModelFiles, *, attention: str | None = None) -> SentenceTransformer:
    """Load the model on the processor, from its folder alone; ``attention`` is how transformers computes it.

    Raises EncoderUnavailableError where a package is missing or the folder holds no complete model.
    """
    try:
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise EncoderUnavailableError(
            f"The package {error.name} is not installed.",
            remedy="Building with a model needs: pip install rca-search",
        ) from error
    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        model = SentenceTransformer(
            str(files.folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"attn_implementation": attention} if attention else None,
        )
    except (
        OSError,
        ValueError,
        RuntimeError,
        LookupError,
        TypeError,
        AttributeError,
        SafetensorError,
    ) as error:
        raise EncoderUnavailableError(
            f"Model {files.name!r} cannot be loaded: {error}",
            remedy="Check that the folder holds a complete sentence-transformers model.",
        ) from error
    return model.eval()


def prompts_of(model: SentenceTransformer) -> dict[str, str]:
    """Return what the model wants before a query and before a passage, where it wants anything."""
    prompts: dict[str, str] = model.prompts or {}
    found = {
        kind: next((prompts[name] for name in names if prompts.get(name)), "")
        for kind, names in _PROMPT_NAMES.items()
    }
    return {kind: prompt for kind, prompt in found.items() if prompt}
