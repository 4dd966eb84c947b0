"""rca-search as a measured process: ``python -m benchmarks.product`` answers JSON lines, timing itself."""

from __future__ import annotations

import hashlib
import logging
import time
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.lines import answer_requests
from rca_search.bootstrap import build_index, open_service
from rca_search.chunking import split_question
from rca_search.config import Settings
from rca_search.embedding import DEFAULT_MODEL
from rca_search.embedding.exported import ENCODER_FILES
from rca_search.indexing.encoder import PublishedEncoder
from rca_search.indexing.passages import chunk_limit
from rca_search.indexing.pointer import VERSIONS, read_current
from rca_search.models import Query
from rca_search.protocols import Encoder
from rca_search.service import SearchService

T = TypeVar("T")


class Product:
    """One index, asked as a caller of the library would."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._service: SearchService | None = None
        self._encoder: Encoder | None = None

    def build(self, folders: list[str], index: str, model: str = DEFAULT_MODEL) -> dict[str, Any]:
        """Build ``index`` from ``folders``; say how long it took, and of that how long the encoder."""
        clock = _Encoding()
        loading: list[float] = []

        def progress(stage: str, _done: int, _total: int) -> None:
            if stage == "load model":
                loading.append(time.perf_counter())

        with clock:
            started = time.perf_counter()
            settings = Settings(remembered=0, index=Path(index), model=model)
            report = build_index(settings, [Path(folder) for folder in folders], progress=progress)
            seconds = time.perf_counter() - started
        return {
            "seconds": seconds,
            "encode_seconds": clock.seconds,
            "encoded": clock.texts,
            "load_seconds": loading[-1] - loading[0] if loading else 0.0,
            "chunks": report.chunks,
            "documents": sum(report.documents.values()),
            "published": report.published,
        }

    def open(self, index: str, model: bool = True) -> dict[str, Any]:
        """Open ``index`` and its encoder; every file is verified on the way."""
        started = time.perf_counter()
        settings = Settings(remembered=0, index=Path(index))
        self._service = open_service(settings)
        opened = time.perf_counter()
        self._service.warm()
        warmed = time.perf_counter()
        if model:
            self._encoder = PublishedEncoder(settings.index, workers=settings.workers or 1).load()
        status = self._service.status()
        return {
            "seconds": opened - started,
            "warm_seconds": warmed - opened,
            "chunks": status.chunks,
            "documents": sum(status.documents.values()),
        }

    def search(self, text: str, k: int) -> dict[str, Any]:
        """Give the whole answer: past incidents with passages and what fixed them, and runbooks."""
        service = _given(self._service)
        started = time.perf_counter()
        result = service.search(Query(text=text, limit=k))
        seconds = time.perf_counter() - started
        hits = [(hit.document.id, hit.score.total) for hit in result.incidents]
        return {"seconds": seconds, "hits": hits, "windows": result.windows}

    def rank(self, text: str, k: int) -> dict[str, Any]:
        """Give the best ``k`` documents of any kind, as the peers do."""
        service = _given(self._service)
        started = time.perf_counter()
        hits = service.ranking(Query(text=text), None, depth=k)
        return {"seconds": time.perf_counter() - started, "hits": hits}

    def embed(self, text: str) -> dict[str, Any]:
        """Only encode the windows of ``text``: what no search by meaning can do without."""
        encoder = _given(self._encoder)
        limit = chunk_limit(encoder.max_tokens)
        windows = split_question(text, limit=limit, count=encoder.count_tokens)
        started = time.perf_counter()
        encoder.encode(windows, kind="query")
        return {"seconds": time.perf_counter() - started, "windows": len(windows)}

    def encode(self, texts: list[str]) -> dict[str, Any]:
        """Encode passages as a build does."""
        encoder = _given(self._encoder)
        started = time.perf_counter()
        encoder.encode(texts, kind="passage")
        return {"seconds": time.perf_counter() - started}

    def open_library(self) -> dict[str, Any]:
        """Load the same model with the library that it comes from."""
        from rca_search.embedding.model_files import find_model
        from rca_search.embedding.sentence_transformer import load_model

        self._library = load_model(find_model(DEFAULT_MODEL))
        return {}

    def encode_library(self, texts: list[str]) -> dict[str, Any]:
        """Encode passages with the library as it comes, in batches of 32."""
        started = time.perf_counter()
        self._library.encode(texts, show_progress_bar=False)
        return {"seconds": time.perf_counter() - started}

    def hash(self, index: str) -> dict[str, Any]:
        """Read and hash every file of the published version but the encoder's: the floor of opening it."""
        folder = Path(index) / VERSIONS / read_current(Path(index)).version
        started = time.perf_counter()
        size = 0
        for path in sorted(path for path in folder.iterdir() if path.name not in ENCODER_FILES):
            content = path.read_bytes()
            hashlib.sha256(content).hexdigest()
            size += len(content)
        return {"seconds": time.perf_counter() - started, "megabytes": size / 1e6}


class _Encoding:
    """Counts the time spent in the encoder while it is entered; what it encodes is untouched."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.texts = 0

    def __enter__(self) -> None:
        from rca_search.embedding.exported import ExportedEncoder
        from rca_search.embedding.hashing import HashingEncoder

        for kind in (ExportedEncoder, HashingEncoder):
            self._time(kind)

    def __exit__(self, *_: object) -> None:
        """Leave the clock in place: the process measures one build after another with a clock of its own."""

    def _time(self, kind: Any) -> None:  # noqa: ANN401 - a class whose method is replaced
        plain = getattr(kind.encode, "plain", kind.encode)

        def encode(encoder: object, texts: Any, /, **options: Any) -> Any:  # noqa: ANN401 - handed through
            started = time.perf_counter()
            try:
                return plain(encoder, texts, **options)
            finally:
                self.seconds += time.perf_counter() - started
                self.texts += len(texts)

        encode.plain = plain  # type: ignore[attr-defined]
        kind.encode = encode


def _given(part: T | None) -> T:
    if part is None:
        raise RuntimeError("open comes first")
    return part


def main() -> None:
    """Answer requests until there are no more."""
    logging.disable(logging.WARNING)
    product = Product()
    answer_requests(
        {
            "build": product.build,
            "open": product.open,
            "search": product.search,
            "rank": product.rank,
            "embed": product.embed,
            "hash": product.hash,
            "encode": product.encode,
            "open_library": product.open_library,
            "encode_library": product.encode_library,
        }
    )


if __name__ == "__main__":
    main()
