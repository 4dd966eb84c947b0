"""A corpus in the form of BEIR (``corpus.jsonl``) as a folder of documents that can be indexed.

Thakur and others, BEIR (2021): a JSON object a line with ``_id``, ``title`` and ``text``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rca_search.errors import InvalidRequestError
from rca_search.evaluation.dataset import JudgedQuery, read_objects
from rca_search.sources.values import one_line

_A_FOLDER = 1_000
_TITLE_CHARACTERS = 80
_UNKNOWN = "not in the corpus: "


@dataclass(frozen=True, slots=True)
class Corpus:
    """Ids of the corpus and of the documents written for it.

    Files are numbered rather than named after their ids, which may hold any character and may differ in case
    alone; judgements are translated on the way in, rankings on the way out.
    """

    documents: Mapping[str, str]
    ids: Mapping[str, str]

    def inward(self, queries: Sequence[JudgedQuery]) -> list[JudgedQuery]:
        """Return ``queries`` with the ids of documents; an id that the corpus lacks names no document."""
        return [
            replace(
                query,
                relevant={self._document(name): grade for name, grade in query.relevant.items()},
                irrelevant=frozenset(map(self._document, query.irrelevant)),
                own=None if query.own is None else self._document(query.own),
            )
            for query in queries
        ]

    def outward(self, document: str) -> str:
        """Return the id that the corpus has for ``document``."""
        return self.ids.get(document, document.removeprefix(_UNKNOWN))

    def _document(self, name: str) -> str:
        return self.documents.get(name, _UNKNOWN + name)


def write_corpus(path: Path, folder: Path) -> Corpus:
    """Write each document of ``path`` as a Markdown file below ``folder``, in the order of the file.

    One without a title takes the beginning of its text. Raises InvalidRequestError with file and line on what
    is no such object, on an id that comes twice, and where there is no document.
    """
    documents: dict[str, str] = {}
    for line, entry in read_objects(path):
        name, title, text = entry.get("_id"), entry.get("title") or "", entry.get("text", "")
        if not isinstance(name, str) or not isinstance(title, str) or not isinstance(text, str):
            raise InvalidRequestError(
                f"{path}:{line} needs a text '_id', a text 'text' and, if any, a text 'title'."
            )
        if name in documents:
            raise InvalidRequestError(f"{path}:{line} holds a second document {name!r}.")
        documents[name] = _write(folder, len(documents), title, text)
    if not documents:
        raise InvalidRequestError(f"{path} holds no document.")
    return Corpus(documents, {document: name for name, document in documents.items()})


def _write(folder: Path, number: int, title: str, text: str) -> str:
    document = f"part-{number // _A_FOLDER:04d}/document-{number:07d}"
    # JSON text in ASCII without surrogates is YAML text; neither knows a NUL.
    body = text.replace("\x00", " ").encode("utf-8", "replace").decode()
    stated = one_line(title) or one_line(body)[:_TITLE_CHARACTERS]
    header = json.dumps(stated.encode("utf-8", "replace").decode(), ensure_ascii=False)
    file = folder / f"{document}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(f"---\ntitle: {header}\n---\n{body}\n".encode())
    return document
