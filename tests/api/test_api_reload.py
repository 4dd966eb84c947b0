"""New versions are picked up while serving; one that cannot be opened leaves the old one answering."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rca_search.embedding.hashing import HashingEncoder
from rca_search.indexing.build import BuildRequest, Tools, build

QUESTION = {"text": "zookeeper quorum lost", "limit": 1}
NEW = "# Quorum\n\n## Summary\n\nThe zookeeper quorum was lost.\n"
SOON = 0.02


def best(client: TestClient) -> str:
    answer = client.post("/v1/similar", json=QUESTION)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["incidents"][0]["id"])


def version(client: TestClient) -> str:
    return str(client.get("/v1/status").json()["index_version"])


def degraded(client: TestClient) -> list[tuple[str, str]]:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    return [(fault["part"], fault["code"]) for fault in answer.json()["degraded"]]


def reloads(client: TestClient, outcome: str) -> bool:
    return f'rca_search_index_reloads_total{{outcome="{outcome}"}}' in client.get("/metrics").text


class Staged:
    """A served index, and the next version of it ready in another folder."""

    def __init__(self, home: Path, notes: Path, publish: Callable[[Path, Path], str]) -> None:
        self.index, self._next = home / "index", home / "next"
        self.first = publish(self.index, notes)
        shutil.copytree(self.index, self._next)
        (notes / "RCAs" / "quorum.md").write_text(NEW, encoding="utf-8")
        self.second = publish(self._next, notes)
        self.folder = self.index / "versions" / self.second

    def copy(self) -> None:
        """Put the files of the next version in place; it is not current yet."""
        shutil.copytree(self._next / "versions" / self.second, self.folder, dirs_exist_ok=True)

    def swap(self) -> None:
        """Make the next version current in one step."""
        shutil.copy(self._next / "CURRENT", self.index / "CURRENT.new")
        (self.index / "CURRENT.new").replace(self.index / "CURRENT")


@pytest.fixture
def staged(tmp_path: Path, notes: Path, publish: Callable[[Path, Path], str]) -> Staged:
    return Staged(tmp_path, notes, publish)


def test_a_new_version_is_served_without_a_restart(
    opened: Any, notes: Path, tmp_path: Path, publish: Callable[[Path, Path], str], eventually: Any
) -> None:
    index = tmp_path / "index"
    first = publish(index, notes)
    with opened(index=index, reload_seconds=SOON) as client:
        assert version(client) == first
        assert best(client) != "RCAs/quorum"
        (notes / "RCAs" / "quorum.md").write_text(NEW, encoding="utf-8")
        second = publish(index, notes)
        eventually(lambda: version(client) == second)
        assert best(client) == "RCAs/quorum"
        assert client.get("/readyz").json()["index_version"] == second
        text = client.get("/metrics").text
        assert f'version="{second}"' in text
        assert f'version="{first}"' not in text
        assert 'rca_search_index_reloads_total{outcome="new"} 1.0' in text


def test_zero_seconds_never_look(
    opened: Any, notes: Path, tmp_path: Path, publish: Callable[[Path, Path], str]
) -> None:
    index = tmp_path / "index"
    first = publish(index, notes)
    with opened(index=index, reload_seconds=0) as client:
        (notes / "RCAs" / "quorum.md").write_text(NEW, encoding="utf-8")
        publish(index, notes)
        assert version(client) == first
        assert "rca_search_index_reloads_total{" not in client.get("/metrics").text


def flip_a_byte(staged: Staged) -> None:
    file = staged.folder / "documents.jsonl"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut_a_file(staged: Staged) -> None:
    file = staged.folder / "catalogue.json"
    file.write_bytes(file.read_bytes()[:-1])


def lose_a_file(staged: Staged) -> None:
    (staged.folder / "links.json").unlink()


def lose_the_version(staged: Staged) -> None:
    shutil.rmtree(staged.folder)


def change_the_manifest(staged: Staged) -> None:
    file = staged.folder / "manifest.json"
    file.write_bytes(file.read_bytes() + b" ")


@pytest.mark.parametrize(
    "damage", [flip_a_byte, cut_a_file, lose_a_file, lose_the_version, change_the_manifest]
)
def test_a_damaged_version_leaves_the_old_one_answering(
    opened: Any, staged: Staged, eventually: Any, damage: Callable[[Staged], None]
) -> None:
    with opened(index=staged.index, reload_seconds=SOON) as client:
        before = client.post("/v1/similar", json=QUESTION).json()["incidents"]
        staged.copy()
        damage(staged)
        staged.swap()
        eventually(lambda: reloads(client, "failed"))
        assert degraded(client) == [("reload", "index_corrupt")]
        assert version(client) == staged.first
        assert client.post("/v1/similar", json=QUESTION).json()["incidents"] == before
        assert str(staged.index) not in client.get("/readyz").text

        staged.copy()  # mended
        eventually(lambda: version(client) == staged.second)
        assert degraded(client) == []
        assert best(client) == "RCAs/quorum"


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": "../../etc"}', b"\xff\xfe"])
def test_a_damaged_pointer_leaves_the_old_version_answering(
    opened: Any, staged: Staged, eventually: Any, content: bytes
) -> None:
    with opened(index=staged.index, reload_seconds=SOON) as client:
        (staged.index / "CURRENT").write_bytes(content)
        eventually(lambda: reloads(client, "failed"))
        assert degraded(client) == [("reload", "index_corrupt")]
        assert version(client) == staged.first
        assert client.post("/v1/similar", json=QUESTION).status_code == 200


def test_an_index_that_vanishes_leaves_the_old_version_answering(
    opened: Any, staged: Staged, eventually: Any
) -> None:
    with opened(index=staged.index, reload_seconds=SOON) as client:
        shutil.rmtree(staged.index)
        eventually(lambda: reloads(client, "failed"))
        assert degraded(client) == [("reload", "index_missing")]
        assert client.post("/v1/similar", json=QUESTION).status_code == 200
        assert client.get("/v1/incidents/RCAs/disk").status_code == 200


class OtherEncoder(HashingEncoder):
    @property
    def fingerprint(self) -> str:
        return "0" * 64


def publish_with_another_model(index: Path, notes: Path, fake_source: Any) -> str:
    (notes / "RCAs" / "quorum.md").write_text(NEW, encoding="utf-8")
    tools = Tools(encoder=fake_source(OtherEncoder()), progress=lambda *_: None)
    return build(BuildRequest(folders=(notes,)), index, tools).version


def test_a_version_whose_model_is_not_at_hand_is_not_taken(
    opened: Any, notes: Path, tmp_path: Path, publish: Any, eventually: Any, fake_source: Any
) -> None:
    index = tmp_path / "index"
    first = publish(index, notes)
    with opened(index=index, reload_seconds=SOON) as client:
        # It says that it was made with the model for tests, and has another fingerprint.
        publish_with_another_model(index, notes, fake_source)
        eventually(lambda: reloads(client, "failed"))
        assert degraded(client) == [("reload", "index_mismatch")]
        assert version(client) == first
        assert client.post("/v1/similar", json=QUESTION).status_code == 200


def test_a_version_made_with_another_model_is_taken_with_that_model(
    opened: Any, notes: Path, tmp_path: Path, publish: Any, eventually: Any, fake_source: Any
) -> None:
    index = tmp_path / "index"
    first = publish(index, notes)
    source = fake_source(HashingEncoder())
    with opened(index=index, reload_seconds=SOON, source=source) as client:
        eventually(lambda: client.get("/readyz").status_code == 200)
        assert version(client) == first
        source.encoder = OtherEncoder()
        second = publish_with_another_model(index, notes, fake_source)
        eventually(lambda: version(client) == second)
        assert degraded(client) == []
        assert best(client) == "RCAs/quorum"
