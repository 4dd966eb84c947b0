"""Build: the first, an unchanged one, one with one file changed; and the encoder against its own library."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.documents import derived, substitutions
from benchmarks.hyperfine import time_in_turn
from benchmarks.material import Indexed, indexed
from benchmarks.setting import Measured, Setting
from benchmarks.stats import Spread, ratios, spread
from benchmarks.tables import Table, number, spelled
from benchmarks.workers import Worker
from rca_search.embedding import DEFAULT_MODEL

FIRST = "first build"
START = "process start (--version)"
UNCHANGED = "rebuild, nothing changed"
CHANGED = "rebuild, one file changed"

SLICE = 640
SHORT_SLICE = 128
"""Texts encoded by one, then by the other: enough for either to sort by length what it batches."""


def measure(setting: Setting) -> Measured:
    """Build anew and rebuild in processes of their own; then encode the same texts in two ways."""
    with tempfile.TemporaryDirectory() as place:
        extra = Path(place) / "changing"
        index = Path(place) / "index"
        _rewrite(setting, extra, 0)
        folders = [str(setting.corpus), str(extra)]
        setting.say(f"first build of {setting.corpus_name}")
        with Worker.product(setting, "first-build") as worker:
            first = worker.ask("build", folders=folders, index=index, model=DEFAULT_MODEL)
            peak = worker.peak()
        with Worker.product(setting, "verify") as worker:
            opened = [worker.ask("open", index=index, model=False) for _ in range(5)]
            hashed = [worker.ask("hash", index=index) for _ in range(5)]
        again = _rebuilds(setting, folders, index, extra)
    corpus = indexed(setting)
    encoders = _encoders(corpus, setting)
    unchanged = [one - two for one, two in zip(again[UNCHANGED], again[START], strict=True)]
    rest = 1 - first["encode_seconds"] / first["seconds"]
    found = {
        "build_to_library": ratios(encoders["library"], encoders["rca-search"]),
        "build_rest": spread([rest]),
        "rebuild_unchanged_seconds": spread(unchanged),
        "rebuild_unchanged_to_start": ratios(again[UNCHANGED], again[START]),
        "rebuild_changed_seconds": spread(again[CHANGED]),
    }
    opening = spread([one["seconds"] for one in opened])
    loading = spread([one["warm_seconds"] for one in opened])
    hashing = spread([one["seconds"] for one in hashed])
    tables = (
        _builds(first, peak, again, setting),
        _encoding(encoders, len(corpus.texts)),
        Table(
            "Opening the index",
            ("what", "ms", "p5", "p95"),
            (
                (f"read and hash its files ({hashed[0]['megabytes']:.0f} MB), nothing else", *_ms(hashing)),
                ("open it, every one of these files verified", *_ms(opening)),
                (
                    "load its encoder, verified likewise",
                    *_ms(loading),
                ),
            ),
        ),
    )
    figures = {
        "first": {**first, "megabytes": peak},
        "processes_seconds": {name: spread(values).as_json() for name, values in again.items()},
        "encode_seconds": {name: spread(values).as_json() for name, values in encoders.items()},
        "open_seconds": opening.as_json(),
        "hash_seconds": hashing.as_json(),
    }
    return Measured(found, tables, figures)


def _rewrite(setting: Setting, extra: Path, turn: int) -> None:
    """Write one document with other words each ``turn``; the corpus itself is never written to."""
    source = sorted(setting.corpus.rglob("*.md"))[-1]
    text = source.read_text(encoding="utf-8")
    vocabulary = sorted(
        {word for word in text.split() if word.isalpha() and word.islower() and len(word) > 3}
    )
    extra.mkdir(exist_ok=True)
    changed = derived(text, substitutions(vocabulary, turn + 1), turn + 1)
    (extra / "changing.md").write_text(changed, encoding="utf-8")


def _rebuilds(setting: Setting, folders: list[str], index: Path, extra: Path) -> dict[str, list[float]]:
    build = setting.product_command("build", *folders, "--index", str(index))
    commands = {START: setting.product_command("--version"), UNCHANGED: build, CHANGED: build}
    turns = 0

    def before(name: str) -> None:
        nonlocal turns
        if name == CHANGED:
            turns += 1
            _rewrite(setting, extra, turns)

    setting.say("rebuilds in turn with process starts")
    return time_in_turn(commands, setting, rounds=setting.rounds(11, 5), before=before)


def _encoders(corpus: Indexed, setting: Setting) -> dict[str, list[float]]:
    """Encode slices of the same texts by rca-search and by the library that its model comes from."""
    with Worker.product(setting, "encode") as ours, Worker.product(setting, "library") as theirs:
        ours.ask("open", index=corpus.index)
        theirs.ask("open_library")
        texts = corpus.texts[: setting.rounds(len(corpus.texts), 3 * SHORT_SLICE)]
        size = min(len(texts), setting.rounds(SLICE, SHORT_SLICE))
        setting.say(f"encoding {len(texts)} passages twice")
        times: dict[str, list[float]] = {"rca-search": [], "library": []}
        ours.ask("encode", texts=texts[:32])
        theirs.ask("encode_library", texts=texts[:32])
        for start in range(0, len(texts) - size + 1, size):
            part = texts[start : start + size]
            times["rca-search"].append(ours.ask("encode", texts=part)["seconds"])
            time.sleep(0.05)
            times["library"].append(theirs.ask("encode_library", texts=part)["seconds"])
            time.sleep(0.05)
    return {name: [seconds / size for seconds in values] for name, values in times.items()}


def _builds(first: dict[str, float], peak: float, again: dict[str, list[float]], setting: Setting) -> Table:
    seconds, encoding = first["seconds"], first["encode_seconds"]
    rows = [
        (FIRST, number(seconds), f"{first['encoded'] / encoding:.0f} passages/s encoded"),
        ("  of that in the encoder", number(encoding), f"{encoding / seconds:.0%}"),
        ("  of that loading and exporting the model", number(first["load_seconds"]), ""),
        ("  everything else", number(seconds - encoding - first["load_seconds"]), ""),
    ]
    rows += [(name, spelled(spread(values)), f"{len(values)} rounds") for name, values in again.items()]
    title = f"Builds of {setting.corpus_name}: {first['documents']} documents, {first['chunks']:,} passages"
    return Table(
        title, ("what", "s", "note"), tuple(rows), note=f"Peak memory of the first build: {peak:.0f} MB."
    )


def _encoding(encoders: dict[str, list[float]], count: int) -> Table:
    names = {"rca-search": "rca-search", "library": "SentenceTransformer.encode, batches of 32"}
    rows = []
    for name, values in encoders.items():
        rates = spread([1 / value for value in values])
        rows.append((names[name], number(rates.median), number(rates.p5), number(rates.p95)))
    title = f"Encoding the same passages ({count:,}), slices in turn"
    return Table(title, ("encoder", "passages/s", "p5", "p95"), tuple(rows))


def _ms(value: Spread) -> tuple[str, str, str]:
    return number(1000 * value.median), number(1000 * value.p5), number(1000 * value.p95)
