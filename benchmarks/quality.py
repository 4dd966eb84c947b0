"""Quality: rca-search and its peers rank the same judged questions over the same documents, in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from benchmarks.charts import NAMES
from benchmarks.judged import (
    PAIRED,
    SHOWN,
    JudgedSet,
    Measures,
    Rank,
    judged_sets,
    mean,
    measures,
    without_own,
)
from benchmarks.material import model_folder
from benchmarks.paired import ALL, NOTE, as_json, by_set, moved, spelled
from benchmarks.peers import PEERS
from benchmarks.setting import Measured, Setting
from benchmarks.tables import Table
from benchmarks.workers import Worker
from rca_search.evaluation.intervals import Difference

PRODUCT = "rca-search"

Found = Mapping[str, Mapping[str, Measures]]
"""By set and system."""


def measure(setting: Setting) -> Measured:
    """Rank every question by every system, and set rca-search beside each peer question by question."""
    sets = judged_sets(setting)
    found = {part.name: systems(part, setting) for part in sets}
    apart = differences(found)
    counts = {part.name: len(part.questions) for part in sets}
    scores = scores_table(found, counts)
    figures = {
        "sets": {part.name: _figures(part, found[part.name]) for part in sets},
        "differences": {
            peer: {name: as_json(one) for name, one in by_name.items()} for peer, by_name in apart.items()
        },
    }
    return Measured({}, (scores, differences_table(apart, counts)) if apart else (scores,), figures)


def systems(part: JudgedSet, setting: Setting) -> dict[str, Measures]:
    """Return the measures of rca-search and of each peer that takes part."""
    setting.say(f"{part.name}: {len(part.questions)} questions to {PRODUCT}")
    found = {PRODUCT: measures(part.questions, part.product)}
    for peer in PEERS if setting.with_peers else ():
        with opened(peer, part, setting) as rank:
            setting.say(f"{part.name}: {len(part.questions)} questions to {peer}")
            found[peer] = measures(part.questions, partial(without_own, rank=rank))
    return found


@contextmanager
def opened(peer: str, part: JudgedSet, setting: Setting) -> Iterator[Rank]:
    """Give what ranks by ``peer``, in a process of its own."""
    folder = part.corpus.peer_folder(peer)
    with Worker.peer(setting, peer) as worker:
        worker.ask("open", folder=folder, model=model_folder())

        def rank(text: str, depth: int) -> Sequence[str]:
            return [document for document, _ in worker.ask("rank", text=text, k=depth)["hits"]]

        yield rank


def differences(found: Found) -> dict[str, dict[str, Difference]]:
    """Return by peer and set how far rca-search is ahead, and over the questions of all sets together."""
    scores = {
        system: {name: by_system[system][PAIRED] for name, by_system in found.items()}
        for system in next(iter(found.values()))
    }
    return {peer: by_set(scores[PRODUCT], theirs) for peer, theirs in scores.items() if peer != PRODUCT}


def scores_table(found: Found, counts: Mapping[str, int]) -> Table:
    """Set the systems below each other, a column for each set."""
    names = list(next(iter(found.values())))
    rows = [
        (
            _label(system),
            *(" / ".join(f"{mean(found[name][system][shown]):.3f}" for shown in SHOWN) for name in found),
        )
        for system in names
    ]
    return Table(f"Ranking quality: {' / '.join(SHOWN)}", ("system", *_headings(counts)), tuple(rows))


def differences_table(apart: Mapping[str, Mapping[str, Difference]], counts: Mapping[str, int]) -> Table:
    """Set beside each peer how far rca-search is ahead of it."""
    rows = [
        (_label(peer), *(f"{spelled(by_name[name])}; {moved(by_name[name])}" for name in (*counts, ALL)))
        for peer, by_name in apart.items()
    ]
    return Table(
        f"{PRODUCT}'s {PAIRED} less the peer's",
        ("peer", *_headings({**counts, ALL: sum(counts.values())})),
        tuple(rows),
        note=f"{NOTE} Up and down: questions that rca-search ranks better and worse.",
    )


def _headings(counts: Mapping[str, int]) -> list[str]:
    return [f"{name} ({count})" for name, count in counts.items()]


def _label(system: str) -> str:
    return NAMES.get(system, system)


def _figures(part: JudgedSet, by_system: Mapping[str, Measures]) -> dict[str, object]:
    return {
        "documents": part.corpus.name,
        "questions": [question.id for question in part.questions],
        "means": {
            system: {name: round(mean(values), 5) for name, values in found.items()}
            for system, found in by_system.items()
        },
        PAIRED: {system: [round(value, 4) for value in found[PAIRED]] for system, found in by_system.items()},
    }
