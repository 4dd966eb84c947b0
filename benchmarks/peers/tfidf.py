"""TF-IDF with bonuses: the cosine of whole documents, more for a service or a tag that the question names.

Open engines for similar incidents are made this way where they use no model: the cosine of TF-IDF vectors
of all incidents, and fixed amounts on top where the same service is affected and for each keyword in
common. Nothing is learned and nothing is normalised, so a bonus can outweigh any text. A question here is
plain text, so a label counts as shared where its words stand in the question, one after the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.peers import Corpus, Hits

SERVICE_BONUS = 0.2
"""Added once where the question names a service of the document."""

TAG_BONUS = 0.05
"""Added for each tag of the document that the question names."""

MOST_TAGS = 3
"""Tags beyond these add nothing."""


class Adaptor:
    """A fitted vectorizer, the vectors of all documents, and their labels."""

    def build(self, corpus: Corpus, folder: Path, model: Path) -> None:  # noqa: ARG002 - needs no model
        """Fit on whole documents."""
        documents = corpus.documents()
        vectorizer = TfidfVectorizer(stop_words="english", sublinear_tf=True)
        vectors = vectorizer.fit_transform(documents.values())
        joblib.dump(vectorizer, folder / "vectorizer.joblib")
        sparse.save_npz(folder / "vectors.npz", vectors)
        labels = [corpus.labels.get(document, {}) for document in documents]
        content = {
            "ids": list(documents),
            "services": [_patterns(fields.get("services", ())) for fields in labels],
            "tags": [_patterns(fields.get("tags", ())) for fields in labels],
        }
        (folder / "documents.json").write_text(json.dumps(content), encoding="utf-8")

    def open(self, folder: Path, model: Path) -> None:  # noqa: ARG002 - needs no model
        """Load what was fitted."""
        self._vectorizer = joblib.load(folder / "vectorizer.joblib")
        self._vectors = sparse.load_npz(folder / "vectors.npz").tocsr()
        content = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
        self._ids: list[str] = content["ids"]
        self._services: list[list[str]] = content["services"]
        self._tags: list[list[str]] = content["tags"]

    def search(self, text: str, k: int) -> Hits:
        """Score every document."""
        question = self._vectorizer.transform([text])
        scores = (self._vectors @ question.T).toarray().ravel()
        words = _spaced(text)
        scores += SERVICE_BONUS * np.asarray([any(name in words for name in row) for row in self._services])
        tags = np.asarray([sum(name in words for name in row) for row in self._tags])
        scores += TAG_BONUS * np.minimum(tags, MOST_TAGS)
        order = np.argsort(-scores, kind="stable")[:k]
        return [(self._ids[row], float(scores[row])) for row in order.tolist() if scores[row] > 0]


def _patterns(names: Sequence[str]) -> list[str]:
    return [spaced for name in names if (spaced := _spaced(name)).strip()]


def _spaced(text: str) -> str:
    """Return the words of ``text`` in small letters, a space around each."""
    return " " + " ".join(re.findall(r"\w+", text.casefold())) + " "
