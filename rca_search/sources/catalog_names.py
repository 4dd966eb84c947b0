"""Which files are service catalogues: told by their names, so that a listing needs no YAML library."""

from __future__ import annotations

FILE_NAMES = frozenset({"catalog-info.yaml", "catalog-info.yml"})


def is_catalog(path: str) -> bool:
    """Tell whether the file at ``path`` is a service catalogue."""
    return path.rpartition("/")[2].casefold() in FILE_NAMES
