"""A peer as a measured process that times itself: ``python -m benchmarks.peers.worker NAME``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.lines import answer_requests
from benchmarks.peers import Corpus, load


class Worker:
    """One peer with one corpus."""

    def __init__(self, name: str) -> None:
        """Load the peer's library."""
        self._peer = load(name)

    def build(self, corpus: str, folder: str, model: str) -> dict[str, Any]:
        """Index the corpus file in ``folder``."""
        read = Corpus(**json.loads(Path(corpus).read_text(encoding="utf-8")))
        Path(folder).mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        self._peer.build(read, Path(folder), Path(model))
        return {"seconds": time.perf_counter() - started, "chunks": len(read.texts)}

    def open(self, folder: str, model: str) -> dict[str, Any]:
        """Open what was built."""
        started = time.perf_counter()
        self._peer.open(Path(folder), Path(model))
        return {"seconds": time.perf_counter() - started}

    def search(self, text: str, k: int) -> dict[str, Any]:
        """Return the best ``k`` documents."""
        started = time.perf_counter()
        hits = self._peer.search(text, k)
        return {"seconds": time.perf_counter() - started, "hits": hits}


def main() -> None:
    """Answer requests until there are no more."""
    worker = Worker(sys.argv[1])
    answer_requests(
        {"build": worker.build, "open": worker.open, "search": worker.search, "rank": worker.search}
    )


if __name__ == "__main__":
    main()
