"""Folders that have a style of their own, which documents belong to them, and what a term tells there."""

from __future__ import annotations

import numpy as np
import pytest

from rca_search.folders import LEAST, Folders
from rca_search.views import View


def view(count: int, hidden: tuple[int, ...] = ()) -> View:
    found = View.everything(count, np.arange(count, dtype=np.int32))
    return found.without(*hidden) if hidden else found


def test_a_folder_counts_from_its_least_size_on() -> None:
    paths = [f"small/{n}.md" for n in range(LEAST - 1)] + [f"large/{n}.md" for n in range(LEAST)]
    styles = Folders(paths).styles(view(len(paths)))
    assert styles.numbers.tolist() == [0] * (LEAST - 1) + [1] * LEAST
    assert styles.sizes.tolist() == [LEAST - 1, LEAST]
    assert styles.matter


def test_documents_of_small_folders_belong_to_the_one_above() -> None:
    paths = [f"org/2024-{n}/report.md" for n in range(LEAST)] + [f"other/{n}.md" for n in range(LEAST)]
    styles = Folders(paths).styles(view(len(paths)))
    assert styles.numbers.tolist() == [1] * LEAST + [2] * LEAST


def test_a_folder_inside_another_counts_by_itself() -> None:
    paths = [f"org/{n}.md" for n in range(3)] + [f"org/deep/{n}.md" for n in range(3)] + ["top.md"]
    styles = Folders(paths, least=3).styles(view(7))
    assert styles.numbers.tolist() == [1, 1, 1, 2, 2, 2, 0]


def test_hidden_documents_make_no_folder_large() -> None:
    paths = [f"a/{n}.md" for n in range(3)] + [f"b/{n}.md" for n in range(3)]
    styles = Folders(paths, least=3).styles(view(6, hidden=(0,)))
    assert styles.numbers.tolist() == [0, 0, 0, 1, 1, 1]
    assert styles.sizes.tolist() == [2, 3]
    assert styles.visible == 5


@pytest.mark.parametrize("paths", [[], ["a.md"], ["x/a.md", "x/b.md"]])
def test_one_folder_or_none_has_no_style(paths: list[str]) -> None:
    assert not Folders(paths, least=2).styles(view(len(paths))).matter


def test_a_view_of_another_index_is_refused() -> None:
    with pytest.raises(ValueError, match="a view of 2 documents, folders of 1"):
        Folders(["a.md"]).styles(view(2))


def test_words_of_a_template_tell_nothing_and_those_of_a_few_nearly_all() -> None:
    paths = [f"a/{n}.md" for n in range(4)] + [f"b/{n}.md" for n in range(12)]
    styles = Folders(paths, least=4).styles(view(16))
    template = styles.telling(np.arange(4, dtype=np.int32))
    assert template.tolist() == [1.0, 0.0, 1.0]
    one_of_four = styles.telling(np.array([0], dtype=np.int32))
    np.testing.assert_allclose(one_of_four, [1.0, (1 - 1 / 4**4) / (1 - 1 / 16**4), 1.0])
    assert styles.telling(np.arange(16, dtype=np.int32)).tolist() == [1.0, 1.0, 1.0]
    assert styles.telling(np.array([], dtype=np.int32)).tolist() == [1.0, 1.0, 1.0]


def test_what_a_folder_is_closer_by_shrinks_with_few_documents() -> None:
    paths = [f"a/{n}.md" for n in range(4)] + [f"b/{n}.md" for n in range(4)] + ["c.md"]
    styles = Folders(paths, least=4).styles(view(9))
    excess = styles.excess(np.arange(8, dtype=np.int32), np.array([0.8] * 4 + [0.4] * 4))
    np.testing.assert_allclose(excess, [0.0, 4 * 0.2 / 8, -4 * 0.2 / 8], atol=1e-12)
