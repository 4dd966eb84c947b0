"""Which exports rank alike."""

from __future__ import annotations

import pytest

from rca_search.embedding import TEST_MODEL
from rca_search.embedding.files import Precision
from rca_search.embedding.lineage import EXPORT_REVISION, export_digest, ranks_like
from rca_search.embedding.model_files import DEFAULT_DIGEST, find_model
from rca_search.embedding.source import NamedEncoder


def test_the_default_model_is_known_without_its_files() -> None:
    assert find_model("all-MiniLM-L6-v2").digest == DEFAULT_DIGEST


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_exports_of_the_default_model_rank_alike(precision: Precision) -> None:
    assert ranks_like(NamedEncoder(precision=precision).files_digest()) == DEFAULT_DIGEST


def test_an_older_way_of_exporting_changes_nothing() -> None:
    assert ranks_like(export_digest(DEFAULT_DIGEST, "fp32", EXPORT_REVISION - 1)) == DEFAULT_DIGEST


def test_each_export_of_another_model_stands_for_itself() -> None:
    whole, small = export_digest("f" * 64, "fp32"), export_digest("f" * 64, "int8")
    assert (ranks_like(whole), ranks_like(small), ranks_like(TEST_MODEL)) == (whole, small, TEST_MODEL)
    assert ranks_like("") == ""
