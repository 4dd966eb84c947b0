"""Time the parts of a build and of a question over the example vault: ``python -m benchmarks``.

Prints a table and writes JSON with the commit to ``build/bench.json``. Times of one machine compare only with
times of the same run, so the encoder alone is timed beside the whole question, one after the other.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rca_search.bootstrap import build_index, open_service
from rca_search.config import Settings
from rca_search.indexing.build import silent
from rca_search.indexing.encoder import PublishedEncoder
from rca_search.models import Query

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5


def main() -> int:
    """Run the benchmark and print what it measured."""
    questions = [json.loads(line)["text"] for line in _lines(ROOT / "examples" / "questions.jsonl")]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index=Path(folder) / "index")
        vault = ROOT / "examples" / "vault"
        first = _timed(lambda: build_index(settings, [vault], progress=silent))
        again = _timed(lambda: build_index(settings, [vault], progress=silent))
        service = open_service(settings)
        service.warm()
        encoder = PublishedEncoder(settings.index).load()
        encoding: list[float] = []
        asking: list[float] = []
        for _ in range(ROUNDS):
            for text in questions:
                encoding.append(_timed(lambda text=text: encoder.encode([text], kind="query")))
                asking.append(_timed(lambda text=text: service.search(Query(text=text))))
        chunks = service.status().chunks
        cold = [_cold(settings.index, questions[0]) for _ in range(ROUNDS)]
    report = {
        "commit": _commit(),
        "chunks": chunks,
        "questions": len(asking),
        "build_seconds": round(first, 2),
        "unchanged_build_seconds": round(again, 3),
        "cold_process_seconds": round(statistics.median(seconds for seconds, _ in cold), 2),
        "cold_process_megabytes": round(statistics.median(megabytes for _, megabytes in cold)),
        "encode_ms": _spread(encoding),
        "question_ms": _spread(asking),
        "question_to_encode": round(statistics.median(asking) / statistics.median(encoding), 2),
    }
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    for name, value in report.items():
        sys.stdout.write(f"{name:24} {value}\n")
    return 0


_PEAK = """
import atexit, pathlib, re, sys
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: print("peak", re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1], file=sys.stderr))
from rca_search.cli.app import main
main()
"""
"""Runs the command line and says its peak memory; what a parent is told counts the parent's own."""


def _cold(index: Path, question: str) -> tuple[float, float]:
    """Ask from a new process; return its seconds and its peak memory in megabytes."""
    command = [sys.executable, "-c", _PEAK, "similar", question, "--index", str(index)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    return seconds, int(done.stderr.rsplit("peak", 1)[1]) / 1024


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _spread(seconds: list[float]) -> dict[str, float]:
    quarters = statistics.quantiles([1000 * second for second in seconds], n=20)
    return {
        "p5": round(quarters[0], 2),
        "median": round(quarters[9], 2),
        "p95": round(quarters[18], 2),
    }


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
