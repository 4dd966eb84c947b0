"""The server that anyone would write: FastAPI, sentence-transformers and a flat FAISS index.

``python -m benchmarks.plain_server MODEL INDEX TEXTS PORT``: where the model, the FAISS index and a JSON list
of the texts and documents of its rows lie. It answers ``POST /v1/similar`` with the best texts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import faiss
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer


class Question(BaseModel):
    """What is asked."""

    text: str
    limit: int = 5


def make_app(model: SentenceTransformer, index: faiss.Index, rows: list[tuple[str, str]]) -> FastAPI:
    """Join model, index and texts to an application."""
    app = FastAPI()

    @app.post("/v1/similar")
    def similar(question: Question) -> list[dict[str, object]]:
        vector = model.encode([question.text], normalize_embeddings=True, show_progress_bar=False)
        scores, found = index.search(vector, question.limit)
        return [
            {"document": rows[row][0], "text": rows[row][1], "score": score}
            for row, score in zip(found[0].tolist(), scores[0].tolist(), strict=True)
        ]

    return app


if __name__ == "__main__":
    model, index, texts, port = sys.argv[1:]
    pairs = [(row[0], row[1]) for row in json.loads(Path(texts).read_text(encoding="utf-8"))]
    app = make_app(SentenceTransformer(model, device="cpu"), faiss.read_index(index), pairs)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")
