"""What is too thin to judge, whatever is on record."""

from __future__ import annotations

import pytest

from rca_search.evaluation.off_topic import off_topic
from rca_search.insight.query_quality import missing_parts


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "the",
        "database",
        "42",
        "503 504 99999",
        "Title:\nDate:\nSeverity:\n",
        "# Post-mortem template\n\n## Root cause\n\nTBD\n\n## Timeline\n\n- HH:MM ...\n",
        "<!-- Say what checkout users saw -->\n## Impact\n",
        "What went well\nWhat went wrong\nWhere we got lucky",
        "...",
    ],
)
def test_too_thin(text: str) -> None:
    parts = missing_parts(text, names_service=False)
    assert len(parts) == 3
    assert parts[-1] == "the service or the host"
    assert missing_parts(text, names_service=True) == parts[:2]


@pytest.mark.parametrize(
    "text",
    [
        "disk full",
        "OOMKilled",
        "KubePodCrashLooping",
        "HTTP 503",
        "## Impact\n\nCheckout was slow",
        "ECONNREFUSED",
        "x509",
    ],
)
def test_enough(text: str) -> None:
    assert missing_parts(text, names_service=False) == ()


def test_every_blank_form_number_and_common_word_is_too_thin() -> None:
    sorts = ("blank form", "numbers", "common word")
    questions = [each for each in off_topic() if each.sort in sorts]
    passed = [each.text for each in questions if not missing_parts(each.text, names_service=False)]
    assert len(questions) == 150
    assert passed == []
