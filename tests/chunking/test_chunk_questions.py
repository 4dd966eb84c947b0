"""Questions -> windows: nothing is lost, nothing is over the limit, in linear time."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence

import pytest

from rca_search.chunking import split_question
from rca_search.indexing.passages import chunk_limit
from rca_search.protocols import Encoder


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def test_a_short_question_stays_as_it_is() -> None:
    assert split_question("  [FIRING:1] **Disk** full\n\n# now  ", limit=20, count=words) == [
        "[FIRING:1] **Disk** full\n\n# now"
    ]
    assert split_question(" \n\t ", limit=20, count=words) == []


def test_a_long_question_is_cut_at_blocks_and_sentences() -> None:
    text = (
        "# Pool empty\nIt began at ten. All workers hang. Nothing helps us here.\n\n"
        "Error log\n---------\n[error]: timeout\n\n```\nat A.b\nat C.d\n```\n"
    )
    assert split_question(text, limit=12, count=words) == [
        "Pool empty",
        "It began at ten. All workers hang. Nothing helps us here.",
        "Error log\n[error]: timeout\nat A.b\nat C.d",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "failed hard\n-----------\nagain\n===\n" + "filler " * 30,
        "> # quoted\n> - # listed\n\n" + "filler " * 30,
        "| only | header |\n|---|---|\n\n" + "filler " * 30,
        "| a | b |\n|---|---|\n| c | d | extra |\n\n" + "filler " * 30,
        "[error]: refused\n[warn]: <https://x.example>\n\n" + "filler " * 30,
        'File "x.py", line 3, in <module>\nList<String> lost\n\n<module>\nplain\n\n' + "filler " * 30,
        "one\rtwo\r\nthree\r\n---\r\n" + "filler " * 30,
        "<div>\ninside\n</div>\n\n" + "filler " * 30,
        ">" * 70 + " deep\n\n" + "filler " * 30,
        "1) first\n\n    indented\n\tcode\n\n" + "filler " * 30,
    ],
)
def test_no_word_is_lost(text: str) -> None:
    windows = " ".join(split_question(text, limit=20, count=words))
    marks = str.maketrans(dict.fromkeys("|>#-=<`:[]()/\"',.", " "))
    lost = {word for word in text.translate(marks).split() if word not in windows.translate(marks).split()}
    assert lost - {"div", "1"} == set()


@pytest.mark.parametrize(
    "text",
    [
        "x" * 50_000,
        "각," * 5_000,
        "磁盘" * 5_000,
        "a\n\n" * 2_000,
        "- a\n" * 2_000,
        "log line 7 of x\n" * 2_000,
    ],
    ids=["letters", "hangul", "han", "paragraphs", "items", "lines"],
)
def test_windows_fit_the_real_model(text: str, model: Encoder) -> None:
    limit = chunk_limit(model.max_tokens)
    windows = split_question(text, limit=limit, count=model.count_tokens)
    assert max(model.count_tokens(windows)) <= limit
    assert "".join("".join(windows).split()).replace("-", "") == "".join(text.split()).replace("-", "")


UNITS = {
    "log": "2025-01-01T00:00:00Z ERROR pool-7 Timeout after 30s. Retrying [x](y)\n",
    "brackets": "[x ",
    "links": "[a](",
    "emphasis": "*a **a ",
    "backticks": "`a ``b ",
    "quotes": "> ",
    "tags": "<a ",
    "images": "![[ x",
    "wikilinks": "[[a|",
    "tables": "a|b\n-|-\n",
    "items": "- a\n",
    "comments": "<!-- ",
    "references": "[a]: b\n",
    "headings": "# a\n",
    "stops": "a. B",
    "spaces": ".  ",
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
@pytest.mark.full
def test_time_is_linear_in_the_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        times = []
        for _ in range(2):
            begun = time.process_time()
            split_question(text, limit=204, count=lambda texts: [len(each) // 4 for each in texts])
            times.append(time.process_time() - begun)
        return min(times)

    gc.collect()
    gc.disable()
    try:
        short, long = seconds(12_000), seconds(60_000)
    finally:
        gc.enable()
    # Five times the length: quadratic would be 25 times the time.
    assert long <= 12 * max(short, 0.02)


def test_a_megabyte_of_log_takes_seconds(model: Encoder) -> None:
    text = UNITS["log"] * (1_000_000 // len(UNITS["log"]))
    begun = time.process_time()
    windows = split_question(text, limit=204, count=model.count_tokens)
    assert time.process_time() - begun < 20
    assert sum(window.count("ERROR") for window in windows) == text.count("ERROR")
