"""Settings become objects here and nowhere else: the only place where parts are chosen and joined.

What only a build needs is imported when one is made: a question must not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rca_search import stores
from rca_search.config import Settings
from rca_search.embedding import processors
from rca_search.errors import InvalidRequestError
from rca_search.models import Kind
from rca_search.service import SearchService

if TYPE_CHECKING:
    from rca_search.indexing.build import BuildReport
    from rca_search.indexing.parse import Progress


def open_service(settings: Settings) -> SearchService:
    """Open the index of ``settings`` with the encoder that it carries."""
    workers = settings.workers or processors()
    return SearchService(
        settings.index,
        workers=workers,
        stale_after=settings.stale_after,
        remembered=settings.remembered,
    )


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
    from rca_search.embedding.source import NamedEncoder
    from rca_search.indexing.build import BuildRequest, Tools, build
    from rca_search.indexing.encoder import PublishedEncoder
    from rca_search.sources.overrides import parse_override
    from rca_search.sources.revision import source_revision

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
    )
    workers = settings.workers or processors()
    published = PublishedEncoder(settings.index, workers=workers)
    encoder = NamedEncoder(settings.model, workers=workers, published=published)
    tools = Tools(encoder=encoder, progress=progress)
    return build(request, settings.index, tools, source_revision=source_revision(folders))
