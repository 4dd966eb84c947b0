"""Settings become objects here and nowhere else: the only place where parts are chosen and joined."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rca_search import stores
from rca_search.config import Settings
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import InvalidRequestError
from rca_search.indexing.build import BuildReport, BuildRequest, Tools, build
from rca_search.indexing.pointer import read_current
from rca_search.indexing.stages import Progress
from rca_search.indexing.verify import read_manifest
from rca_search.models import Kind
from rca_search.service import SearchService
from rca_search.sources.overrides import parse_override
from rca_search.sources.revision import source_revision


def open_service(settings: Settings) -> SearchService:
    """Open the index of ``settings`` with the encoder that it was made with.

    An index knows its model by name; where that is a folder, the model of ``settings`` says where.
    """
    made_with = read_manifest(settings.index, read_current(settings.index)).encoder.name
    at_hand = NamedEncoder(settings.model, workers=settings.workers)
    encoder = at_hand if at_hand.name == made_with else NamedEncoder(made_with, workers=settings.workers)
    return SearchService(settings.index, encoder, stale_after=settings.stale_after)


def build_index(
    settings: Settings,
    folders: Sequence[Path],
    *,
    kinds: Sequence[tuple[Kind, str]] = (),
    strict: bool = False,
    progress: Progress,
) -> BuildReport:
    """Bring the index of ``settings`` up to date with ``folders``.

    ``kinds`` go before those of ``settings``: the first that matches a document counts. Raises
    InvalidRequestError on an unknown store besides what ``build`` raises.
    """
    if settings.store not in stores.KINDS:
        raise InvalidRequestError(
            f"There is no vector store called {settings.store!r}.",
            remedy=f"Take {' or '.join(stores.KINDS)}.",
        )
    request = BuildRequest(
        folders=tuple(folders),
        kinds=(*kinds, *map(parse_override, settings.kinds)),
        store=settings.store,
        max_file_bytes=settings.max_file_bytes,
        strict=strict,
    )
    tools = Tools(encoder=NamedEncoder(settings.model, workers=settings.workers), progress=progress)
    return build(request, settings.index, tools, source_revision=source_revision(folders))
