"""Which section of a runbook to open: one that tells what to do, about the problem that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rca_search.models import Chunk, Role
from rca_search.ranking import weights
from rca_search.ranking.passages import RankedChunk

_TELLS_WHAT_TO_DO = frozenset({Role.RESOLUTION, Role.DIAGNOSIS})


def opened_first(found: Sequence[RankedChunk], chunks: Mapping[int, Chunk]) -> list[RankedChunk]:
    """Return ``found``, ranked chunks of one runbook, with the section to open moved to the front.

    Meaning and symptoms match a question best and help least, so sections that tell what to do come first,
    those on repair a little before those on diagnosis. A part of a longer page counts with the best of what
    stands under the same heading: "Resolution" belongs to the problem above it. The others keep their order.
    """
    acting = [one for one in found if _tells_what_to_do(chunks[one.chunk])]
    if not acting:
        return list(found)
    first = max(acting, key=lambda one: (_worth(one, found, chunks), -one.chunk))
    return [first, *(one for one in found if one is not first)]


def _tells_what_to_do(chunk: Chunk) -> bool:
    return chunk.role in _TELLS_WHAT_TO_DO and len(chunk.text.split()) >= weights.SECTION_WORDS


def _worth(one: RankedChunk, found: Sequence[RankedChunk], chunks: Mapping[int, Chunk]) -> float:
    chunk = chunks[one.chunk]
    above = chunk.headings[:-1]
    beside = max(each.total for each in found if chunks[each.chunk].headings[: len(above)] == above)
    repair = weights.SECTION_REPAIR if chunk.role is Role.RESOLUTION else 0.0
    return one.total + weights.SECTION_BESIDE * beside + repair
