"""Warm: questions to running processes, one question after the other, each to every system in turn."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack

from benchmarks.material import Indexed, in_turn, indexed, indexed_larger, model_folder, questions
from benchmarks.peers import PEERS
from benchmarks.setting import Measured, Setting
from benchmarks.stats import Spread, ratios, spread
from benchmarks.tables import Table, milliseconds, number
from benchmarks.workers import Worker

K = 5
WARM_UP = 5
REST = 0.005
"""Seconds between two systems: threads of the one before that wait busily have gone to sleep."""

PRODUCT = "rca-search, whole answer"
EMBEDDING = "rca-search, encoder alone"


def measure(setting: Setting) -> Measured:
    """Measure at the size of the corpus and, in the full form, at some four times that."""
    tables, figures = [], {}
    found: dict[str, Spread] = {}
    corpora = [indexed(setting)] if setting.short else [indexed(setting), indexed_larger(setting)]
    for corpus in corpora:
        times, peaks = ask_all(corpus, setting)
        tables.append(_table(corpus, times, peaks))
        figures[corpus.name] = {
            "chunks": corpus.chunks,
            "seconds": {system: spread(values).as_json() for system, values in times.items()},
            "megabytes": peaks,
        }
        suffix = "" if corpus is corpora[0] else "_larger"
        found[f"warm_to_embedding{suffix}"] = ratios(times[PRODUCT], times[EMBEDDING])
        for peer in ("txtai", "st-faiss"):
            if peer in times:
                found[f"warm_to_{peer.replace('-', '_')}{suffix}"] = ratios(times[peer], times[PRODUCT])
    return Measured(found, tuple(tables), figures)


def ask_all(corpus: Indexed, setting: Setting) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Ask every question of every system; return seconds by system and question, and peak memory."""
    texts = questions(setting)
    random.Random(3).shuffle(texts)
    texts = texts[: setting.rounds(200, 30)]
    with ExitStack() as stack:
        product = stack.enter_context(Worker.product(setting))
        product.ask("open", index=corpus.index)
        workers = {PRODUCT: (product, "search", {"k": K}), EMBEDDING: (product, "embed", {})}
        for peer in PEERS if setting.with_peers else ():
            folder = corpus.peer_folder(peer)
            worker = stack.enter_context(Worker.peer(setting, peer))
            worker.ask("open", folder=folder, model=model_folder())
            workers[peer] = (worker, "search", {"k": K})
        setting.say(f"asking {len(texts)} questions of {len(workers)} systems over {corpus.name}")
        times: dict[str, list[float]] = {system: [] for system in workers}
        for turn, text in enumerate([*texts[:WARM_UP], *texts]):
            for system in in_turn(list(workers), turn):
                worker, operation, arguments = workers[system]
                time.sleep(REST)
                seconds = worker.ask(operation, text=text, **arguments)["seconds"]
                if turn >= WARM_UP:
                    times[system].append(seconds)
        peaks = {system: worker.peak() for system, (worker, _, _) in workers.items() if system != EMBEDDING}
    return times, peaks


def _table(corpus: Indexed, times: dict[str, list[float]], peaks: dict[str, float]) -> Table:
    rows = []
    for system, values in times.items():
        ratio = number(ratios(values, times[PRODUCT]).median)
        peak = f"{peaks[system]:.0f}" if system in peaks else ""
        rows.append((PEERS.get(system, system), *milliseconds(spread(values)), ratio, peak))
    count = len(times[PRODUCT])
    return Table(
        f"Warm question over {corpus.name}: {corpus.chunks:,} passages, {count} questions",
        ("system", "ms", "p5", "p95", "/ rca-search", "peak MB"),
        tuple(rows),
    )
