"""Documents -> chunks: ids, texts, roles and lines of fixed files, and limits in real tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rca_search.chunking import chunk_document
from rca_search.indexing.passages import chunk_limit, encoded_text
from rca_search.models import Chunk, Document, Role
from rca_search.protocols import Encoder

Make = Callable[..., Document]


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def shown(chunks: Sequence[Chunk]) -> list[tuple[str, str, str, int, int]]:
    return [
        (chunk.id.partition("#")[2], chunk.role.value, chunk.text, chunk.first_line, chunk.last_line)
        for chunk in chunks
    ]


OUTAGE = """\
---
title: Checkout down
date: 2025-01-02
---
# Checkout down

Nobody could pay for an hour.

## Timeline

| Time | Who | What |
|------|-----|------|
| 10:02 | Ada | paged |
| 10:40 | Bo | rolled back |

## Root Cause

The pool was **exhausted**:

```
HikariPool-1 - Connection is not available
    at Pool.get(Pool.java:7)
```

### Contributing factors

No alert.

## Action Items

- [x] add an alert
- [ ] raise the pool
"""


def test_a_small_incident_chunk_by_chunk(make_document: Make) -> None:
    chunks = chunk_document(make_document(OUTAGE), limit=60, count=words)
    assert shown(chunks) == [
        ("/0", "title", "Checkout down", 2, 2),
        ("title/0", "summary", "Nobody could pay for an hour.", 7, 7),
        (
            "timeline/0",
            "timeline",
            "Time: 10:02; Who: Ada; What: paged\nTime: 10:40; Who: Bo; What: rolled back",
            11,
            14,
        ),
        (
            "root-cause/0",
            "cause",
            "The pool was exhausted:\nHikariPool-1 - Connection is not available\n"
            "    at Pool.get(Pool.java:7)\nContributing factors\nNo alert.",
            18,
            27,
        ),
        ("action-items/0", "actions", "- [x] add an alert\n- [ ] raise the pool", 31, 32),
    ]
    assert [chunk.headings for chunk in chunks] == [
        (),
        ("Checkout down",),
        ("Checkout down", "Timeline"),
        ("Checkout down", "Root Cause"),
        ("Checkout down", "Action Items"),
    ]
    assert {chunk.document_id for chunk in chunks} == {"RCAs/doc"}


def test_text_below_the_only_heading_is_no_title(make_document: Make) -> None:
    chunks = chunk_document(make_document("# Disk full\n\nDelete old logs.\n"), limit=60, count=words)
    assert shown(chunks) == [
        ("/0", "title", "Disk full", 1, 1),
        ("title/0", "other", "Delete old logs.", 3, 3),
    ]


def test_long_code_is_cut_at_lines_and_each_part_has_its_own(make_document: Make) -> None:
    code = "\n".join(f"line {number} of code" for number in range(10))
    document = make_document(f"# T\n\n## Diagnosis\n\nRun:\n\n```sh\n\n{code}\n```\n\nDone.\n")
    chunks = chunk_document(document, limit=16, count=words)
    assert shown(chunks)[1:] == [
        ("diagnosis/0", "diagnosis", "Run:", 5, 5),
        ("diagnosis/1", "diagnosis", "line 0 of code\nline 1 of code\nline 2 of code", 9, 11),
        ("diagnosis/2", "diagnosis", "line 3 of code\nline 4 of code\nline 5 of code", 12, 14),
        ("diagnosis/3", "diagnosis", "line 6 of code\nline 7 of code\nline 8 of code", 15, 17),
        ("diagnosis/4", "diagnosis", "line 9 of code\nDone.", 18, 21),
    ]
    for chunk in chunks[2:5]:
        assert document.lines(chunk.first_line, chunk.last_line) == chunk.text


def test_indented_code_is_cut_at_its_own_lines(make_document: Make) -> None:
    code = "\n".join(f"    line {number} of code" for number in range(6))
    document = make_document(f"# T\n\n## Diagnosis\n\n{code}\n\n\nDone.\n")
    chunks = chunk_document(document, limit=16, count=words)
    assert [(chunk.first_line, chunk.last_line) for chunk in chunks[1:]] == [(5, 7), (8, 10), (13, 13)]


def test_code_that_fits_is_never_cut(make_document: Make) -> None:
    code = "\n".join(f"line {number}" for number in range(7))
    document = make_document(f"# T\n\n## Steps\n\nOne two three four.\n\n```\n{code}\n```\n\nAfter it.\n")
    texts = [chunk.text for chunk in chunk_document(document, limit=16, count=words)]
    assert texts == ["T", "One two three four.", code, "After it."]


def test_blank_lines_in_code_make_no_empty_chunk(make_document: Make) -> None:
    document = make_document("# T\n\n## Steps\n\n```\na b c d e f g" + "\n" * 40 + "h i j\n```\n")
    texts = [chunk.text.strip() for chunk in chunk_document(document, limit=10, count=words)]
    assert texts == ["T", "a b c d e f g", "h i j"]


def test_a_long_paragraph_is_cut_at_sentences_with_the_lines_they_stand_on(make_document: Make) -> None:
    body = "The first one is short. The second one\ngoes on. The third is here.\nThe fourth ends it all."
    chunks = chunk_document(make_document(f"# T\n\n## Impact\n\n{body}\n"), limit=12, count=words)
    assert shown(chunks)[1:] == [
        ("impact/0", "impact", "The first one is short. The second one\ngoes on.", 5, 6),
        ("impact/1", "impact", "The third is here. The fourth ends it all.", 6, 7),
    ]


def test_a_pasted_log_without_fences_keeps_its_lines_apart(make_document: Make) -> None:
    log = "\n".join(f"ERROR worker-{number} lost its lease" for number in range(8))
    chunks = chunk_document(make_document(f"# T\n\n## Symptoms\n\n{log}\n"), limit=13, count=words)
    assert (chunks[1].first_line, chunks[1].last_line) == (5, 7)
    assert max(chunk.last_line - chunk.first_line for chunk in chunks[1:]) <= 3
    assert " ".join(chunk.text for chunk in chunks[1:]).split() == log.split()


def test_one_endless_word_is_cut_by_characters(make_document: Make, model: Encoder) -> None:
    for word in ("ab/" * 1667, "x" * 5000, "각," * 2500, "磁" * 5000, "🔥" * 5000, "x" * 3000 + "/각" * 900):
        document = make_document(f"# T\n\n## Impact\n\nbefore {word} after\n")
        chunks = chunk_document(document, limit=100, count=model.count_tokens)
        assert max(model.count_tokens([chunk.text for chunk in chunks])) <= 100
        text = "".join("".join(chunk.text.split()) for chunk in chunks[1:])
        assert text == f"before{word}after"


def test_the_title_is_cut_as_well(make_document: Make) -> None:
    title = " ".join(f"word{number}" for number in range(30))
    document = make_document(f"# {title}\n\nBody.\n")
    chunks = chunk_document(document, limit=12, count=words)
    assert [chunk.id for chunk in chunks] == ["RCAs/doc#/0", "RCAs/doc#/1", "RCAs/doc#/2", "RCAs/doc#title/0"]
    assert " ".join(chunk.text for chunk in chunks[:3]) == title


def test_small_subsections_join_and_large_ones_stand_alone(make_document: Make) -> None:
    large = " ".join(f"word{number}" for number in range(60)) + "."
    text = f"# T\n\n## Root Cause\n\n### Bug\n\nOff by one.\n\n### Load\n\n{large}\n\n### Volume\n\nNone.\n"
    chunks = chunk_document(make_document(text), limit=100, count=words)
    assert shown(chunks)[1:] == [
        ("root-cause/0", "cause", "Bug\nOff by one.", 5, 7),
        ("root-cause/load/0", "cause", f"{large}\nVolume\nNone.", 11, 15),
    ]


def test_sections_of_another_role_or_tree_never_join(make_document: Make) -> None:
    text = "# T\n\n## Root Cause\n\nA.\n\n### Resolution\n\nB.\n\n## Contributing factors\n\nC.\n"
    chunks = chunk_document(make_document(text), limit=100, count=words)
    assert [(chunk.role.value, chunk.text) for chunk in chunks[1:]] == [
        ("cause", "A."),
        ("resolution", "B."),
        ("cause", "C."),
    ]


def test_trees_stay_apart_below_a_heading_that_differs_from_the_title(make_document: Make) -> None:
    text = "---\ntitle: INC-7\n---\n# Two hours in May\n\n## Root Cause\n\nA.\n\n## Causes\n\nB.\n"
    chunks = chunk_document(make_document(text), limit=100, count=words)
    assert [chunk.text for chunk in chunks] == ["INC-7", "A.", "B."]


def test_a_window_too_small_is_refused(make_document: Make) -> None:
    with pytest.raises(ValueError, match="window of 7 tokens is too small"):
        chunk_document(make_document("# T\n"), limit=7, count=words)


AWKWARD = "\n\n".join(
    [
        "# " + "A very long title of an outage " * 12,
        "Intro " + "of many words without an end " * 90,
        "## " + "heading as long as a paragraph " * 9,
        "Überlastung — naïve café. " * 120,
        "## Timeline",
        "| Time | Event | By |\n|---|---|---|\n"
        + "".join(f"| 10:{n:02} | {'did this and that ' * (n % 40)} | x |\n" for n in range(60)),
        "## Root Cause",
        "```\n" + "\n".join(f"at com.example.Deep.method(Deep.java:{n})" for n in range(200)) + "\n```",
        "数据库连接池已满，所有请求都超时了。" * 80,  # noqa: RUF001
        "결제 서비스가 응답하지 않았습니다 " * 80,
        "🔥🚒 " * 200,
        "<div>\n" + "<b>kept</b> text " * 200 + "\n</div>",
        "> " + "quoted at length " * 150,
        "- " + "an item that never ends " * 100,
        "https://grafana.example/d/" + "a1b2-c3d4/" * 300,
    ]
)


def test_no_chunk_exceeds_the_window_of_the_real_model(make_document: Make, model: Encoder) -> None:
    document = make_document(AWKWARD)
    limit = chunk_limit(model.max_tokens)
    chunks = chunk_document(document, limit=limit, count=model.count_tokens)
    assert len(chunks) > 40
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    sizes = model.count_tokens([chunk.text for chunk in chunks])
    assert [(c.id, size) for c, size in zip(chunks, sizes, strict=True) if size > limit] == []
    encoded = [encoded_text(chunk, document.title, model.count_tokens) for chunk in chunks]
    assert max(model.count_tokens(encoded)) <= model.max_tokens
    assert all(chunk.text.strip() for chunk in chunks)


def test_the_example_vault_fits_the_window(make_document: Make, model: Encoder, vault: Path) -> None:
    limit = chunk_limit(model.max_tokens)
    for path in sorted(vault.rglob("*.md")):
        document = make_document(path.read_text(encoding="utf-8"), path.name)
        chunks = chunk_document(document, limit=limit, count=model.count_tokens)
        assert max(model.count_tokens([chunk.text for chunk in chunks])) <= limit, path.name
        assert chunks[0].role is Role.TITLE
