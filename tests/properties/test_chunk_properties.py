"""What holds for the chunks of any document, over generated Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca_search.chunking import chunk_document, split_question
from rca_search.models import Chunk, Document

LIMIT = 24
_NAMES = ["Summary", "Impact", "Timeline", "Root Cause", "Resolution", "Notes", "Steps to take"]


@pytest.fixture(scope="module")
def make(make_document: Callable[..., Document]) -> Callable[..., Document]:
    return make_document


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


word = st.integers(0, 9999).map("w{}".format)
line = st.lists(word, min_size=1, max_size=9).map(" ".join)
lines = st.lists(line, min_size=1, max_size=5)
sentences = st.lists(line.map(lambda text: f"W{text}."), min_size=1, max_size=6)


def _table(rows: list[list[str]]) -> str:
    header, *body = rows
    parts = [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *body)]
    return "\n".join(parts)


tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(word, min_size=width, max_size=width), min_size=1, max_size=5).map(_table)
)
blocks = st.one_of(
    lines.map("\n".join),
    sentences.map(" ".join),
    lines.map(lambda parts: "\n".join(f"- {part}" for part in parts)),
    lines.map(lambda parts: "\n".join("  " * n + f"- {part}" for n, part in enumerate(parts))),
    lines.map(lambda parts: "\n".join(f"{n}. {part}" for n, part in enumerate(parts, 1))),
    lines.map(lambda parts: "```\n" + "\n".join(parts) + "\n```"),
    lines.map(lambda parts: "~~~sh\n\n" + "\n\n".join(parts) + "\n\n~~~"),
    lines.map(lambda parts: "\n".join(f"    {part}" for part in parts)),
    lines.map(lambda parts: "\n".join(f"> {part}" for part in parts)),
    line.map("> # {}".format),
    line.map("- {}\n\n  ```\n  code\n  ```".format),
    line.map("[{}]: x".format),
    line.map("<div>\n{}\n</div>".format),
    line.map("**{}** and `code`".format),
    tables,
)
bodies = st.lists(blocks, max_size=4).map("\n\n".join)
subsections = st.lists(st.tuples(st.sampled_from(_NAMES), bodies), max_size=3)
sections = st.lists(st.tuples(st.sampled_from(_NAMES), bodies, subsections), min_size=1, max_size=4)
fronts = st.sampled_from(["", "---\ntitle: Outage\n---\n", "---\ntitle: INC-7\ndate: 2025-01-01\n---\n\n"])
Tree = list[tuple[str, str, list[tuple[str, str]]]]


def written(front: str, tree: Tree) -> str:
    parts = [f"{front}# Outage", "Opening words."]
    for name, body, below in tree:
        parts += [f"## {name}", body]
        for inner, text in below:
            parts += [f"### {inner}", text]
    return "\n\n".join(parts) + "\n"


def tree_of(chunk: Chunk) -> tuple[str, ...]:
    return chunk.headings[1:2] if chunk.headings else ()


@given(front=fronts, tree=sections)
@settings(max_examples=60)
def test_chunks_fit_are_unique_and_lie_in_their_section_tree(
    make: Callable[..., Document], front: str, tree: Tree
) -> None:
    document = make(written(front, tree))
    chunks = chunk_document(document, limit=LIMIT, count=words)
    assert max(words([chunk.text for chunk in chunks])) <= LIMIT
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    by_slug = {section.slug: section for section in document.sections}
    for chunk in chunks[1:]:
        assert chunk.text.strip()
        section = by_slug[chunk.id.rpartition("/")[0].partition("#")[2]]
        assert section.first_line <= chunk.first_line <= chunk.last_line
        # What joined from small subsections stands further down, but below the same heading.
        last = max(s.last_line for s in document.sections if s.headings[:2] == section.headings[:2])
        assert chunk.last_line <= last
        assert chunk.headings == section.headings


@given(front=fronts, tree=sections)
@settings(max_examples=60)
def test_every_line_with_words_is_in_some_chunk(
    make: Callable[..., Document], front: str, tree: Tree
) -> None:
    document = make(written(front, tree))
    chunks = chunk_document(document, limit=LIMIT, count=words)
    covered = {number for chunk in chunks for number in range(chunk.first_line, chunk.last_line + 1)}
    headings = {section.first_line for section in document.sections if section.headings}
    first = min(section.first_line for section in document.sections)
    markup = ("```", "~~~", "<div>", "</div>", "| --- ")
    missing = [
        (number, text)
        for number, text in enumerate(document.text.split("\n"), 1)
        if number >= first and text.strip() and number not in covered | headings
        if not text.strip().startswith(markup)
    ]
    assert missing == []


@given(front=fronts, tree=sections)
@settings(max_examples=50)
def test_the_lines_of_a_chunk_hold_its_words(make: Callable[..., Document], front: str, tree: Tree) -> None:
    document = make(written(front, tree))
    for chunk in chunk_document(document, limit=LIMIT, count=words)[1:]:
        text = document.lines(chunk.first_line, chunk.last_line)
        # A row repeats the header of its table, which stands above it.
        spelled = {part.partition(":")[0] for part in chunk.text.replace("\n", "; ").split("; ")}
        kept = {piece.strip("*`.:;") for piece in chunk.text.split()} - spelled - {"-"}
        assert {piece for piece in kept if piece not in text} == set()


@given(front=fronts, tree=sections, at=st.integers(0, 3), body=bodies, below=subsections)
@settings(max_examples=60)
def test_an_edit_in_one_section_leaves_the_others_alone(
    make: Callable[..., Document], front: str, tree: Tree, at: int, body: str, below: list[tuple[str, str]]
) -> None:
    at %= len(tree)
    # Sections of one name are told apart by their order, so the edited one has a name of its own.
    before = [*tree]
    before[at] = ("Appendix", *tree[at][1:])
    after = [*before]
    after[at] = ("Appendix", body, below)

    def others(tree: Tree) -> list[tuple[str, str, tuple[str, ...]]]:
        document = make(written(front, tree))
        return [
            (chunk.id, chunk.text, chunk.headings)
            for chunk in chunk_document(document, limit=LIMIT, count=words)
            if tree_of(chunk) != ("Appendix",)
        ]

    assert others(before) == others(after)


@given(front=fronts, tree=sections)
@settings(max_examples=60)
def test_chunks_are_a_function_of_the_document(make: Callable[..., Document], front: str, tree: Tree) -> None:
    document = make(written(front, tree))
    once = chunk_document(document, limit=LIMIT, count=words)
    assert once == chunk_document(document, limit=LIMIT, count=words)
    assert once[0].text == document.title


@given(tree=sections, limit=st.integers(8, 40))
@settings(max_examples=100)
def test_a_question_loses_no_word_and_fits(tree: Tree, limit: int) -> None:
    text = written("", tree)
    windows = split_question(text, limit=limit, count=words)
    assert max(words(windows)) <= limit

    def counted(texts: Sequence[str]) -> Counter[str]:
        bare = " ".join(texts).translate(str.maketrans(dict.fromkeys("*`.:;|[]", " ")))
        return Counter(piece for piece in bare.split() if piece[0] in "wW")

    lost = counted([text]) - counted(windows)
    assert lost == Counter()


@given(st.text(max_size=400), st.integers(8, 30))
@settings(max_examples=200)
def test_any_text_is_cut_without_an_error(text: str, limit: int) -> None:
    def characters(texts: Sequence[str]) -> list[int]:
        return [len("".join(each.split())) for each in texts]

    windows = split_question(text, limit=limit, count=characters)
    assert all(window.strip() for window in windows)
    assert max(characters(windows), default=0) <= limit
    assert bool(windows) == bool(text.strip())
