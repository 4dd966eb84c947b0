"""How much of an encoder's window a chunk may take."""

from __future__ import annotations

import pytest

from rca_search.errors import EncoderUnavailableError
from rca_search.indexing.passages import CONTEXT_TOKENS, MINIMUM_TOKENS, chunk_limit


def test_a_chunk_leaves_room_for_its_context() -> None:
    assert chunk_limit(254) == 204
    assert chunk_limit(CONTEXT_TOKENS + 2 + MINIMUM_TOKENS) == MINIMUM_TOKENS


def test_a_model_with_a_tiny_window_is_refused_by_name_of_the_limit() -> None:
    with pytest.raises(EncoderUnavailableError, match="at least 82"):
        chunk_limit(81)
