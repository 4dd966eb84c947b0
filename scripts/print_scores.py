"""Print the scores that ``rca-search eval questions --json`` wrote, one row for each file.

Usage: python scripts/print_scores.py FILE.json...
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

MEASURES = ("hit@1", "hit@5", "hit@10", "ndcg@10", "mrr")


def find(report: object, name: str) -> float | None:
    """Look for a measure anywhere in the report, outermost first."""
    if not isinstance(report, dict):
        return None
    value = report.get(name)
    if isinstance(value, dict):
        value = value.get("value", value.get("mean"))
    if isinstance(value, int | float):
        return float(value)
    return next((found for part in report.values() if (found := find(part, name)) is not None), None)


def main(paths: list[str]) -> int:
    """Print the table; a measure that a report lacks is an error."""
    print(f"{'set':18}" + "".join(f"{name:>9}" for name in MEASURES))
    for path in map(Path, paths):
        report = json.loads(path.read_text(encoding="utf-8"))
        values = [find(report, name) for name in MEASURES]
        if None in values:
            print(f"{path}: lacks {MEASURES[values.index(None)]}", file=sys.stderr)
            return 1
        print(f"{path.stem:18}" + "".join(f"{value:9.3f}" for value in values))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
