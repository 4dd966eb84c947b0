"""Facts and families scored against labels: ``python -m benchmarks.scoring``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.scoring.__main__ import main
from rca_search.embedding.hashing import HashingEncoder
from rca_search.service import SearchService

INCIDENT = """\
---
title: Checkout refused by browsers
date: 2025-11-02
services: [checkout-api]
duration: 102 min
---
# Checkout refused by browsers

## Summary

Browsers said that the certificate of checkout-api was expired.

## Root Cause

The renewal job had no permission to write the secret.

## Resolution

Issued the certificate by hand and loaded it.
"""
DOCUMENT = "RCAs/certificate"
LABEL: Mapping[str, Any] = {
    "doc": DOCUMENT,
    "resolution_lines": [[19, 19]],
    "cause_lines": [[15, 15]],
    "symptom_lines": [[11, 11]],
    "duration_minutes": 100,
    "duration_tolerance_minutes": 5,
    "action_items": [{"line": 99, "status": "open"}],
    "services": ["checkout-api"],
    "planned_maintenance": False,
    "note": "alt_durations: 45 (first part), 60 (to the ticket).",
}
Print = Callable[..., str]


@pytest.fixture
def scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Print:
    """Score facts against labels; return what is printed."""
    place = tmp_path / "docs" / f"{DOCUMENT}.md"
    place.parent.mkdir(parents=True)
    place.write_text(INCIDENT, encoding="utf-8")
    labels = tmp_path / "labels.jsonl"

    def run(*entries: object) -> str:
        labels.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
        code = main(["extraction", str(labels), str(tmp_path / "docs")])
        told = capsys.readouterr()
        assert (code == 0) == (told.err == "")
        return told.out + told.err

    return run


def rights(text: str) -> list[int]:
    """Return how many of one document are right by each measure, action items left out."""
    return [int(found[1]) for found in re.finditer(r"^ *[01]\.\d{3} +(\d) of 1 ", text, re.MULTILINE)]


def test_right_facts_count_and_a_missing_document_is_told(scored: Print) -> None:
    text = scored(LABEL, {**LABEL, "doc": "RCAs/none"})
    assert "Facts read from 1 labelled document" in text
    assert "not there: RCAs/none" in text
    assert "0 of 1 labelled, 0 found" in text
    assert [line.split()[:2] for line in text.splitlines() if line.startswith(("RCAs ", "all "))] == [
        ["RCAs", "1"],
        ["all", "1"],
    ]
    assert rights(text) == [1] * 7


@pytest.mark.parametrize(
    ("change", "lost"),
    [({}, 0), ({"duration_minutes": 90}, 1), ({"duration_minutes": None}, 1), ({"resolution_lines": []}, 1)],
)
def test_wrong_facts_cost(scored: Print, change: dict[str, Any], lost: int) -> None:
    text = scored({**LABEL, **change})
    assert sum(found == 0 for found in rights(text)) == lost


def test_a_rival_duration_is_as_good(scored: Print) -> None:
    text = scored({**LABEL, "duration_minutes": 5, "note": "alt_durations: 45 (why), 102 (all of it)."})
    assert rights(text) == [1] * 7


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"doc": "a"}, "labels.jsonl:1 lacks resolution_lines"),
        ({**LABEL, "action_items": [3]}, "labels.jsonl:1 is not a label"),
        ({**LABEL, "doc": "RCAs/none"}, "No labelled document is there."),
    ],
)
def test_labels_that_are_none(scored: Print, entry: object, message: str) -> None:
    assert message in scored(entry)


def test_families_are_compared_with_judgements(
    make_service: Callable[..., SearchService], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lease = (
        "---\ntitle: Lease of the leader lost {0}\ndate: 2025-0{0}-10\n---\n# Lease of the leader lost\n\n"
    )
    lease += "## Summary\n\nThe leader lost its lease and writes stopped.\n\n## Root Cause\n\nA slow disk.\n"
    lease += "\n## Related\n\n[[RCAs/lease-1]]\n"
    disk = "---\ntitle: Paper out\ndate: 2025-02-02\n---\n# Paper out\n\n## Summary\n\nNo paper left.\n"
    documents = {f"RCAs/lease-{number}.md": lease.format(number) for number in (1, 2)}
    documents["RCAs/disk.md"] = disk
    service = make_service(documents, HashingEncoder())
    queries, qrels = tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    queries.write_text('{"_id": "q", "text": "x", "metadata": {"self": "RCAs/lease-2"}}\n')
    qrels.write_text("query-id\tcorpus-id\tscore\nq\tRCAs/lease-1\t2\nq\tRCAs/disk\t1\n")
    assert main(["families", str(service._index), str(queries), str(qrels)]) == 0
    text = capsys.readouterr().out
    assert "3 judged incidents with 1 failure that came back; 1 family in the index" in text
    assert "families                    1.000   1.000  1.000" in text
    assert main(["families", str(tmp_path / "none"), str(queries), str(qrels)]) == 2
    assert "no index" in capsys.readouterr().err.lower()
