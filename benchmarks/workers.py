"""Processes that are measured from within: started once, asked by JSON lines, each timing itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.peak import MARK
from benchmarks.setting import PRODUCT, ROOT, CannotMeasureError, Setting


class Worker:
    """One process; ``ask`` waits for its answer, so that only one worker runs at a time."""

    def __init__(self, name: str, command: Sequence[str], setting: Setting, *, peers: bool) -> None:
        """Start ``command``; what it prints goes to a log file."""
        self.name = name
        self._log = setting.work / "logs" / f"{name}.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=setting.environment(peers=peers),
                cwd=ROOT if peers else PRODUCT,
            )

    @classmethod
    def product(cls, setting: Setting, name: str = "rca-search") -> Self:
        """Start a worker of rca-search itself."""
        return cls(name, [sys.executable, "-m", "benchmarks.product"], setting, peers=False)

    @classmethod
    def peer(cls, setting: Setting, peer: str) -> Self:
        """Start a worker of the peer called ``peer``."""
        command = [str(setting.peer_python), "-m", "benchmarks.peers.worker", peer]
        return cls(peer, command, setting, peers=True)

    def ask(self, op: str, **arguments: object) -> dict[str, Any]:
        """Do ``op`` and return the answer; raises CannotMeasureError where it fails."""
        if self._process.stdin is None or self._process.stdout is None:
            raise CannotMeasureError(f"{self.name} has no pipes.")
        try:
            self._process.stdin.write(json.dumps({"op": op, **arguments}, default=str) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise CannotMeasureError(f"{self.name} ended while it did {op!r}; its last words: {self._tail()}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise CannotMeasureError(f"{self.name} cannot do {op!r}: {answer['error']}")
        return answer

    def peak(self) -> float:
        """Return its peak memory in megabytes."""
        return float(self.ask("peak")["megabytes"])

    def close(self) -> None:
        """Let it end."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait(timeout=60)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the process end."""
        self.close()

    def _tail(self) -> str:
        return " | ".join(self._log.read_text(encoding="utf-8", errors="replace").split("\n")[-6:])


def peak_of(module: str, arguments: Sequence[str], setting: Setting, *, peers: bool = False) -> float:
    """Run ``module`` as a program of its own and return its peak memory in megabytes."""
    python = str(setting.peer_python) if peers else sys.executable
    done = subprocess.run(
        [python, "-m", "benchmarks.peak", module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=setting.environment(peers=peers),
        cwd=ROOT if peers else PRODUCT,
    )
    found = re.search(rf"{MARK} ([\d.]+)", done.stderr)
    if done.returncode or found is None:
        raise CannotMeasureError(f"{module} ended with {done.returncode}: {done.stderr[-400:]}")
    return float(found[1])


def log_folder(setting: Setting) -> Path:
    """Return the folder of the workers' log files."""
    return setting.work / "logs"
