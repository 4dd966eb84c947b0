"""Judged questions: a file of queries and a file of judgements."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rca_search.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A question with its judgements; ``relevant`` maps document id to a grade above 0.

    ``own`` is the document that the question was made from, which is left out. ``irrelevant`` documents were
    judged to be of no help; what is neither was not judged.
    """

    id: str
    text: str
    relevant: Mapping[str, int]
    metadata: Mapping[str, object]
    own: str | None
    irrelevant: frozenset[str] = frozenset()


Find = Callable[[str], str | None]
"""Gives the id of the document that a name stands for, None where there is none."""


def graded(query: JudgedQuery, find: Find) -> tuple[str | None, dict[str, int]]:
    """Return the id of the question's own document, and the grades of the others that are there, by id.

    Judgements may name a document by an alias, and by several: the best grade counts.
    """
    own = None if query.own is None else find(query.own)
    grades: dict[str, int] = {}
    for name, grade in (*dict.fromkeys(sorted(query.irrelevant), 0).items(), *query.relevant.items()):
        document = find(name)
        if document is not None and document != own:
            grades[document] = max(grade, grades.get(document, 0))
    return own, grades


def resolved(query: JudgedQuery, find: Find) -> JudgedQuery:
    """Return ``query`` with documents named by their ids, and without a judgement of its own one.

    What ``find`` does not know stays as it is among the relevant ones, and is missed.
    """
    own, grades = graded(query, find)
    unknown = {name: grade for name, grade in query.relevant.items() if find(name) is None}
    relevant = {name: grade for name, grade in grades.items() if grade > 0}
    return replace(
        query,
        own=own,
        relevant={**unknown, **relevant},
        irrelevant=frozenset(grades.keys() - relevant.keys()),
    )


def load_dataset(queries: Path, judgements: Path) -> list[JudgedQuery]:
    """Read ``queries`` (JSON lines with ``_id``, ``text``, ``metadata``) and ``judgements`` (tab separated).

    Judgements have three columns: query id, document id, grade. Raises InvalidRequestError with file
    and line on anything else, and on a judgement of an unknown query.
    """
    graded: dict[str, dict[str, int]] = {}
    for query_id, document_id, grade in _judgements(judgements):
        graded.setdefault(query_id, {})[document_id] = grade
    loaded: list[JudgedQuery] = []
    seen: set[str] = set()
    for line, entry in read_objects(queries):
        loaded.append(_query(entry, line, queries, graded))
        if loaded[-1].id in seen:
            raise _invalid(queries, line, f"holds a second query {loaded[-1].id!r}")
        seen.add(loaded[-1].id)
    unknown = sorted(graded.keys() - seen)
    if unknown:
        raise InvalidRequestError(
            f"{judgements} judges queries that {queries} does not hold, such as {unknown[0]!r}.",
            remedy="Pass the two files of the same set.",
        )
    return loaded


def _query(
    entry: Mapping[str, object], line: int, path: Path, graded: Mapping[str, Mapping[str, int]]
) -> JudgedQuery:
    query_id, text, metadata = entry.get("_id"), entry.get("text"), entry.get("metadata", {})
    if not isinstance(query_id, str) or not isinstance(text, str) or not isinstance(metadata, dict):
        raise _invalid(path, line, "needs a text '_id', a text 'text' and, if any, an object 'metadata'")
    own, grades = metadata.get("self"), graded.get(query_id, {})
    return JudgedQuery(
        id=query_id,
        text=text,
        relevant={name: grade for name, grade in grades.items() if grade > 0},
        metadata=metadata,
        own=str(own) if own else None,
        irrelevant=frozenset(name for name, grade in grades.items() if grade <= 0),
    )


def read_objects(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Return the JSON objects of a file with one a line, each with the number of its line.

    Raises InvalidRequestError with file and line on anything else.
    """
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise _invalid(path, number, f"is not JSON ({error})") from error
        if not isinstance(entry, dict):
            raise _invalid(path, number, "is not JSON object")
        yield number, entry


def _judgements(path: Path) -> Iterator[tuple[str, str, int]]:
    for number, row in enumerate(csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
        if not row or (number == 1 and row[-1].strip() == "score"):
            continue
        try:
            query_id, document_id, grade = row
            yield query_id, document_id, int(grade)
        except ValueError as error:
            raise _invalid(
                path, number, "is not query id, document id and whole grade, tab separated"
            ) from error


def _lines(path: Path) -> list[str]:
    """Return the lines of a file; JSON strings may hold what else ``splitlines`` would end a line at."""
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequestError(f"{path} cannot be read: {error}.") from error


def _invalid(path: Path, line: int, what: str) -> InvalidRequestError:
    return InvalidRequestError(f"{path}:{line} {what}.")
