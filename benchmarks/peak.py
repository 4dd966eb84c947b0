"""Run a module as a program and say its own peak memory: ``python -m benchmarks.peak MODULE ...``."""

from __future__ import annotations

import atexit
import runpy
import sys

from benchmarks.lines import peak_megabytes

MARK = "peak-megabytes"


def _say() -> None:
    sys.stderr.write(f"\n{MARK} {peak_megabytes():.1f}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    atexit.register(_say)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
