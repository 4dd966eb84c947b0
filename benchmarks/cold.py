"""Cold: one question from a shell, the whole process, against others from their saved indexes."""

from __future__ import annotations

import sys

from benchmarks.hyperfine import time_in_turn
from benchmarks.material import indexed, model_folder, questions
from benchmarks.peers import PEERS
from benchmarks.setting import Measured, Setting
from benchmarks.stats import ratios, spread
from benchmarks.tables import Table, number
from benchmarks.workers import peak_of
from rca_search.indexing.pointer import VERSIONS, read_current

PRODUCT = "rca-search similar"
BARE = "load an encoder and encode, nothing else"
COMPARED = ("txtai", "st-faiss")


def measure(setting: Setting) -> Measured:
    """Time the processes in turn, and take the peak memory of each in a run of its own."""
    corpus = indexed(setting)
    text = questions(setting)[0]
    version = corpus.index / VERSIONS / read_current(corpus.index).version
    programs: dict[str, tuple[str, list[str], bool]] = {
        PRODUCT: ("rca_search", ["similar", text, "--index", str(corpus.index)], False),
        BARE: ("benchmarks.bare", [str(version), text], False),
    }
    for peer in COMPARED if setting.with_peers else ():
        folder = corpus.peer_folder(peer)
        programs[peer] = ("benchmarks.peers.ask", [peer, str(folder), str(model_folder()), text], True)
    commands = {}
    for name, (module, arguments, of_peers) in programs.items():
        python = str(setting.peer_python) if of_peers else sys.executable
        commands[name] = [python, "-m", module, *arguments]
    setting.say(f"cold processes: {', '.join(commands)}")
    times = time_in_turn(commands, setting, rounds=setting.rounds(11, 5))
    peaks = {
        name: peak_of(module, arguments, setting, peers=of_peers)
        for name, (module, arguments, of_peers) in programs.items()
    }
    rows = tuple(
        (
            PEERS.get(name, name),
            *(number(value) for value in (spread(values).median, spread(values).p5, spread(values).p95)),
            number(ratios(values, times[PRODUCT]).median),
            f"{peaks[name]:.0f}",
        )
        for name, values in times.items()
    )
    found = {"cold_to_bare": ratios(times[PRODUCT], times[BARE])}
    found |= {
        f"cold_to_{peer.replace('-', '_')}": ratios(times[peer], times[PRODUCT])
        for peer in COMPARED
        if peer in times
    }
    table = Table(
        f"Cold question over {corpus.name}: {corpus.chunks:,} passages, whole processes",
        ("process", "s", "p5", "p95", "/ rca-search", "peak MB"),
        rows,
    )
    figures = {
        "chunks": corpus.chunks,
        "seconds": {name: spread(values).as_json() for name, values in times.items()},
        "megabytes": peaks,
    }
    return Measured(found, (table,), figures)
