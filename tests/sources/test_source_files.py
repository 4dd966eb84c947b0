"""Walking folders: ids, order, what is left out, and that nothing blocks or escapes."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rca_search.errors import InvalidRequestError
from rca_search.models import Problem, SourceFile
from rca_search.sources.files import MAX_FILE_BYTES, walk

NOBODY = 65534


def fill(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read(*folders: Path, max_bytes: int = MAX_FILE_BYTES) -> tuple[list[SourceFile], list[Problem]]:
    found = list(walk(folders, max_bytes=max_bytes))
    return [item for item in found if isinstance(item, SourceFile)], [
        item for item in found if isinstance(item, Problem)
    ]


def ids(files: list[SourceFile]) -> list[str]:
    return [file.id for file in files]


def test_a_file_carries_id_source_path_content_and_digest(tmp_path: Path) -> None:
    folder = fill(tmp_path / "kb", {"RCAs/2025 a.MD": b"\xff raw"})
    files, problems = read(folder)
    assert files == [
        SourceFile(
            "RCAs/2025 a", "kb", "RCAs/2025 a.MD", b"\xff raw", hashlib.sha256(b"\xff raw").hexdigest()
        )
    ]
    assert problems == []


def test_order_is_by_id_over_all_folders_and_endings_have_any_case(tmp_path: Path) -> None:
    fill(tmp_path / "b", {"z.md": "1", "a/b.Markdown": "2", "B.md": "3"})
    fill(tmp_path / "a", {"m.md": "4", "c.txt": "5", "md": "6", "a.md.bak": "7"})
    files, problems = read(tmp_path / "b", tmp_path / "a")
    assert ids(files) == ["B", "a/b", "m", "z"]
    assert [(each.path, each.code, each.fatal) for each in problems] == [("a", "other_endings", False)]
    assert "2 files with other endings were not looked at (.txt 1, none 1)." in problems[0].message


def test_hidden_things_and_node_modules_are_no_documents(tmp_path: Path) -> None:
    hidden = (".git/a.md", ".obsidian/b.md", "x/.trash/c.md", "x/node_modules/d/e.md", ".f.md", "._g.md")
    fill(tmp_path, {**dict.fromkeys(hidden, "no"), "x/yes.md": "yes"})
    files, problems = read(tmp_path)
    assert ids(files) == ["x/yes"]
    assert problems == []


def test_links_to_folders_are_named_not_followed_and_loops_end(tmp_path: Path) -> None:
    folder = fill(tmp_path / "kb", {"a/b/c.md": "text"})
    (folder / "a" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self.md").symlink_to("self.md")
    files, problems = read(folder)
    assert ids(files) == ["a/b/c"]
    assert [(problem.path, problem.code, problem.fatal) for problem in problems] == [
        ("a/loop", "symlink_folder", False),
        ("self.md", "symlink", True),
    ]


def test_links_to_files_count_only_inside_the_folder(tmp_path: Path) -> None:
    fill(tmp_path, {"secret.md": "secret", "kb-old/x.md": "neighbour"})
    folder = fill(tmp_path / "kb", {"real.md": "real", ".git/config.md": "hidden"})
    (folder / "alias.md").symlink_to("real.md")
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "prefix.md").symlink_to(tmp_path / "kb-old" / "x.md")
    (folder / "git.md").symlink_to(folder / ".git" / "config.md")
    (folder / "gone.md").symlink_to("nothing.md")
    (folder / "null.md").symlink_to("/dev/null")
    files, problems = read(folder)
    assert [(file.id, file.content) for file in files] == [("real", b"real")]
    copies = [problem for problem in problems if problem.code == "copy"]
    assert [(problem.path, problem.fatal) for problem in copies] == [("alias.md", False)]
    others = [problem for problem in problems if problem.code != "copy"]
    assert [problem.path for problem in others] == ["git.md", "gone.md", "null.md", "out.md", "prefix.md"]
    assert {problem.code for problem in others} == {"symlink"}
    assert all(problem.fatal and problem.remedy for problem in others)


def test_copies_by_their_names_are_one_document(tmp_path: Path) -> None:
    text = "".join(f"line {number} of the write-up\n" for number in range(20))
    names = (
        "lag (conflicted copy 2026-03-09).md",
        "Copy of lag.md",
        "lag - Copy (2).md",
        "lag (1).md",
        "lag.sync-conflict-20260309-101010-ABCDEFG.md",
    )
    fill(tmp_path, {"lag.md": text, **dict.fromkeys(names, text + "one more\n")})
    files, problems = read(tmp_path)
    assert ids(files) == ["lag"]
    assert sorted(problem.path for problem in problems) == sorted(names)
    assert {(problem.code, problem.fatal) for problem in problems} == {("copy", False)}
    fill(tmp_path, {"lag (2).md": "Something else altogether.\n", "other (1).md": text})
    files, _ = read(tmp_path)
    assert ids(files) == ["lag", "lag (2)", "other (1)"]


@pytest.mark.timeout(10)
def test_pipes_and_sockets_never_block(tmp_path: Path) -> None:
    fill(tmp_path, {"ok.md": "ok"})
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "linked.md").symlink_to("pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.md"))
        files, problems = read(tmp_path)
    assert ids(files) == ["ok"]
    assert [(problem.path, problem.code) for problem in problems] == [
        ("linked.md", "not_a_file"),
        ("pipe.md", "not_a_file"),
        ("s.md", "not_a_file"),
    ]


@pytest.mark.timeout(10)
def test_what_changes_during_the_walk_costs_that_file_only(tmp_path: Path) -> None:
    fill(tmp_path, {f"{name}.md": "text" for name in "abcdef"})
    found = walk([tmp_path])
    first = next(found)
    (tmp_path / "b.md").unlink()
    (tmp_path / "c.md").unlink()
    os.mkfifo(tmp_path / "c.md")
    (tmp_path / "d.md").unlink()
    (tmp_path / "d.md").mkdir()
    (tmp_path / "e.md").unlink()
    (tmp_path / "e.md").symlink_to("f.md")
    rest = list(found)
    assert isinstance(first, SourceFile)
    assert [item.code if isinstance(item, Problem) else item.id for item in rest] == [
        "vanished",
        "unreadable",
        "unreadable",
        "unreadable",
        "f",
    ]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user may enter, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_without_permission_files_and_folders_are_problems(open_folder: Path) -> None:
    fill(open_folder, {"a.md": "a", "b.md": "b", "closed/c.md": "c"})
    (open_folder / "b.md").chmod(0)
    (open_folder / "closed").chmod(0)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(NOBODY)
    try:
        files, problems = read(open_folder)
    finally:
        if was_root:
            os.seteuid(0)
        (open_folder / "closed").chmod(0o755)
    assert ids(files) == ["a"]
    assert [(problem.path, problem.code, problem.fatal) for problem in problems] == [
        ("closed", "unreadable", True),
        ("b.md", "unreadable", True),
    ]
    assert "permission denied" in problems[1].message


def test_a_file_over_the_limit_is_never_read(tmp_path: Path) -> None:
    fill(tmp_path, {"edge.md": "x" * 100, "over.md": "x" * 101})
    with (tmp_path / "huge.md").open("wb") as stream:
        stream.truncate(100 * 1024 * 1024 * 1024)
    files, problems = read(tmp_path, max_bytes=100)
    assert ids(files) == ["edge"]
    assert [(problem.path, problem.code) for problem in problems] == [
        ("huge.md", "too_large"),
        ("over.md", "too_large"),
    ]
    assert "100 bytes" in problems[0].message


def test_names_that_cannot_be_written_down_are_problems(tmp_path: Path) -> None:
    (tmp_path / "ok é.md").write_text("ok")
    (tmp_path / "line\nbreak.md").write_text("no")
    (tmp_path / "esc\x1b[31m.md").write_text("no")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/latin\xe9.md")).write_text("no")
    files, problems = read(tmp_path)
    assert ids(files) == ["ok é"]
    assert [(problem.path, problem.code) for problem in problems] == [
        ("esc\\x1b[31m.md", "file_name"),
        ("latin\\udce9.md", "file_name"),
        ("line\\nbreak.md", "file_name"),
    ]


def test_an_id_is_composed_however_the_file_system_spells_it(tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "café.md")).write_text("x")
    files, _ = read(tmp_path)
    assert files[0].id == unicodedata.normalize("NFC", "café")


def test_two_files_with_one_id_keep_the_md_one(tmp_path: Path) -> None:
    fill(tmp_path, {"a.md": "md", "a.markdown": "markdown", "b.MD": "upper", "b.md": "lower"})
    files, problems = read(tmp_path)
    assert [(file.id, file.content) for file in files] == [("a", b"md"), ("b", b"lower")]
    assert [(problem.path, problem.code, problem.fatal) for problem in problems] == [
        ("a.markdown", "duplicate_id", True),
        ("b.MD", "duplicate_id", True),
    ]


def test_a_clash_between_folders_prefixes_every_clashing_document(tmp_path: Path) -> None:
    fill(tmp_path, {"x/a.md": "1", "x/only.md": "2", "y/a.md": "3", "z/b/a.md": "4", "z/a.md": "5"})
    files, problems = read(tmp_path / "x", tmp_path / "y", tmp_path / "z")
    assert [(file.id, file.source, file.path) for file in files] == [
        ("b/a", "z", "b/a.md"),
        ("only", "x", "only.md"),
        ("x/a", "x", "a.md"),
        ("y/a", "y", "a.md"),
        ("z/a", "z", "a.md"),
    ]
    assert problems == []


def test_clashing_folders_of_one_name_are_refused_with_the_way_out(tmp_path: Path) -> None:
    fill(tmp_path, {"one/docs/a.md": "1", "two/docs/a.md": "2"})
    with pytest.raises(
        InvalidRequestError, match=r"'docs/a' would stand for docs/a\.md and docs/a\.md.*Rename"
    ):
        walk([tmp_path / "one" / "docs", tmp_path / "two" / "docs"])


def test_a_prefix_that_hits_a_third_document_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, {"x/a.md": "1", "y/a.md": "2", "z/x/a.md": "3"})
    with pytest.raises(InvalidRequestError, match="'x/a' would stand for"):
        walk([tmp_path / "x", tmp_path / "y", tmp_path / "z"])


def test_folders_of_one_name_without_clash_are_fine(tmp_path: Path) -> None:
    fill(tmp_path, {"one/docs/a.md": "1", "two/docs/b.md": "2"})
    files, _ = read(tmp_path / "one" / "docs", tmp_path / "two" / "docs")
    assert ids(files) == ["a", "b"]


def test_a_folder_named_twice_counts_once(tmp_path: Path) -> None:
    fill(tmp_path, {"kb/a.md": "1"})
    (tmp_path / "link").symlink_to(tmp_path / "kb", target_is_directory=True)
    files, problems = read(tmp_path / "kb", tmp_path / "kb" / ".." / "kb", tmp_path / "link")
    assert ids(files) == ["a"]
    assert problems == []


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "No folder was named"),
        (("missing",), "does not exist"),
        (("kb/a.md",), r"is no folder.*Name the folder that holds it"),
        (("kb", "kb/sub"), "lies inside"),
        (("kb/sub", "kb"), "lies inside"),
        (("nul\0",), "does not exist"),
    ],
)
def test_senseless_folders_are_refused_before_anything_is_read(
    tmp_path: Path, names: tuple[str, ...], message: str
) -> None:
    fill(tmp_path, {"kb/a.md": "1", "kb/sub/b.md": "2"})
    with pytest.raises(InvalidRequestError, match=message):
        walk([tmp_path / name for name in names])


def test_no_absolute_path_leaves_the_walk(tmp_path: Path) -> None:
    fill(tmp_path, {"kb/a.md": "1", "kb/b.md": b"x" * 20})
    (tmp_path / "kb" / "c.md").symlink_to("/etc/passwd")
    for item in walk([tmp_path / "kb"], max_bytes=10):
        assert str(tmp_path) not in repr(item)


def test_the_walk_is_the_same_whatever_the_order_of_creation(tmp_path: Path) -> None:
    names = ["b", "a", "C", "ä", "z/a", "z", "a-b", "a/b"]
    one = fill(tmp_path / "1" / "kb", {f"{name}.md": name for name in names})
    two = fill(tmp_path / "2" / "kb", {f"{name}.md": name for name in reversed(names)})
    assert list(walk([one])) == list(walk([two]))
    assert ids(read(one)[0]) == sorted(names)
