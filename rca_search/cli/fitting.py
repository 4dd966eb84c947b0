"""Text made to fit: cut between words, with a mark that says so."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

_MARK = " …"
_LOOSE = " ,;:·("
"""What would dangle before the mark."""


def fitting(text: str, room: int) -> str:
    """Return ``text``, cut with a mark where it takes more than ``room`` columns.

    It is cut between words; within one only where that word alone takes half of the room.
    """
    if cell_len(text) <= room:
        return text
    kept = set_cell_size(text, max(room - cell_len(_MARK), 1))
    whole = kept if text[len(kept) :].startswith(" ") else kept.rpartition(" ")[0]
    if 2 * cell_len(whole) < room:
        whole = kept
    return f"{whole.rstrip(_LOOSE)}{_MARK}"
