"""Files of results: one JSON file for each run, and the tables of the latest as Markdown."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.machine import commit, describe
from benchmarks.setting import Measured, Setting
from benchmarks.stats import Spread
from benchmarks.tables import Table, render

FORMAT = 1


def collect(setting: Setting, measured: Mapping[str, Measured], moment: dt.datetime) -> dict[str, object]:
    """Return everything of one run as plain values."""
    return {
        "format": FORMAT,
        "commit": commit(),
        "measured_at": moment.isoformat(timespec="seconds"),
        "form": "short" if setting.short else "full",
        "documents": setting.corpus_name,
        "threads": setting.threads,
        "machine": describe(setting),
        "ratios": {name: value.as_json() for name, value in ratios_of(measured).items()},
        "measurements": {
            name: {"figures": part.figures, "tables": [table.as_json() for table in part.tables]}
            for name, part in measured.items()
        },
    }


def ratios_of(measured: Mapping[str, Measured]) -> dict[str, Spread]:
    """Return the ratios of all measurements by name."""
    return {name: value for part in measured.values() for name, value in part.ratios.items()}


def write(folder: Path, report: Mapping[str, object], verdicts: Table) -> tuple[Path, Path]:
    """Write the JSON file, named by day and commit, and ``latest.md``; return both places."""
    folder.mkdir(parents=True, exist_ok=True)
    day = str(report["measured_at"])[:10]
    short = "-short" if report["form"] == "short" else ""
    target = folder / f"{day}-{report['commit']}{short}.json"
    target.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = folder / f"latest{short}.md"
    page.write_text(as_markdown(report, verdicts), encoding="utf-8")
    return target, page


def write_ranking(folder: Path, report: Mapping[str, object], name: str) -> tuple[Path, Path]:
    """Write the JSON file and the page of a measurement on judged questions, each named after it."""
    folder.mkdir(parents=True, exist_ok=True)
    day = str(report["measured_at"])[:10]
    short = "-short" if report["form"] == "short" else ""
    target = folder / f"{name}-{day}-{report['commit']}{short}.json"
    target.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = folder / f"{name}{short}.md"
    page.write_text(ranking_page(report, name), encoding="utf-8")
    return target, page


def ranking_page(report: Mapping[str, object], name: str) -> str:
    """Return the tables of one measurement, with the command and the commit that they come from."""
    measurements: Mapping[str, Mapping[str, list[dict[str, object]]]] = report["measurements"]  # type: ignore[assignment]
    option = " --short" if report["form"] == "short" else ""
    parts = [
        f"Printed by `python -m benchmarks {name}{option}` at commit {report['commit']} on "
        f"{str(report['measured_at'])[:10]}.\n"
    ]
    parts.extend(render(_table(table)) for table in measurements[name]["tables"])
    return "\n".join([*parts, *_versions(report["machine"])])  # type: ignore[arg-type]


def as_markdown(report: Mapping[str, object], verdicts: Table) -> str:
    """Return the tables of a report with what they were measured on."""
    machine: Mapping[str, object] = report["machine"]  # type: ignore[assignment]
    measurements: Mapping[str, Mapping[str, list[dict[str, object]]]] = report["measurements"]  # type: ignore[assignment]
    parts = [
        f"Measured at commit {report['commit']} on {str(report['measured_at'])[:10]}: {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['memory_gb']} GB; Python {machine['python']}; "
        f"{report['threads']} threads for each process; documents: {report['documents']}.\n",
        render(verdicts),
    ]
    for part in measurements.values():
        parts.extend(render(_table(table)) for table in part["tables"])
    return "\n".join([*parts, *_versions(machine), *_versions(machine, tools=True)])


def _versions(machine: Mapping[str, object], *, tools: bool = False) -> list[str]:
    names = {"tools": "tools"} if tools else {"rca-search": "versions", "peers": "peers"}
    found: dict[str, Mapping[str, str]] = {name: machine[key] for name, key in names.items()}  # type: ignore[misc]
    return [
        f"Versions of {name}: "
        + ", ".join(f"{package} {number}" for package, number in versions.items())
        + ".\n"
        for name, versions in found.items()
        if versions
    ]


def _table(value: Mapping[str, object]) -> Table:
    rows: list[list[str]] = value["rows"]  # type: ignore[assignment]
    headings: list[str] = value["headings"]  # type: ignore[assignment]
    return Table(str(value["title"]), tuple(headings), tuple(map(tuple, rows)), str(value.get("note", "")))


def latest(folder: Path, *, having: str) -> dict[str, object] | None:
    """Return the newest full report that holds the measurement ``having``, or None."""
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True):
        report: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        measurements = report.get("measurements")
        if isinstance(measurements, dict) and having in measurements:
            return report
    return None
