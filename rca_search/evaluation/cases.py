"""Questions and judgements written as the files that ``load_dataset`` reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rca_search.errors import InvalidRequestError, StorageError
from rca_search.evaluation.dataset import JudgedQuery

QUERIES, JUDGEMENTS = "queries.jsonl", "qrels.tsv"


def refuse_taken(folder: Path) -> None:
    """Raise InvalidRequestError where ``folder`` holds one of the files already: it may be hand-made."""
    for path in (folder / QUERIES, folder / JUDGEMENTS):
        if path.exists():
            raise InvalidRequestError(
                f"{path} is there already.", remedy="Name an empty folder; nothing is overwritten."
            )


def save_cases(folder: Path, queries: Sequence[JudgedQuery]) -> tuple[Path, Path]:
    """Write ``queries.jsonl`` and ``qrels.tsv`` into ``folder``, which is made where it is missing.

    Raises InvalidRequestError where one of the files is there already, StorageError where it cannot be
    written.
    """
    refuse_taken(folder)
    paths = (folder / QUERIES, folder / JUDGEMENTS)
    asked = [
        json.dumps({"_id": one.id, "text": one.text, "metadata": dict(one.metadata)}, ensure_ascii=False)
        for one in queries
    ]
    judged = [f"{one.id}\t{name}\t{grade}" for one in queries for name, grade in sorted(one.relevant.items())]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, lines in zip(paths, (asked, ["query-id\tcorpus-id\tscore", *judged]), strict=True):
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be written: {error.strerror}.", remedy="Name another folder."
        ) from error
    return paths
