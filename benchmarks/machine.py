"""What was measured on what: commit, processor, memory, versions; no name and no path of the machine."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.setting import PRODUCT, ROOT, CannotMeasureError, Setting
from rca_search.indexing.fingerprint import code_fingerprint

OURS = (
    "faiss-cpu",
    "fastapi",
    "numpy",
    "onnxruntime",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "uvicorn",
)
PEERS = (
    "txtai",
    "chromadb",
    "bm25s",
    "faiss-cpu",
    "scikit-learn",
    "sentence-transformers",
    "transformers",
    "torch",
)


@cache
def commit() -> str:
    """Return the commit of the measured rca-search, marked where files of it differ.

    The first call settles it: a checkout may move on while a run goes on with the code that it started with.
    """
    head = _git("rev-parse", "--short", "HEAD") or "unknown"
    measured = ("rca_search", "benchmarks", ":(exclude)benchmarks/results")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *measured)
    elsewhere = PRODUCT != ROOT
    return f"{head}-changed" if changed or elsewhere else head


def describe(setting: Setting) -> dict[str, object]:
    """Return the machine and the versions as plain values."""
    return {
        "cpu": _first(r"model name\s*:\s*(.+)", "/proc/cpuinfo") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(int(_first(r"MemTotal:\s+(\d+)", "/proc/meminfo") or 0) / 1024**2, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 2),
        "code": code_fingerprint()[:12],
        "versions": {name: found for name in OURS if (found := _version(name))},
        "peers": _peer_versions(setting),
        "tools": _tool_versions(),
    }


def _peer_versions(setting: Setting) -> dict[str, str]:
    if not setting.with_peers:
        return {}
    code = (
        "import importlib.metadata as m, json, platform, sys;"
        "print(json.dumps({'python': platform.python_version(), **{n: m.version(n) for n in sys.argv[1:]}}))"
    )
    try:
        command = [str(setting.peer_python), "-c", code, *PEERS]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (CannotMeasureError, subprocess.CalledProcessError):
        return {}
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _tool_versions() -> dict[str, str]:
    found = {}
    for tool, argument in (("hyperfine", "--version"), ("wrk", "--version")):
        try:
            done = subprocess.run([tool, argument], capture_output=True, text=True, check=False)
        except OSError:
            continue
        match = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
        found[tool] = match[0] if match else "unknown"
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _first(pattern: str, path: str) -> str | None:
    try:
        found = re.search(pattern, Path(path).read_text(encoding="utf-8"))
    except OSError:
        return None
    return found[1].strip() if found else None


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
