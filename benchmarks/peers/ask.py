"""One question to a peer's saved index from a new process.

``python -m benchmarks.peers.ask NAME FOLDER MODEL TEXT``
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.peers import load


def main() -> None:
    """Print the ids and scores of the best five documents."""
    name, folder, model, text = sys.argv[1:]
    peer = load(name)
    peer.open(Path(folder), Path(model))
    for document, score in peer.search(text, 5):
        sys.stdout.write(f"{score:.4f} {document}\n")


if __name__ == "__main__":
    main()
