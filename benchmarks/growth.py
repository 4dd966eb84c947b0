"""Growth: made-up corpora of growing size under the hashing encoder, so that encoding hides nothing."""

from __future__ import annotations

import random
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.documents import CHUNKS_PER_DOCUMENT, Words, synthetic
from benchmarks.material import in_turn
from benchmarks.setting import Measured, Setting
from benchmarks.stats import ratios, spread
from benchmarks.tables import Table, milliseconds, number
from benchmarks.workers import Worker
from rca_search.embedding import TEST_MODEL

SIZES = (1_000, 10_000, 100_000)
LARGE = 1_000_000
SHORT_SIZES = (500, 5_000)
BASE = 10_000
"""The size whose question time the ratio is taken to."""

K = 5
WORDS_PER_QUESTION = 12


def measure(setting: Setting) -> Measured:
    """Build each size in a process of its own, then ask all sizes each question in turn."""
    sizes = SHORT_SIZES if setting.short else (*SIZES, LARGE) if setting.large else SIZES
    base = BASE if BASE in sizes else sizes[0]
    builds = {size: _built(size, setting) for size in sizes}
    times, peaks = _asked(sizes, setting)
    rows = tuple(
        (
            f"{builds[size]['chunks']:,}",
            f"{builds[size]['documents']:,}",
            number(builds[size]["seconds"]),
            f"{builds[size]['megabytes']:.0f}",
            *milliseconds(spread(times[size])),
            number(ratios(times[size], times[base]).median),
            f"{peaks[size]:.0f}",
        )
        for size in sizes
    )
    table = Table(
        "Growth: made-up documents, hashing encoder (64 dimensions)",
        (
            "passages",
            "documents",
            "build s",
            "build MB",
            "question ms",
            "p5",
            "p95",
            f"/ {base:,}",
            "peak MB",
        ),
        rows,
    )
    name = "growth_to_million" if LARGE in sizes else "growth"
    points = [
        {
            "chunks": builds[size]["chunks"],
            "build_seconds": builds[size]["seconds"],
            "build_megabytes": builds[size]["megabytes"],
            "question_seconds": spread(times[size]).as_json(),
            "question_megabytes": peaks[size],
        }
        for size in sizes
    ]
    return Measured({name: ratios(times[sizes[-1]], times[base])}, (table,), {"points": points})


def _folder(size: int, setting: Setting) -> Path:
    return setting.work / "growth" / str(size)


def _built(size: int, setting: Setting) -> dict[str, float]:
    """Write the documents, build their index anew, and keep nothing but the index."""
    index = _folder(size, setting)
    shutil.rmtree(index, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        setting.say(f"building {size:,} made-up passages")
        synthetic(Path(place) / "made-up", max(1, size // CHUNKS_PER_DOCUMENT))
        with Worker.product(setting, f"growth-{size}") as worker:
            built = worker.ask("build", folders=[f"{place}/made-up"], index=index, model=TEST_MODEL)
            built["megabytes"] = worker.peak()
    return built


def _asked(sizes: tuple[int, ...], setting: Setting) -> tuple[dict[int, list[float]], dict[int, float]]:
    words, draw = Words(), random.Random(11)
    texts = [words.sentence(draw, WORDS_PER_QUESTION) for _ in range(setting.rounds(60, 20))]
    with ExitStack() as stack:
        workers = {}
        for size in sizes:
            worker = stack.enter_context(Worker.product(setting, f"ask-{size}"))
            worker.ask("open", index=_folder(size, setting), model=False)
            for text in texts[:5]:
                worker.ask("search", text=text, k=K)
            workers[str(size)] = worker
        times: dict[int, list[float]] = {size: [] for size in sizes}
        for turn, text in enumerate(texts):
            for size in in_turn(list(workers), turn):
                times[int(size)].append(workers[size].ask("search", text=text, k=K)["seconds"])
        return times, {int(size): worker.peak() for size, worker in workers.items()}
