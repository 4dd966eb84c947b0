"""How many questions a server should work on side by side: ``python -m benchmarks.threads INDEX``.

Servers with other settings of ``RCA_THREADS`` and ``RCA_WORKERS`` run beside each other, keep no answer and
are loaded in turn, by one client and by many.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.http import CLIENTS, Load, load, served, write_bodies
from benchmarks.material import many_questions
from benchmarks.setting import Setting
from benchmarks.stats import ratios, spread
from benchmarks.tables import Table, number, render, spelled

THREADS = (1, 2, 4, 8)
WORKERS = (1, 2)


def main() -> None:
    """Print one table for each number of clients."""
    arguments = _parser().parse_args()
    place = os.environ.get("RCA_CORPORA")
    for clients in (1, CLIENTS):
        with tempfile.TemporaryDirectory() as folder:
            setting = Setting(corpora=Path(place) if place else None, work=Path(folder))
            found = measure(setting, arguments.index.resolve(), clients, arguments.requests, arguments.rounds)
        sys.stdout.write(render(_table(found, clients)) + "\n\n")


def measure(
    setting: Setting, index: Path, clients: int, requests: int, rounds: int
) -> dict[tuple[int, int], list[Load]]:
    """Load a server with each setting ``rounds`` times; return the rounds by threads and workers."""
    asked = write_bodies(setting.work / "questions.jsonl", many_questions(setting))
    command = setting.product_command("serve", "--index", str(index), "--port")
    loads: dict[tuple[int, int], list[Load]] = {
        (threads, workers): [] for workers in WORKERS for threads in THREADS
    }
    with ExitStack() as stack:
        addresses = {}
        for threads, workers in loads:
            more = {"RCA_REMEMBERED": "0", "RCA_THREADS": str(threads), "RCA_WORKERS": str(workers)}
            name = f"threads-{threads}-workers-{workers}"
            addresses[threads, workers] = stack.enter_context(served(name, command, setting, more))[0]
            load(addresses[threads, workers], asked, 2 * clients, clients)
        for _ in range(rounds):
            for key, address in addresses.items():
                loads[key].append(load(address, asked, requests, clients))
    return loads


def _table(loads: dict[tuple[int, int], list[Load]], clients: int) -> Table:
    base = [one.throughput for one in loads[THREADS[0], WORKERS[0]]]
    rows = [
        (
            str(threads),
            str(workers),
            spelled(spread([one.throughput for one in rounds])),
            number(ratios([one.throughput for one in rounds], base).median),
            number(spread([one.p50_ms for one in rounds]).median),
            number(spread([one.p99_ms for one in rounds]).median),
        )
        for (threads, workers), rounds in loads.items()
    ]
    return Table(
        f"Clients: {clients}",
        ("RCA_THREADS", "RCA_WORKERS", "answers/s", "/ first", "p50 ms", "p99 ms"),
        tuple(rows),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path, help="an index that carries its encoder")
    parser.add_argument("--requests", type=int, default=400, help="requests a round")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each setting")
    return parser


if __name__ == "__main__":
    main()
