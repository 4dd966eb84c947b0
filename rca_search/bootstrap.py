"""Settings become objects here and nowhere else: the only place where parts are chosen and joined.

Everything is imported when it is needed: a question must not wait for what only a build needs, and its
encoder begins to be opened before the rest is imported.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rca_search.config import Settings
from rca_search.embedding import processors
from rca_search.errors import IndexUnavailableError, InvalidRequestError

_log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from rca_search.analysis.history_calibration import OwnFit
    from rca_search.indexing.build import BuildReport
    from rca_search.indexing.parse import Progress
    from rca_search.models import Kind
    from rca_search.protocols import Reranker
    from rca_search.service import SearchService


def open_service(settings: Settings) -> SearchService:
    """Open the index of ``settings`` with the encoder that it carries."""
    from rca_search.service import SearchService

    workers = settings.workers or processors()
    return SearchService(
        settings.index,
        workers=workers,
        stale_after=settings.stale_after,
        remembered=settings.remembered,
        reranker=_reranker(settings),
        secret=answer_secret(settings),
    )


def open_for_question(settings: Settings) -> SearchService:
    """Open the index for one question: the encoder is on its way while all else is imported and read.

    Such a service serves one version; it is not to be reloaded.
    """
    from rca_search.indexing.encoder import EarlyEncoder

    workers = settings.workers or processors()
    try:
        encoder = EarlyEncoder(settings.index, workers=workers)
    except IndexUnavailableError:
        return open_service(settings)  # tries again where another version is being published
    from rca_search.service import SearchService

    # Of another version than that which is opened now, it is not asked.
    return SearchService(
        settings.index,
        encoder,
        workers=workers,
        stale_after=settings.stale_after,
        reranker=_reranker(settings),
        secret=answer_secret(settings),
    )


def answer_secret(settings: Settings) -> bytes:
    """Return what answer ids are signed with: the secret that is set, else the key of the index."""
    from rca_search.indexing.answer_key import answer_key

    return settings.secret or answer_key(settings.index)


def _reranker(settings: Settings) -> Reranker | None:
    """Return the cross-encoder of ``settings``, which is loaded when it is first asked."""
    if settings.rerank is None:
        return None
    from rca_search.embedding.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(settings.rerank)


def build_index(
    settings: Settings,
    folders: Sequence[Path],
    *,
    kinds: Sequence[tuple[Kind, str]] = (),
    strict: bool = False,
    allow_shrink: bool = False,
    progress: Progress,
) -> BuildReport:
    """Bring the index of ``settings`` up to date with ``folders``.

    ``kinds`` go before those of ``settings``: the first that matches a document counts. Raises
    InvalidRequestError on an unknown store or a precision that the model cannot have, besides what
    ``build`` raises.
    """
    from rca_search import stores
    from rca_search.analysis.feedback import VoteCounter
    from rca_search.embedding.source import NamedEncoder
    from rca_search.indexing.build import BuildRequest, Tools, build
    from rca_search.indexing.encoder import PublishedEncoder
    from rca_search.insight.families.detection import find_families
    from rca_search.lexical.glossary import Glossary
    from rca_search.sources.classify import parse_override
    from rca_search.sources.revision import source_revision
    from rca_search.sources.votes import read_votes

    if settings.store not in stores.WRITER_KINDS:
        raise InvalidRequestError(
            f"There is no vector store called {settings.store!r}.",
            remedy=f"Take {' or '.join(stores.WRITER_KINDS)}.",
        )
    request = BuildRequest(
        folders=tuple(folders),
        kinds=(*kinds, *map(parse_override, settings.kinds)),
        store=settings.store,
        max_file_bytes=settings.max_file_bytes,
        strict=strict,
        allow_shrink=allow_shrink,
        glossary=Glossary.of_file(settings.glossary) if settings.glossary else Glossary.shipped(),
    )
    workers = settings.workers or processors()
    published = PublishedEncoder(settings.index, workers=workers)
    encoder = NamedEncoder(settings.model, precision=settings.precision, workers=workers, published=published)
    votes = read_votes(settings.votes_file)
    for problem in votes.problems:
        _log.warning("%s:%s: %s %s", problem.path, problem.line, problem.message, problem.remedy)
    analysers = (find_families, VoteCounter(votes.counted()))
    tools = Tools(encoder=encoder, analysers=analysers, progress=progress)
    return build(request, settings.index, tools, source_revision=source_revision(folders))


def calibrate_index(settings: Settings, *, progress: Callable[[int, int], None]) -> tuple[OwnFit, str]:
    """Refit the calibration of the index to its history and votes and publish it; return fit and version.

    It belongs to the encoder of the index and to the reranker of ``settings``, if any. Votes count on top of
    what was fitted to these alone. Where the default stays, an own calibration that the index had is taken
    away; nothing is published where that changes nothing. Raises BuildInProgressError, an
    IndexUnavailableError or StorageError.
    """
    from rca_search.analysis.history_calibration import fit_own
    from rca_search.analysis.vote_calibration import fit_voted
    from rca_search.indexing.artefacts import CALIBRATION
    from rca_search.indexing.pointer import read_current
    from rca_search.indexing.publish import amend
    from rca_search.models import Kind
    from rca_search.ranking.calibration import default_calibration
    from rca_search.sources.votes import read_votes

    pointer = read_current(settings.index)
    service = open_service(settings)
    fit = fit_own(service, progress)
    catalogue = service.snapshot.catalogue
    kinds = zip(catalogue.ids, catalogue.kinds, strict=True)
    incidents = frozenset(name for name, kind in kinds if kind is Kind.INCIDENT)
    votes = read_votes(settings.votes_file).counted()
    voted = fit_voted(fit.calibration or default_calibration(), votes, incidents)
    fit = replace(fit, votes=voted.votes)
    if voted.calibration is not None and (fit.calibration is not None or fit.is_known):
        fit = replace(fit, calibration=voted.calibration, voted=True)
    content = fit.calibration.to_bytes() if fit.calibration is not None else None
    return fit, amend(settings.index, pointer, CALIBRATION, content).version


def reset_calibration(settings: Settings) -> str:
    """Take the own calibration away from the index, so that the default counts; return the version.

    Raises what ``calibrate_index`` raises.
    """
    from rca_search.indexing.artefacts import CALIBRATION
    from rca_search.indexing.pointer import read_current
    from rca_search.indexing.publish import amend

    return amend(settings.index, read_current(settings.index), CALIBRATION, None).version
