"""Measure vector stores over made-up vectors: ``python -m benchmarks.vectors --rows 100000 1000000``.

Rows are drawn around centres, and questions, none of them a row: "alike" ones as the rows are drawn,
"between" ones halfway between two draws. Build, exact search and store run in processes of their own, so
that the peak of each is told. Prints a table and writes JSON to ``build/vectors.json``.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_search.protocols import Vectors
from rca_search.stores import READ_IN_PARTS, open_store, store_writer
from rca_search.stores.row_file import ScratchFile
from rca_search.views import View

ROOT = Path(__file__).resolve().parent.parent
BLOCK = 20_000
NEAR, FAR = 10, 384
"""Neighbours that a person looks at, and that ranking asks the store for."""
ROUNDING = 1e-6


@dataclass(frozen=True)
class Corpus:
    """What is drawn; ``spread`` is how far rows lie from their centre, which is one away from the middle."""

    rows: int
    dimension: int
    clusters: int
    spread: float
    questions: int

    def blocks(self) -> Iterator[Vectors]:
        """Yield the rows; each block has a seed of its own."""
        for number, start in enumerate(range(0, self.rows, BLOCK)):
            yield self._drawn(min(BLOCK, self.rows - start), [1, number])

    def asked(self, sort: str) -> Vectors:
        """Return questions (questions, dimension) of the sort "alike" or "between"."""
        first, second = self._drawn(self.questions, [2]), self._drawn(self.questions, [3])
        return first if sort == "alike" else _unit(first + second)

    def _drawn(self, count: int, seed: list[int]) -> Vectors:
        scale = np.float32(self.dimension**-0.5)
        shape = (self.clusters, self.dimension)
        centres = np.random.default_rng(0).standard_normal(shape, dtype=np.float32) * scale
        random = np.random.default_rng(seed)
        noise = random.standard_normal((count, self.dimension), dtype=np.float32)
        return _unit(
            centres[random.integers(0, self.clusters, count)] + noise * scale * np.float32(self.spread)
        )


def build(corpus: Corpus, kind: str, folder: Path) -> dict[str, Any]:
    """Write a store and tell what that took; drawing the rows is not counted."""
    writer: Any
    if kind == "hnsw":
        from benchmarks.hnsw import HnswWriter

        writer = HnswWriter(corpus.dimension, folder)
    else:
        writer = store_writer(kind, corpus.dimension, folder)
    adding = sum(_timed(lambda block=block: writer.add(block)) for block in corpus.blocks())
    files: dict[str, Any] = {}
    finishing = _timed(lambda: files.update(writer.artefacts()))
    for name, content in files.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
    sizes = {name: (folder / name).stat().st_size for name in files}
    return {
        "kind": writer.kind,
        "files": sizes,
        "build_seconds": round(adding + finishing, 1),
        "build_peak_mb": _peak(),
    }


def truth(corpus: Corpus, folder: Path) -> dict[str, Any]:
    """Compare every question with every row; keep the scores of the best."""
    for sort in ("alike", "between"):
        questions = corpus.asked(sort)
        best = np.full((len(questions), FAR), -2, dtype=np.float32)
        for block in corpus.blocks():
            both = np.concatenate([best, questions @ block.T], axis=1)
            best = -np.partition(-both, FAR - 1, axis=1)[:, :FAR]
        np.save(folder / f"truth.{sort}.npy", -np.sort(-best, axis=1))
    return {}


def ask(corpus: Corpus, kind: str, folder: Path) -> dict[str, Any]:
    """Open a store in this fresh process, ask, and tell how well and how fast it answers."""
    files = json.loads((folder / "build.json").read_text())["files"]
    report: dict[str, Any] = {}
    store: Any = None

    def opening() -> None:
        nonlocal store
        parts = {*READ_IN_PARTS, "vectors.hnsw"}
        opened: dict[str, Any] = {
            name: ScratchFile(folder / name) if name in parts else (folder / name).read_bytes()
            for name in files
        }
        if kind == "hnsw":
            from benchmarks.hnsw import HnswStore

            store = HnswStore(opened)
        else:
            store = open_store(kind, opened)

    report["open_seconds"] = round(_timed(opening), 2)
    report["method"] = store.method.description
    owners = np.arange(corpus.rows, dtype=np.int32)
    view = View.everything(corpus.rows, owners)
    everything = np.ones(corpus.rows, dtype=np.bool_)
    for sort in ("alike", "between"):
        questions = corpus.asked(sort)
        exact = np.load(folder / f"truth.{sort}.npy")
        for k in (NEAR, FAR):
            spent, found = _asked(
                lambda q, k=k: store.search(q, k=k, view=view, within=everything), questions
            )
            met = [
                np.count_nonzero(f.scores >= e[k - 1] - ROUNDING) for f, e in zip(found, exact, strict=True)
            ]
            report[f"{sort}@{k}"] = {"recall": round(float(np.sum(met)) / (k * len(met)), 4), **spent}
    report["search_peak_mb"] = _peak()
    if kind != "hnsw":
        report.update(_narrowed(store, corpus, view))
    report["final_peak_mb"] = _peak()
    return report


def _narrowed(store: Any, corpus: Corpus, view: View) -> dict[str, Any]:  # noqa: ANN401 (any store)
    """Ask with filters, over half of the documents, and for the scores of many rows."""
    questions = corpus.asked("alike")
    random = np.random.default_rng(7)
    report: dict[str, Any] = {}
    for share in (0.5, 0.1, 0.01, 0.001):
        within = random.random(corpus.rows) < share
        rows = np.flatnonzero(within).astype(np.int32)
        spent, found = _asked(
            lambda q, within=within: store.search(q, k=FAR, view=view, within=within), questions
        )
        met = wanted = 0
        for question, neighbours in list(zip(questions, found, strict=True))[:10]:
            own = -np.sort(-store.score(question, rows))[:FAR]
            met += np.count_nonzero(neighbours.scores[:NEAR] >= own[:NEAR][-1] - ROUNDING)
            wanted += min(NEAR, len(rows))
        report[f"filter {share}@{FAR}"] = {"recall10": round(met / wanted, 4), **spent}
    report.update(_opposed(store, questions[:10], view))
    half = view.restricted(random.random(corpus.rows) < 0.5)
    report[f"half visible@{FAR}"] = _asked(lambda q: store.search(q, k=FAR, view=half), questions[:8])[0]
    several = (random.choice(corpus.rows // 8, min(512, corpus.rows // 8), replace=False) * 8)[:, np.newaxis]
    rows = (np.sort(several, axis=0) + np.arange(8)).ravel().astype(np.int32)
    report[f"score {len(rows)} rows"] = _asked(lambda q: store.score(q, rows), questions[:50])[0]
    return report


def _opposed(store: Any, questions: Vectors, view: View) -> dict[str, Any]:  # noqa: ANN401 (any store)
    """Ask with filters that leave out the half of all rows that is nearest to the question."""
    rows = np.arange(store.size, dtype=np.int32)
    seconds: list[float] = []
    short: list[float] = []
    for question in questions:
        scores = store.score(question, rows)
        within = scores < np.median(scores)
        found: list[Any] = []
        ask = partial(store.search, question, k=FAR, view=view, within=within)
        seconds.append(_timed(lambda ask=ask, found=found: found.append(ask())))
        short.append(float(np.sort(scores[within])[-NEAR] - found[0].scores[NEAR - 1]))
    p50 = round(1000 * float(np.median(seconds)), 2)
    return {f"far half@{FAR}": {"tenth_too_low_by": round(float(np.mean(short)), 4), "p50_ms": p50}}


def _asked(ask: Callable[[Vectors], Any], questions: Vectors) -> tuple[dict[str, float], list[Any]]:
    """Ask each question once after a warm-up; return the spread of times and the answers."""
    ask(questions[0])
    answers: list[Any] = []
    seconds = [_timed(lambda question=question: answers.append(ask(question))) for question in questions]
    p50, p95 = np.percentile(1000 * np.asarray(seconds), [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}, answers


def _unit(rows: NDArray[np.float32]) -> Vectors:
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak() -> int:
    """Return the most memory, in megabytes, that this process has held at once."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024


def measured(corpus: Corpus, kinds: list[str], folder: Path) -> list[dict[str, Any]]:
    """Measure every kind over one corpus, one process after the other."""
    _step("truth", corpus, "exact", folder)
    reports = []
    for kind in kinds:
        with tempfile.TemporaryDirectory(dir=folder) as own:
            for truths in folder.glob("truth.*.npy"):
                (Path(own) / truths.name).hardlink_to(truths)
            built = _step("build", corpus, kind, Path(own))
            (Path(own) / "build.json").write_text(json.dumps(built))
            reports.append({**asdict(corpus), **built, **_step("ask", corpus, built["kind"], Path(own))})
    return reports


def _step(step: str, corpus: Corpus, kind: str, folder: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.vectors",
        "--step",
        step,
        "--kinds",
        kind,
        "--folder",
        str(folder),
    ]
    given = [f"--{name}={value}" for name, value in asdict(corpus).items()]
    done = subprocess.run([*command, *given], stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def main() -> int:
    """Measure each size, or run one step for the parent process."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="+", default=[100_000])
    options.add_argument("--kinds", nargs="+", default=["ivf"], help="exact, faiss, ivf, auto, hnsw")
    options.add_argument("--dimension", type=int, default=384)
    options.add_argument("--clusters", type=int, default=1000)
    options.add_argument("--spread", type=float, default=1.0)
    options.add_argument("--questions", type=int, default=200)
    options.add_argument("--folder", type=Path, help="for scratch files; a temporary one by default")
    options.add_argument("--step", choices=["build", "truth", "ask"], help=argparse.SUPPRESS)
    chosen = options.parse_args()
    sizes = [
        Corpus(rows, chosen.dimension, chosen.clusters, chosen.spread, chosen.questions)
        for rows in chosen.rows
    ]
    if chosen.step == "truth":
        report = truth(sizes[0], chosen.folder)
    elif chosen.step:
        report = {"build": build, "ask": ask}[chosen.step](sizes[0], chosen.kinds[0], chosen.folder)
    if chosen.step:
        sys.stdout.write(json.dumps(report))
        return 0
    reports = []
    for corpus in sizes:
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            for report in measured(corpus, chosen.kinds, Path(folder)):
                reports.append(report)
                sys.stdout.write("\n".join(f"{name:16} {value}" for name, value in report.items()) + "\n\n")
                sys.stdout.flush()
    target = ROOT / "build" / "vectors.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(reports, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
