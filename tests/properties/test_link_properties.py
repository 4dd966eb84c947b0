"""Link resolution against a plain oracle, and the same in every view."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from rca_search.models import Document, Kind
from rca_search.sources.resolve import LinkTable

FOLDERS = ("", "a", "a/b", "c")
NAMES = ("disk full", "Disk-Full", "disk_full", "net", "NET-1", "net1", "über ops")
PATHS = [f"{folder}/{name}".lstrip("/") for folder in FOLDERS for name in NAMES]
WORDS = st.sampled_from([*NAMES, "big one", "Big-One", "gone", "x"])


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    paths = draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=6, unique=True))
    return [
        Document(
            id=path,
            source="docs",
            path=f"{path}.md",
            sha256="",
            kind=Kind.OTHER,
            kind_reason="",
            title=draw(WORDS),
            text="",
            sections=(),
            line_kinds="",
            aliases=tuple(draw(st.lists(WORDS, max_size=2, unique=True))),
        )
        for path in paths
    ]


@st.composite
def targets(draw: st.DrawFn) -> str:
    folder = draw(st.sampled_from(["", "a/", "b/", "./", "../", "/a/", "A/B/", "c/../a/"]))
    return folder + draw(WORDS) + draw(st.sampled_from(["", ".md", ".MD"]))


def steps_between(one: str, other: str) -> int:
    ours, theirs = ([part for part in path.split("/")[:-1] if part] for path in (one, other))
    shared = 0
    while shared < min(len(ours), len(theirs)) and ours[shared] == theirs[shared]:
        shared += 1
    return len(ours) + len(theirs) - 2 * shared


def walked(folder: list[str], target: str) -> str:
    place = list(folder)
    for part in target.split("/"):
        if part == ".." and place and place[-1] != "..":
            place.pop()
        elif part not in {"", "."}:
            place.append(part)
    return "/".join(place)


def even(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def oracle(found: list[Document], here: str, target: str) -> set[str]:
    """Return the meaning of a link by trying each rule on every document."""
    wanted = target.casefold().removesuffix(".md").lstrip("/")
    ids = {document.id.casefold(): document for document in found}
    folder = here.casefold().split("/")[:-1]
    for path in (walked(folder, wanted), walked([], wanted)):
        if path in ids:
            return {ids[path].id}
    ending = "/" + wanted.lstrip("./")
    rules = (
        [each for each in found if ("/" + each.id.casefold()).endswith(ending)],
        [each for each in found if target.casefold() in {alias.casefold() for alias in each.aliases}],
        [each for each in found if target.casefold() == each.title.casefold()],
    )
    for fitting in rules:
        if fitting:
            nearest = min(steps_between(here.casefold(), each.id.casefold()) for each in fitting)
            return {
                each.id for each in fitting if steps_between(here.casefold(), each.id.casefold()) == nearest
            }
    return {each.id for each in found if differs_in_separators(each, wanted)}


def differs_in_separators(document: Document, wanted: str) -> bool:
    *folder, name = wanted.strip("./").split("/")
    names = {document.id.split("/")[-1], document.title, *document.aliases}
    if len(even(name)) < 3 or even(name) not in {even(each) for each in names}:
        return False
    parts = [even(part) for part in document.id.split("/")]
    return not any(folder) or parts[-len(folder) - 1 :] == [even(part) for part in (*folder, name)]


@given(documents(), targets(), st.data())
def test_a_link_means_what_the_oracle_says(found: list[Document], target: str, data: st.DataObject) -> None:
    here = data.draw(st.sampled_from([document.id for document in found]))
    assert set(LinkTable.of(found).find(here, target)) == oracle(found, here, target)


@given(documents(), targets(), st.data())
def test_a_view_resolves_as_a_table_of_its_documents_alone(
    found: list[Document], target: str, data: st.DataObject
) -> None:
    ids = [document.id for document in found]
    here = data.draw(st.sampled_from(ids))
    visible = {here, *data.draw(st.lists(st.sampled_from(ids)))}
    meanings = LinkTable.of(found).meanings(here, target)
    groups = ([name for name in group if name in visible] for group in meanings)
    alone = LinkTable.of([document for document in found if document.id in visible])
    assert tuple(next((group for group in groups if group), [])) == alone.find(here, target)
