"""Recorded facts are those of the document and are taken over with it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rca_search.embedding.source import NamedEncoder
from rca_search.errors import IndexCorruptError
from rca_search.indexing import facts as recorded_facts
from rca_search.indexing.build import BuildRequest, Tools, build
from rca_search.indexing.facts import RecordedFacts, decode_facts, encode_facts, facts_in
from rca_search.indexing.records import LineWriter
from rca_search.indexing.snapshot import Snapshot, open_current
from rca_search.models import Document, Kind

INCIDENT = """\
---
title: {title}
date: 2025-01-10
services: [checkout]
---
# {title}

## Resolution

Restarted the pool of {title}.

## Timeline

| 10:00 | Errors |
| 10:40 | Restarted, all healthy |

## Action items

- [ ] raise the limit (owner: Ada, due 2025-03-01)
- [x] alert on it
"""
FILES = {
    "RCAs/one.md": INCIDENT.format(title="checkout"),
    "RCAs/two.md": INCIDENT.format(title="pricing"),
    "Runbooks/restart.md": "# Restart\n\n## Steps\n\nRestart it.\n",
}


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text(text)
    return tmp_path / "docs"


def made(docs: Path, index: Path) -> Snapshot:
    build(BuildRequest((docs,), store="exact"), index, Tools(NamedEncoder("test-hashing")))
    return open_current(index)[0]


def test_a_record_reads_back_as_it_was(
    make_document: Callable[..., Document], tmp_path: Path, docs: Path
) -> None:
    document = make_document(FILES["RCAs/one.md"], "RCAs/one.md")
    facts = facts_in(document)
    assert (facts.duration.minutes, facts.deeds, len(facts.actions)) == (40, ("restarted",), 2)
    assert decode_facts(json.loads(encode_facts(facts))) == facts
    snapshot = made(docs, tmp_path / "index")
    recorded = RecordedFacts(snapshot)
    assert [recorded.line(n) == b"null\n" for n in range(len(snapshot.catalogue))] == [
        kind is not Kind.INCIDENT for kind in snapshot.catalogue.kinds
    ]


@pytest.mark.parametrize("record", [{}, {"resolution": 1}, {"resolution": [{"first_line": 1}]}])
def test_what_is_no_record_is_damage(record: dict[str, object]) -> None:
    with pytest.raises(IndexCorruptError, match="cannot be read"):
        decode_facts(record)


def test_only_documents_that_changed_are_read_again(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(docs, tmp_path / "index")
    (docs / "RCAs/two.md").write_text(FILES["RCAs/two.md"].replace("- [x]", "- [ ]"))
    read: list[str] = []

    def watched(document: Document) -> object:
        read.append(document.id)
        return facts_in(document)

    monkeypatch.setattr(recorded_facts, "facts_in", watched)
    snapshot = made(docs, tmp_path / "index")
    assert read == ["RCAs/two"]
    monkeypatch.undo()
    recorded = RecordedFacts(snapshot)
    for ordinal, kind in enumerate(snapshot.catalogue.kinds):
        if kind is Kind.INCIDENT:
            assert recorded.of(ordinal) == facts_in(snapshot.document(ordinal))
    fresh = made(docs, tmp_path / "fresh")
    assert snapshot.manifest.artefacts["facts.jsonl"] == fresh.manifest.artefacts["facts.jsonl"]


def test_records_of_another_corpus_are_damage(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = io.BytesIO()
    writer = LineWriter(sink)
    writer.take(b"null\n")
    files: dict[str, bytes] = {"facts.jsonl": sink.getvalue(), "facts.offsets.npy": writer.offsets()}
    snapshot = made(docs, tmp_path / "index")
    monkeypatch.setattr(snapshot, "_learned", files)
    with pytest.raises(IndexCorruptError, match="do not fit"):
        RecordedFacts(snapshot)
    monkeypatch.setattr(snapshot, "_learned", {})
    with pytest.raises(IndexCorruptError, match=r"lacks the file facts\.jsonl"):
        RecordedFacts(snapshot)
