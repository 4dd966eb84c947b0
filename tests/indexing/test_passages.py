"""How much of an encoder's window a chunk may take, and what a document is called."""

from __future__ import annotations

import pytest

from rca_search.errors import EncoderUnavailableError
from rca_search.indexing.passages import CONTEXT_TOKENS, MINIMUM_TOKENS, chunk_limit, named_text
from rca_search.models import Document, Kind


def test_a_chunk_leaves_room_for_its_context() -> None:
    assert chunk_limit(254) == 204
    assert chunk_limit(CONTEXT_TOKENS + 2 + MINIMUM_TOKENS) == MINIMUM_TOKENS


def test_a_model_with_a_tiny_window_is_refused_by_name_of_the_limit() -> None:
    with pytest.raises(EncoderUnavailableError, match="at least 82"):
        chunk_limit(81)


def test_a_document_is_called_by_title_and_file_as_they_stand_and_split() -> None:
    document = Document(
        id="alerts/KubePodNotReady",
        source="docs",
        path="alerts/KubePodNotReady.md",
        sha256="",
        kind=Kind.RUNBOOK,
        kind_reason="",
        title="PodNotReady: what to do",
        text="",
        sections=(),
        line_kinds="",
    )
    assert named_text(document).split("\n") == [
        "PodNotReady: what to do",
        "KubePodNotReady",
        "Pod Not Ready: what to do",
        "Kube Pod Not Ready",
    ]
