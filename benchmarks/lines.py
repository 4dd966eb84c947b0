"""Requests and answers as JSON lines between the benchmark and a process that it measures.

The serving side uses the standard library alone: it also runs in the peers' environment.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Operation = Callable[..., dict[str, Any]]


def answer_requests(operations: Mapping[str, Operation]) -> None:
    """Answer each line of standard input by the operation it names, until the input ends.

    What libraries print goes to standard error, so that it cannot get between the answers.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    known = {**operations, "peak": lambda: {"megabytes": peak_megabytes()}}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = known[request.pop("op")](**request)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is told to the other side
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def peak_megabytes(process: int | str = "self") -> float:
    """Return the most memory that ``process`` itself has had resident so far.

    What the kernel tells a parent of its children, or a child of itself by ``ru_maxrss``, counts the
    parent's own memory too, from before the child became another program.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0
