"""Measure rca-search against its peers in one run: ``python -m benchmarks [NAME ...]``.

Without a name everything that measures speed runs.

Exit codes: 0 measured; 1 a ratio fell behind its limit (with --check); 2 something needed is missing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import charts, results, targets
from benchmarks.machine import commit
from benchmarks.setting import RESULTS, WORK, CannotMeasureError, Measured, Setting, program
from benchmarks.tables import render
from rca_search.embedding import processors

MEASUREMENTS: Mapping[str, tuple[str, ...]] = {
    "cold": ("hyperfine",),
    "warm": (),
    "http": ("wrk",),
    "build": ("hyperfine",),
    "growth": (),
}
"""The modules that measure speed, and the programs that each needs; without a name all of these run."""

ON_JUDGED_QUESTIONS = ("quality", "ablation", "templates")
"""The modules that measure rankings; each runs where it is named, and writes files of its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write, draw and check."""
    options = parse(arguments)
    setting = Setting(
        short=options.short,
        large=options.large,
        corpora=options.corpora,
        threads=options.threads,
        work=options.work,
        say=lambda text: print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True),
    )
    commit()
    try:
        measured = run(options.names or list(MEASUREMENTS), setting)
        return report(measured, setting, options.results, check=options.check)
    except CannotMeasureError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure rca-search and its peers."
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"{', '.join(MEASUREMENTS)} (default: all of these); {', '.join(ON_JUDGED_QUESTIONS)}",
    )
    parser.add_argument("--short", action="store_true", help="a minute or so, without peers; what CI runs")
    parser.add_argument("--large", action="store_true", help="growth up to a million passages")
    parser.add_argument(
        "--corpora",
        type=Path,
        default=os.environ.get("RCA_CORPORA") or None,
        help="folder with corpora/ and bench/ (default: $RCA_CORPORA; without: the example vault)",
    )
    parser.add_argument(
        "--check", action="store_true", help="fail where a ratio is behind benchmarks/limits.json"
    )
    parser.add_argument(
        "--threads", type=int, default=processors(), help="threads of every process (default: the processors)"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the result files")
    parser.add_argument("--work", type=Path, default=WORK, help="folder of indexes that are kept")
    options = parser.parse_args(arguments)
    known = (*MEASUREMENTS, *ON_JUDGED_QUESTIONS)
    if unknown := sorted(set(options.names) - set(known)):
        parser.error(f"there is no benchmark called {unknown[0]}; there are {', '.join(known)}")
    if options.corpora is not None and not (options.corpora / "corpora" / "incidents").is_dir():
        parser.error(f"{options.corpora} has no folder corpora/incidents (see benchmarks/README.md)")
    options.work, options.results = options.work.absolute(), options.results.absolute()
    return options


def run(names: Sequence[str], setting: Setting) -> dict[str, Measured]:
    """Run the measurements called ``names``; what they need is looked for before the first starts."""
    for name in names:
        for needed in MEASUREMENTS.get(name, ()):
            program(needed)
    if setting.corpora is None and (judged := sorted(set(ON_JUDGED_QUESTIONS) & set(names))):
        raise CannotMeasureError(
            f"{judged[0]} needs judged questions: set RCA_CORPORA (benchmarks/README.md)."
        )
    if setting.with_peers and {"cold", "warm", "quality"} & set(names):
        _ = setting.peer_python
    if setting.corpora is None:
        setting.say("no RCA_CORPORA: the example vault is measured, which is small")
    setting.say(f"{setting.threads} threads for each process; load now {os.getloadavg()[0]:.2f}")
    measured = {}
    for name in names:
        started = time.monotonic()
        measured[name] = importlib.import_module(f"benchmarks.{name}").measure(setting)
        for table in measured[name].tables:
            print(render(table), flush=True)
        setting.say(f"{name}: {time.monotonic() - started:.0f} s")
    return measured


def report(measured: Mapping[str, Measured], setting: Setting, folder: Path, *, check: bool) -> int:
    """Write what was measured, draw it, set it beside its targets, and compare it with the limits."""
    for name in [name for name in ON_JUDGED_QUESTIONS if name in measured]:
        report_ranking(name, measured[name], setting, folder)
    timed = {name: part for name, part in measured.items() if name in MEASUREMENTS}
    return report_speed(timed, setting, folder, check=check) if timed else 0


def report_ranking(name: str, part: Measured, setting: Setting, folder: Path) -> None:
    """Write and draw what was measured on judged questions."""
    written = results.collect(setting, {name: part}, dt.datetime.now(dt.UTC))
    written["documents"] = "those of the judged sets"
    places = list(results.write_ranking(folder, written, name))
    places += drawn(lambda: charts.draw_quality(written, folder), setting)
    setting.say("written: " + ", ".join(place.name for place in places))


def report_speed(measured: Mapping[str, Measured], setting: Setting, folder: Path, *, check: bool) -> int:
    """Write and draw what was timed, set it beside its targets, and compare it with the limits."""
    found = results.ratios_of(measured)
    verdicts = targets.verdicts(found)
    print(render(verdicts))
    written = results.collect(setting, measured, dt.datetime.now(dt.UTC))
    places = list(results.write(folder, written, verdicts))
    places += drawn(lambda: charts.draw(written, folder), setting)
    setting.say("written: " + ", ".join(place.name for place in places))
    if not check:
        return 0
    limits, tolerance = targets.read_limits("short" if setting.short else "full")
    behind = targets.regressions(found, limits, tolerance)
    for line in behind:
        print(f"REGRESSION {line}", file=sys.stderr)
    return 1 if behind else 0


def drawn(draw: Callable[[], list[Path]], setting: Setting) -> list[Path]:
    """Draw charts of a full run, where matplotlib is installed."""
    if setting.short:
        return []
    try:
        return draw()
    except CannotMeasureError as error:
        setting.say(str(error))
        return []


if __name__ == "__main__":
    sys.exit(main())
