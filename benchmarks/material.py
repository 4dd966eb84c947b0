"""Questions and indexes that the measurements share; what takes long to make is kept below build/bench."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.documents import derive
from benchmarks.setting import ROOT, CannotMeasureError, Setting
from benchmarks.workers import Worker
from rca_search.embedding import DEFAULT_MODEL
from rca_search.embedding.model_files import find_model
from rca_search.indexing.encoder import PublishedEncoder
from rca_search.indexing.passages import encoded_text
from rca_search.indexing.snapshot import open_current

QUESTION_SETS = ("oncall-incidents", "oncall-runbooks", "alert2runbook")
DISTINCT = 200
"""So many different questions at least, that no cache of answers or vectors could carry a load test."""

COPIES = 3
"""Derived copies of each incident in the larger corpus, which has some 10,000 passages."""


def questions(setting: Setting) -> list[str]:
    """Return the questions of the example vault, or the alerts and on-call questions of the judged sets."""
    if setting.corpora is None:
        return _texts(ROOT / "examples" / "questions.jsonl")
    folder = setting.corpora / "bench"
    return list(
        dict.fromkeys(text for name in QUESTION_SETS for text in _texts(folder / name / "queries.jsonl"))
    )


def many_questions(setting: Setting, count: int = DISTINCT, seed: int = 1) -> list[str]:
    """Return at least ``count`` different questions in a drawn order.

    Where there are too few, each is asked again with the words that are different every time in alerts.
    """
    found = questions(setting)
    draw = random.Random(seed)
    pool = list(found)
    while len(pool) < count:
        text = found[len(pool) % len(found)]
        host = f"node-{draw.randrange(100, 999)}"
        pool.append(f"[FIRING:{draw.randrange(1, 9)}] {host}: {text} (since {draw.randrange(2, 59)} min)")
    draw.shuffle(pool)
    return pool


def model_folder() -> Path:
    """Return the folder of the model that rca-search and all peers use."""
    return find_model(DEFAULT_MODEL).folder


@dataclass(frozen=True)
class Indexed:
    """A built index, and what the peers need of it."""

    name: str
    index: Path
    setting: Setting

    @cached_property
    def chunks(self) -> int:
        """Count its passages."""
        return len(self.texts)

    @cached_property
    def texts(self) -> list[str]:
        """The text of every passage as it is encoded, in the order of the index."""
        texts: list[str] = self._content["texts"]
        return texts

    @cached_property
    def corpus_file(self) -> Path:
        """A file with passages, their documents and labels, for the peers."""
        target = self.setting.work / "peers" / f"{self.name}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(self._content), encoding="utf-8")
        return target

    @cached_property
    def _content(self) -> dict[str, Any]:
        snapshot, _ = open_current(self.index)
        encoder = PublishedEncoder(self.index).load()
        documents = [snapshot.document(number) for number in range(len(snapshot.catalogue))]
        owners = [documents[number] for number in snapshot.chunk_documents.tolist()]
        chunks = [snapshot.chunk(number) for number in range(len(owners))]
        return {
            "texts": [
                encoded_text(chunk, owner.title, encoder.count_tokens)
                for chunk, owner in zip(chunks, owners, strict=True)
            ],
            "ids": [owner.id for owner in owners],
            "labels": {
                document.id: {"services": document.services, "tags": document.tags} for document in documents
            },
        }

    def peer_folder(self, peer: str) -> Path:
        """Return the folder of ``peer``'s index of the same passages, built now where it is missing."""
        digest = hashlib.sha256(self.corpus_file.read_bytes())
        digest.update((ROOT / "requirements" / "peers.txt").read_bytes())
        digest.update((ROOT / "benchmarks" / "peers" / f"{peer.replace('-', '_')}.py").read_bytes())
        folder = self.setting.work / "peers" / f"{self.name}-{peer}-{digest.hexdigest()[:12]}"
        if not (folder / "complete").exists():
            for other in folder.parent.glob(f"{self.name}-{peer}-*"):
                shutil.rmtree(other)
            self.setting.say(f"building {peer} over {self.chunks} passages")
            with Worker.peer(self.setting, peer) as worker:
                built = worker.ask("build", corpus=self.corpus_file, folder=folder, model=model_folder())
                built["megabytes"] = worker.peak()
            (folder / "complete").write_text(json.dumps(built), encoding="utf-8")
        return folder


def indexed(setting: Setting) -> Indexed:
    """Return the index of the corpus at hand, brought up to date."""
    name = setting.corpus_name.replace(" ", "-")
    return _brought_up(setting, name, [setting.corpus])


def indexed_corpus(setting: Setting, name: str) -> Indexed:
    """Return the index of the corpus called ``name`` below the folder of corpora, brought up to date.

    Raises CannotMeasureError where there is no such folder.
    """
    folder = setting.corpora / "corpora" / name if setting.corpora else None
    if folder is None or not folder.is_dir():
        raise CannotMeasureError(
            f"There is no folder corpora/{name}: set RCA_CORPORA (benchmarks/README.md)."
        )
    return _brought_up(setting, name, [folder])


def indexed_folder(setting: Setting, name: str, folder: Path) -> Indexed:
    """Return the index, kept under ``name``, of the documents in ``folder``, brought up to date."""
    return _brought_up(setting, name, [folder])


def indexed_larger(setting: Setting) -> Indexed:
    """Return an index some four times as large, of the corpus and derived copies of it.

    rca-search takes over the vectors of texts that it has encoded already, so only the first time is slow.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "derived"
        derive(setting.corpus, folder, COPIES)
        return _brought_up(setting, f"{setting.corpus_name.replace(' ', '-')}-x{COPIES + 1}", [folder])


def _brought_up(setting: Setting, name: str, folders: Sequence[Path]) -> Indexed:
    index = setting.work / "indexes" / name
    index.parent.mkdir(parents=True, exist_ok=True)
    setting.say(f"bringing the index of {name} up to date")
    with Worker.product(setting, f"build-{name}") as worker:
        worker.ask("build", folders=[str(folder) for folder in folders], index=index)
    return Indexed(name, index, setting)


def in_turn(systems: Sequence[str], turn: int) -> list[str]:
    """Return ``systems`` in an order that moves on by one each turn, so that each follows another."""
    start = turn % len(systems)
    return [*systems[start:], *systems[:start]]


def _texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
