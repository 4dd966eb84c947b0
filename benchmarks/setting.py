"""What a run of the benchmarks works with: which form, which documents, which interpreters, which threads."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import rca_search
from benchmarks.stats import Spread
from benchmarks.tables import Table

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = Path(rca_search.__file__).resolve().parent.parent
"""Where the measured rca-search lies: its processes are started there."""

PEERS = ROOT / "build" / "peers"
WORK = ROOT / "build" / "bench"
RESULTS = ROOT / "benchmarks" / "results"

DEBIAN = {"hyperfine": "hyperfine", "wrk": "wrk"}
"""Programs that measure, and the Debian packages that hold them."""


class CannotMeasureError(Exception):
    """Something that the measurement needs is missing; the message says what and how to get it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The choices of one run."""

    short: bool = False
    large: bool = False
    corpora: Path | None = None
    threads: int = 1
    work: Path = WORK
    peers: Path = PEERS
    say: Callable[[str], None] = field(default=lambda _text: None)

    def rounds(self, full: int, short: int) -> int:
        """Return how often something is measured in the form of this run."""
        return short if self.short else full

    @property
    def corpus(self) -> Path:
        """The folder of incidents to build from."""
        return self.corpora / "corpora" / "incidents" if self.corpora else ROOT / "examples" / "vault"

    @property
    def corpus_name(self) -> str:
        """What the results call the documents."""
        return "incidents" if self.corpora else "example vault"

    @property
    def with_peers(self) -> bool:
        """Return whether peers take part: the short form leaves them out."""
        return not self.short

    @property
    def peer_python(self) -> Path:
        """The interpreter of the peers' environment; raises CannotMeasureError where it is missing."""
        python = self.peers / "bin" / "python"
        if not python.exists():
            raise CannotMeasureError(
                "The peers' virtual environment build/peers is missing. Make it with: make bench, or leave "
                "the peers out with: python -m benchmarks --short"
            )
        return python

    def environment(self, *, peers: bool = False) -> dict[str, str]:
        """Return the environment of a measured process: offline, the same threads for each."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RCA_")}
        places = [ROOT] if peers else [PRODUCT, ROOT]
        count = str(self.threads)
        return kept | {
            "PYTHONPATH": os.pathsep.join(map(str, places)),
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_VERBOSITY": "error",
            "TOKENIZERS_PARALLELISM": "false",
            "ANONYMIZED_TELEMETRY": "False",
            "OMP_NUM_THREADS": count,
            "MKL_NUM_THREADS": count,
            "OPENBLAS_NUM_THREADS": count,
            "RCA_WORKERS": count,
            "ORT_DISABLE_TELEMETRY": "1",
            "NO_COLOR": "1",
        }

    def product_command(self, *arguments: str) -> list[str]:
        """Return the command of rca-search with ``arguments``."""
        return [sys.executable, "-m", "rca_search", *arguments]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one measurement found: ratios by their names in ``targets``, tables, and the figures."""

    ratios: Mapping[str, Spread]
    tables: tuple[Table, ...]
    figures: Mapping[str, object]


def program(name: str) -> str:
    """Return where the program ``name`` is; raises CannotMeasureError naming its package."""
    found = shutil.which(name)
    if found is None:
        raise CannotMeasureError(
            f"The program {name} is not installed. On Debian and Ubuntu: apt-get install {DEBIAN[name]}"
        )
    return found
