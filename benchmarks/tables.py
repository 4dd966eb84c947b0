"""Tables that line up on a terminal and are Markdown at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.stats import Spread


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows of text; all columns but the first are set to the right."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """Return plain values."""
        return {
            "title": self.title,
            "headings": list(self.headings),
            "rows": [list(row) for row in self.rows],
            "note": self.note,
        }

    def __str__(self) -> str:
        """Lay the table out."""
        return render(self)


def render(table: Table) -> str:
    """Return the table as Markdown, its columns padded to line up."""
    widths = [max(len(row[column]) for row in (table.headings, *table.rows)) for column in _columns(table)]
    widths = [max(width, 3) for width in widths]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [f"### {table.title}", "", _line(table.headings, widths), _line(rule, widths)]
    lines.extend(_line(row, widths) for row in table.rows)
    if table.note:
        lines.extend(["", table.note])
    return "\n".join(lines) + "\n"


def milliseconds(seconds: Spread) -> tuple[str, str, str]:
    """Return median, 5th and 95th percentile of ``seconds`` as three cells in milliseconds."""
    return tuple(number(1000 * value) for value in (seconds.median, seconds.p5, seconds.p95))  # type: ignore[return-value]


def number(value: float) -> str:
    """Return ``value`` with three significant digits and no exponent."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def spelled(value: Spread) -> str:
    """Return the median with its range."""
    return f"{number(value.median)} ({number(value.p5)} to {number(value.p95)})"


def _columns(table: Table) -> range:
    return range(len(table.headings))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = f"{cells[0]:<{widths[0]}}"
    rest = [f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return "| " + " | ".join([first, *rest]) + " |"
