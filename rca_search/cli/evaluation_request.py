"""What ``eval`` is asked for, and the index that it asks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rca_search.cli.progress import Report
from rca_search.cli.session import Session
from rca_search.errors import InvalidRequestError
from rca_search.models import Kind

if TYPE_CHECKING:
    from rca_search.config import Settings
    from rca_search.evaluation.beir import Corpus
    from rca_search.evaluation.dataset import JudgedQuery
    from rca_search.service import SearchService


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What is asked and shown: ``judged`` are the files of questions and judgements, None for a replay."""

    judged: tuple[Path, Path] | None
    kind: Kind | None
    by: tuple[str, ...] = ()
    compare: Path | None = None
    fail_under: tuple[str, ...] = ()
    save_cases: Path | None = None
    worst: int = 0
    outcomes: bool = False
    rerank: str | None = None
    votes: bool = True

    def load(self) -> list[JudgedQuery] | None:
        """Return the judged questions, None for a replay; tells early where its cases cannot be saved."""
        if self.judged is not None:
            from rca_search.evaluation.dataset import load_dataset

            return load_dataset(*self.judged)
        if self.save_cases is not None:
            from rca_search.evaluation.cases import refuse_taken

            refuse_taken(self.save_cases)
        return None


def wanted_kind(incidents: bool | None) -> Kind | None:
    """Return the kind that is ranked; None for all documents."""
    return None if incidents is None else Kind.INCIDENT if incidents else Kind.RUNBOOK


_CORPUS_ENDINGS = {".jsonl", ".json"}


@dataclass(frozen=True, slots=True)
class Building:
    """Documents to index for the evaluation alone, and what options say of how."""

    docs: Sequence[Path]
    model: str | None = None
    precision: str | None = None
    store: str | None = None

    def check(self, session: Session) -> None:
        """Raise InvalidRequestError where the options contradict each other."""
        stated = {"--model": self.model, "--quantize": self.precision, "--store": self.store}
        alone = [name for name, value in stated.items() if value is not None]
        if alone and not self.docs:
            raise InvalidRequestError(
                f"{alone[0]} needs --docs: an index that is there has a model of its own.",
                remedy="Name the documents to index with --docs.",
            )
        if self.docs and session.index is not None:
            raise InvalidRequestError("--docs and --index exclude each other.", remedy="Give one of them.")
        if len(self.docs) > 1 and any(_is_corpus(path) for path in self.docs):
            raise InvalidRequestError(
                "A corpus.jsonl goes alone.", remedy="Give --docs once, or with folders only."
            )


@dataclass(frozen=True, slots=True)
class Opened:
    """An index that can be asked; ``corpus`` where its documents were made from one."""

    service: SearchService
    precision: str | None
    corpus: Corpus | None = None


@contextmanager
def opened(
    session: Session, building: Building, progress: Report, *, rerank: str | None = None
) -> Iterator[Opened]:
    """Open the index of ``session``, or build one of ``building`` that is gone afterwards."""
    if not building.docs:
        settings = session.settings()
        yield Opened(session.service(rerank=rerank), _precision(settings.index))
        return
    with tempfile.TemporaryDirectory(prefix="rca-search-eval-", ignore_cleanup_errors=True) as place:
        yield _built(session, building, Path(place), progress, rerank)


def _built(session: Session, building: Building, place: Path, progress: Report, rerank: str | None) -> Opened:
    from rca_search.bootstrap import build_index, open_service

    folders, corpus = list(building.docs), None
    if _is_corpus(folders[0]):
        from rca_search.evaluation.beir import write_corpus

        corpus = write_corpus(folders[0], place / "corpus")
        folders = [place / "corpus"]
    settings: Settings = session.settings(
        model=building.model, precision=building.precision, store=building.store, rerank=rerank
    ).model_copy(update={"index": place / "index"})
    report = build_index(settings, folders, progress=progress)
    rejected = sum(problem.fatal for problem in report.problems)
    if rejected:
        session.screen.warn(f"{rejected:,} documents could not be used and are not in the index.")
    return Opened(open_service(settings), _precision(settings.index), corpus)


def _is_corpus(path: Path) -> bool:
    return path.suffix.lower() in _CORPUS_ENDINGS


def _precision(index: Path) -> str | None:
    """Return what the weights of the index's encoder are, None for one that has none."""
    from rca_search.embedding import TEST_MODEL
    from rca_search.indexing.encoder import PublishedEncoder

    encoder = PublishedEncoder(index)
    return None if encoder.name == TEST_MODEL else encoder.precision()
