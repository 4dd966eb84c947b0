"""HTTP: many clients at once against ``rca-search serve`` and against a plain server, on loopback, by wrk."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from benchmarks.lines import peak_megabytes
from benchmarks.material import Indexed, indexed, many_questions, model_folder
from benchmarks.setting import PRODUCT, ROOT, CannotMeasureError, Measured, Setting, program
from benchmarks.stats import ratios, spread
from benchmarks.tables import Table, number, spelled
from rca_search.indexing.snapshot import open_current

CLIENTS = 16
REQUESTS = 2000
PATIENCE = 120.0
LIMIT = 5

SERVE = "rca-search serve"
PLAIN = "plain server"
KEPT = "rca-search serve, answers kept as by default"


@dataclass(frozen=True, slots=True)
class Load:
    """One round of requests."""

    requests: int
    errors: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def measure(setting: Setting) -> Measured:
    """Load servers in turn with many different questions; what is compared keeps no answer."""
    corpus = indexed(setting)
    count = setting.rounds(REQUESTS, 150)
    varied = write_bodies(setting.work / "questions.jsonl", many_questions(setting))
    loads: dict[str, list[Load]] = {SERVE: [], PLAIN: [], KEPT: []}
    with ExitStack() as stack:
        forgetful = {"RCA_REMEMBERED": "0"}
        ours, our_process = stack.enter_context(served(SERVE, _our_command(corpus), setting, forgetful))
        kept, kept_process = stack.enter_context(served(KEPT, _our_command(corpus), setting))
        theirs, their_process = stack.enter_context(served(PLAIN, _plain_command(corpus, setting), setting))
        runs = {SERVE: (ours, varied), PLAIN: (theirs, varied), KEPT: (kept, varied)}
        for address in (ours, theirs, kept):
            load(address, varied, 10 * CLIENTS)
        for turn in range(setting.rounds(5, 1)):
            for name, (address, bodies) in runs.items():
                setting.say(f"load round {turn + 1}: {count} requests to {name}")
                loads[name].append(load(address, bodies, count))
        processes = {SERVE: our_process, PLAIN: their_process, KEPT: kept_process}
        peaks = {name: peak_megabytes(process) for name, process in processes.items()}
    found = {
        "http_p99_to_p50": spread([one.p99_ms / one.p50_ms for one in loads[SERVE]]),
        "http_errors": spread([float(one.errors) for one in loads[SERVE]]),
        "http_to_plain": ratios(
            [one.throughput for one in loads[SERVE]], [one.throughput for one in loads[PLAIN]]
        ),
    }
    table = Table(
        f"HTTP over {corpus.name}: {count:,} requests a round, {CLIENTS} clients, "
        f"{_lines(varied)} different questions",
        ("server", "requests/s", "p50 ms", "p99 ms", "errors", "peak MB"),
        tuple(_row(name, rounds, peaks) for name, rounds in loads.items()),
        note="A plain server's answer is five passages; one of rca-search is the whole answer.",
    )
    figures = {
        name: {
            "requests_per_second": spread([one.throughput for one in rounds]).as_json(),
            "p50_ms": spread([one.p50_ms for one in rounds]).as_json(),
            "p99_ms": spread([one.p99_ms for one in rounds]).as_json(),
            "errors": sum(one.errors for one in rounds),
        }
        for name, rounds in loads.items()
    }
    return Measured(found, (table,), {**figures, "chunks": corpus.chunks, "megabytes": peaks})


def load(address: str, bodies: Path, count: int, clients: int = CLIENTS) -> Load:
    """Send ``count`` requests from ``clients`` at once and say how it went."""
    command = [
        program("wrk"),
        "--threads=1",
        f"--connections={clients}",
        "--duration=600s",
        "--timeout=30s",
        f"--script={ROOT / 'benchmarks' / 'questions.lua'}",
        f"{address}/v1/similar",
        "--",
        str(bodies),
        str(count),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=660)
    found = re.search(r"^figures (\{.*\})$", done.stdout, flags=re.MULTILINE)
    if found is None:
        raise CannotMeasureError(f"wrk gave no figures: {(done.stdout + done.stderr)[-400:]}")
    return Load(**json.loads(found[1]))


def _our_command(corpus: Indexed) -> list[str]:
    return [sys.executable, "-m", "rca_search", "serve", "--index", str(corpus.index), "--port"]


def _plain_command(corpus: Indexed, setting: Setting) -> list[str]:
    """Lay out the same passages and vectors for the plain server."""
    snapshot, _ = open_current(corpus.index)
    folder = setting.work / "plain"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        (snapshot.catalogue.ids[owner], text)
        for owner, text in zip(snapshot.chunk_documents.tolist(), corpus.texts, strict=True)
    ]
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    index = faiss.IndexFlatIP(snapshot.store.dimension)
    index.add(snapshot.store.vectors(np.arange(len(rows), dtype=np.int32)))
    faiss.write_index(index, str(folder / "vectors.faiss"))
    places = [model_folder(), folder / "vectors.faiss", folder / "rows.json"]
    return [sys.executable, "-m", "benchmarks.plain_server", *map(str, places)]


@contextmanager
def served(
    name: str, command: Sequence[str], setting: Setting, more: Mapping[str, str] | None = None
) -> Iterator[tuple[str, int]]:
    """Start a server on a free port, wait until it answers, and stop it in the end."""
    port = _free_port()
    log = setting.work / "logs" / f"{name.replace(' ', '-')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*command, str(port)],
            stdout=stream,
            stderr=stream,
            env={**setting.environment(), **(more or {})},
            cwd=PRODUCT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _await(address, process, log)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    body = json.dumps({"text": "is anybody there", "limit": LIMIT}).encode()
    request = urllib.request.Request(
        f"{address}/v1/similar", data=body, headers={"Content-Type": "application/json"}
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=30):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise CannotMeasureError(f"No answer from {address}: {log.read_text(errors='replace')[-400:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_bodies(target: Path, texts: Sequence[str]) -> Path:
    """Write the body of one request for each text to ``target``, one a line, and return it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"text": text, "limit": LIMIT}) for text in texts]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _row(name: str, rounds: Sequence[Load], peaks: dict[str, float]) -> tuple[str, ...]:
    return (
        name,
        spelled(spread([one.throughput for one in rounds])),
        number(spread([one.p50_ms for one in rounds]).median),
        number(spread([one.p99_ms for one in rounds]).median),
        str(sum(one.errors for one in rounds)),
        f"{peaks[name]:.0f}" if name in peaks else "",
    )
