"""The encoder that an index carries: verified, reused by builds, all that questions need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rca_search.analysis.feedback import VoteCounter
from rca_search.bootstrap import build_index, open_for_question, open_service
from rca_search.config import Settings
from rca_search.embedding import files as running
from rca_search.embedding import source as naming
from rca_search.embedding.exported import ENCODER_FILES
from rca_search.embedding.hashing import HashingEncoder
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import IndexCorruptError, IndexMismatchError, IndexMissingError
from rca_search.indexing import encoder as early_encoding
from rca_search.indexing.build import BuildRequest, Tools, build
from rca_search.indexing.encoder import EarlyEncoder, FittingEncoder, PublishedEncoder, open_encoder
from rca_search.indexing.manifest import EncoderIdentity, read_manifest, verify_version
from rca_search.indexing.pointer import read_current
from rca_search.indexing.snapshot import open_current
from rca_search.insight.families.detection import find_families
from rca_search.models import Query
from rca_search.protocols import Encoder
from rca_search.service import SearchService

DOCUMENTS = {
    "RCAs/2024-01-10-disk.md": "# Ledger disk full\n\n## Summary\n\nThe volume filled up with segments.\n",
    "RCAs/2024-02-11-tls.md": "# Edge refused\n\n## Summary\n\nHandshakes failed: certificate expired.\n",
    "Runbooks/space.md": "# Free disk space\n\n## Steps\n\n1. Find the largest folder.\n",
}
QUESTION = "no space left on device"
FOREIGN = {"torch", "transformers", "sentence_transformers", "onnx", "onnxscript", "huggingface_hub"}
"""What exports a model; a question needs none of it."""


class Named:
    """The default model as builds name it, already exported."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._named = NamedEncoder()
        self.name = self._named.name

    def files_digest(self) -> str:
        return self._named.files_digest()

    def load(self) -> Encoder:
        return self._encoder


def write(folder: Path) -> Path:
    for path, text in DOCUMENTS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, model: Encoder) -> Path:
    """A place with documents and an index of them that carries the default model; not to be changed."""
    place = tmp_path_factory.mktemp("carried")
    tools = Tools(encoder=Named(model), analysers=(find_families, VoteCounter(())))  # as build_index has it
    build(BuildRequest((write(place / "docs"),)), place / "index", tools)
    return place


@pytest.fixture
def place(shared: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    shutil.copytree(shared, tmp_path / "place", ignore=shutil.ignore_patterns("blobs"))
    return tmp_path / "place"


def current(index: Path) -> Path:
    return index / "versions" / read_current(index).version


def best(index: Path) -> list[tuple[str, float]]:
    return SearchService(index).ranking(Query(QUESTION), None, depth=9)


def run(*command: str, cwd: Path) -> tuple[set[str], str]:
    """Run one command in a fresh process; return the packages it imported and what it printed."""
    program = (
        "import sys\nfrom rca_search.cli.app import main\n"
        f"sys.argv = ['rca-search', *{list(command)!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return set(done.stderr.splitlines()[-1].split()), done.stdout


@contextmanager
def changed(path: Path, content: bytes) -> Iterator[None]:
    """Give a file another content for a while."""
    away = path.rename(path.with_name("away"))
    path.write_bytes(content)
    try:
        yield
    finally:
        away.replace(path)


@pytest.mark.model
def test_an_index_carries_its_encoder(shared: Path, model: Encoder) -> None:
    index = shared / "index"
    manifest = read_manifest(index, read_current(index))
    assert manifest.artefacts.keys() >= ENCODER_FILES
    assert manifest.encoder.fingerprint == model.fingerprint
    published = PublishedEncoder(index, workers=2)
    assert (published.name, published.files_digest()) == (model.name, NamedEncoder().files_digest())
    encoder = published.load()
    assert (encoder.fingerprint, encoder.dimension) == (model.fingerprint, model.dimension)
    texts = [QUESTION, "certificate"]
    ours, theirs = (each.encode(texts, kind="query").vectors for each in (encoder, model))
    assert ours.tobytes() == theirs.tobytes()
    assert verify_version(index, read_current(index)) == []


@pytest.mark.model
@pytest.mark.parametrize("name", sorted(ENCODER_FILES))
def test_a_damaged_encoder_is_noticed_before_anything_opens_it(
    place: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnxruntime
    import tokenizers

    def opened(*_arguments: object, **_options: object) -> None:
        raise AssertionError("opened before it was verified")

    index = place / "index"
    path = current(index) / name
    content = path.read_bytes()
    other = current(index) / next(other for other in sorted(ENCODER_FILES) if other != name)
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    monkeypatch.setattr(onnxruntime, "InferenceSession", opened)
    monkeypatch.setattr(tokenizers.Tokenizer, "from_buffer", staticmethod(opened), raising=False)
    with pytest.raises(IndexCorruptError, match="opened before it was verified"):
        best(index)
    service = SearchService(index)
    for damaged in (flipped, content[:-1], b"", content + b"\0", other.read_bytes()):
        with changed(path, damaged):
            for ask in (PublishedEncoder(index).load, service.warm, lambda: service.search(Query(QUESTION))):
                with pytest.raises(IndexCorruptError, match=f"{name} (has|is not what was published)"):
                    ask()
            assert any(name in fault for fault in verify_version(index, read_current(index)))
    path.unlink()
    with pytest.raises(IndexCorruptError, match=f"{name} is missing"):
        best(index)


@pytest.mark.model
def test_a_build_over_a_damaged_encoder_exports_again(
    place: Path, model: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And over a sound one it does not."""
    index, exports = place / "index", []

    def export(name: str, **_options: object) -> Encoder:
        exports.append(name)
        return model

    monkeypatch.setattr(naming, "load_encoder", export)

    def rebuild() -> Any:
        return build_index(Settings(index=index), [place / "docs"], progress=lambda *_: None)

    before = best(index)
    assert not rebuild().published
    for damaged in (b"\0", (current(index) / "model.onnx").read_bytes()[:-1]):
        (current(index) / "model.onnx").write_bytes(damaged)
        assert rebuild().published
        assert exports == ["all-MiniLM-L6-v2"]
        assert verify_version(index, read_current(index)) == []
        assert best(index) == before
        exports.clear()
    (place / "docs" / "RCAs" / "more.md").write_text("# More\n\n## Summary\n\nMore.\n", encoding="utf-8")
    assert rebuild().published
    assert exports == []


@pytest.mark.model
def test_a_rebuild_after_an_edit_takes_the_published_export(shared: Path, place: Path) -> None:
    index = place / "index"
    before = current(index)
    path = place / "docs" / "RCAs" / "2024-02-11-tls.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nRenewed by hand.\n", encoding="utf-8")
    loaded, out = run("build", str(place / "docs"), "--index", str(index), "--json", cwd=place)
    assert loaded & FOREIGN == set()
    assert json.loads(out)["published"] is True
    assert current(index) != before
    for name in ENCODER_FILES:
        assert (current(index) / name).read_bytes() == (before / name).read_bytes()
    # In a copy of an index that left the blobs behind, versions share the model from now on.
    assert (current(index) / "model.onnx").stat().st_nlink == 2
    # An edit moves a little what all documents have in common.
    (found, total), (wanted, expected) = best(index)[0], best(shared / "index")[0]
    assert (found, total) == (
        wanted,
        pytest.approx(expected, abs=0.01),
    )


@pytest.mark.model
@pytest.mark.parametrize("command", ["similar", "runbooks", "like", "eval", "status", "verify"])
def test_questions_import_nothing_that_exports(shared: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "disk full", "metadata": {}}\n')
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\tRCAs/2024-01-10-disk\t1\n")
    arguments = {
        "similar": ["similar", QUESTION, "--json"],
        "runbooks": ["runbooks", QUESTION, "--json"],
        "like": ["similar", "--incident", "2024-01-10-disk", "--json"],
        "eval": [
            "eval",
            "questions",
            "--queries",
            "queries.jsonl",
            "--qrels",
            "qrels.tsv",
            "--incidents",
            "--json",
        ],
        "status": ["status", "--json"],
        "verify": ["verify"],
    }[command]
    loaded, out = run(*arguments, "--index", str(shared / "index"), cwd=tmp_path)
    assert "rca_search" in loaded
    assert loaded & FOREIGN == set()
    assert out
    if command in {"status", "verify"}:
        assert "onnxruntime" not in loaded


@pytest.mark.model
def test_the_server_imports_nothing_that_exports(shared: Path, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom fastapi.testclient import TestClient\n"
        "from rca_search.api.app import create_app\nfrom rca_search.bootstrap import open_service\n"
        "from rca_search.config import Settings\n"
        "settings = Settings(index=Path(sys.argv[1]))\n"
        "with TestClient(create_app(open_service(settings), settings)) as client:\n"
        "    answer = client.post('/v1/similar', json={'text': 'disk full'})\n"
        "print(answer.status_code, answer.json()['incidents'][0]['id'])\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(shared / "index")],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    said, loaded = done.stdout.splitlines()
    assert said == "200 RCAs/2024-01-10-disk"
    assert "onnxruntime" in loaded.split()
    assert set(loaded.split()) & FOREIGN == set()


@pytest.mark.model
def test_a_question_leaves_nothing_behind_and_reports_to_nobody(shared: Path, tmp_path: Path) -> None:
    """The runtime would keep an identifier and a queue of reports in the cache folder of its user."""
    home = tmp_path / "home"
    home.mkdir()
    # Without what says that this is a test: some software reports from everywhere else.
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    subprocess.run(
        [sys.executable, "-m", "rca_search", "similar", QUESTION, "--index", str(shared / "index")],
        cwd=home, env={**kept, "HOME": str(home)}, capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert list(home.rglob("*")) == []


@pytest.mark.model
def test_an_index_answers_the_same_wherever_it_lies(shared: Path, place: Path, tmp_path: Path) -> None:
    answer = best(shared / "index")
    assert answer[0][0] in {"RCAs/2024-01-10-disk", "Runbooks/space"}
    assert len(answer) == len(DOCUMENTS)
    moved = tmp_path / "else where" / "índex"
    shutil.copytree(place / "index", moved)
    shutil.rmtree(place)
    assert best(moved) == answer
    service = open_service(Settings(index=moved))
    assert service.ranking(Query(QUESTION), None, depth=9) == answer
    assert verify_version(moved, read_current(moved)) == []


@pytest.mark.model
def test_no_file_of_an_index_says_anything_of_the_machine(
    shared: Path, tells_of_machine: Callable[[bytes], list[str]]
) -> None:
    files = [path for path in (shared / "index").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {*ENCODER_FILES, "manifest.json", "CURRENT", "CHECKED"}
    for path in files:
        content = path.read_bytes()
        assert tells_of_machine(content) == [], path.name
        assert str(shared).encode() not in content


@pytest.mark.model
def test_vectors_made_in_another_way_are_not_mixed(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index whose model an older or newer program ran differently is refused, not asked."""
    index = shared / "index"
    service = SearchService(index)
    monkeypatch.setattr(running, "_REVISION", "onnx/another")
    with pytest.raises(IndexMismatchError, match="'all-MiniLM-L6-v2' as it is at hand gives other vectors"):
        service.search(Query(QUESTION))


@pytest.mark.model
@pytest.mark.parametrize("missing", sorted(ENCODER_FILES))
def test_a_version_that_lacks_a_file_of_its_encoder_is_corrupt(shared: Path, missing: str) -> None:
    manifest = read_manifest(shared / "index", read_current(shared / "index"))
    artefacts = {name: digest for name, digest in manifest.artefacts.items() if name != missing}
    with pytest.raises(IndexCorruptError):
        open_encoder(current(shared / "index"), replace(manifest, artefacts=artefacts))


def test_an_index_of_the_stand_in_needs_no_file(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with pytest.raises(IndexMissingError):
        PublishedEncoder(index).load()
    settings = Settings(index=index, model="test-hashing")
    build_index(settings, [write(tmp_path / "docs")], progress=lambda *_: None)
    assert PublishedEncoder(index).load().fingerprint == HashingEncoder().fingerprint
    assert not (index / "blobs").exists()
    # The model is that of the index, whatever the settings say.
    service = open_service(Settings(index=index))
    assert service.ranking(Query("disk full"), None, depth=1)[0][0] == "RCAs/2024-01-10-disk"
    assert open_current(index)[0].manifest.artefacts.keys() & ENCODER_FILES == set()


@pytest.mark.model
def test_a_service_follows_its_index_from_one_encoder_to_another(tmp_path: Path, model: Encoder) -> None:
    index = tmp_path / "index"
    docs = write(tmp_path / "docs")
    stand_in = NamedEncoder("test-hashing")
    sources = [stand_in, Named(model), stand_in]

    def publish(number: int) -> str:
        (docs / "RCAs" / "2024-03-01-more.md").write_text(f"# Disk number {number}\n\n## Summary\n\nFull.\n")
        return build(BuildRequest((docs,)), index, Tools(encoder=sources[number])).version

    versions = [publish(0)]
    service = open_service(Settings(index=index))

    def ask(_: int) -> str:
        result = service.search(Query("disk full"))
        title = next(hit.document.title for hit in result.incidents if hit.document.title[-1].isdigit())
        assert result.freshness.version == versions[int(title[-1])]
        return result.freshness.version

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(ask, n) for n in range(20)]
        for number in (1, 2):
            versions.append(publish(number))
            answers += [pool.submit(ask, n) for n in range(20)]
            assert service.reload() is True
            assert ask(0) == versions[-1]
        answers += [pool.submit(ask, n) for n in range(20)]
        answered = [answer.result(60) for answer in answers]
    assert set(answered) <= set(versions)
    assert (answered[0], answered[-1]) == (versions[0], versions[-1])


class Counted:
    """Gives the stand-in, and counts how often."""

    name = "counted"

    def __init__(self, fault: Exception | None = None) -> None:
        self.loads, self.fault = 0, fault

    def files_digest(self) -> str:
        return "counted"

    def load(self) -> Encoder:
        self.loads += 1
        if self.fault is not None:
            raise self.fault
        return HashingEncoder()


def test_an_encoder_that_fits_is_loaded_once_by_many_threads() -> None:
    source = Counted()
    print_ = HashingEncoder().fingerprint
    fitting = FittingEncoder(source.load, EncoderIdentity("test-hashing", print_, 64, "x"))
    assert not fitting.loaded
    with ThreadPoolExecutor(8) as pool:
        assert len({id(encoder) for encoder in pool.map(lambda _: fitting.get(), range(32))}) == 1
    assert (fitting.loaded, source.loads) == (True, 1)
    assert fitting.fits(EncoderIdentity("another name", print_, 64, "y"))
    assert not fitting.fits(EncoderIdentity("test-hashing", "other", 64, "x"))


def test_an_encoder_that_does_not_fit_is_never_given_out() -> None:
    fitting = FittingEncoder(Counted().load, EncoderIdentity("mine", "f" * 64, 64, "x"))
    for _ in range(2):
        with pytest.raises(IndexMismatchError, match="made with model 'mine', and 'test-hashing'") as caught:
            fitting.get()
        assert caught.value.remedy == "Build the index again."
        assert not fitting.loaded


def test_an_encoder_that_failed_to_load_is_tried_again() -> None:
    source = Counted(IndexCorruptError("x"))
    made_with = EncoderIdentity("test-hashing", HashingEncoder().fingerprint, 64, "x")
    fitting = FittingEncoder(source.load, made_with)
    with pytest.raises(IndexCorruptError):
        fitting.get()
    source.fault = None
    assert fitting.get().name == "test-hashing"


def test_without_the_runtime_the_remedy_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    from rca_search.embedding.exported import ExportedEncoder
    from rca_search.embedding.files import DESCRIPTION, MODEL, TOKENIZER, ExportedFiles
    from rca_search.errors import EncoderUnavailableError

    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EncoderUnavailableError, match="The package onnxruntime is not installed") as caught:
        ExportedEncoder.open(ExportedFiles.of({MODEL: b"", TOKENIZER: b"", DESCRIPTION: b'{"format": 1}'}))
    assert "pip install" in caught.value.remedy


def test_the_encoder_is_that_of_the_opened_version_whatever_comes_after(tmp_path: Path) -> None:
    """Another encoder is published between opening the index and the first question."""
    index, docs = tmp_path / "index", write(tmp_path / "docs")
    build_index(Settings(index=index, model="test-hashing"), [docs], progress=lambda *_: None)
    service = SearchService(index)
    before = SearchService(index).ranking(Query(QUESTION), None, depth=9)

    class Other(HashingEncoder):
        fingerprint = "f" * 64

    class Source:
        name = "other"

        def files_digest(self) -> str:
            return "other"

        def load(self) -> Encoder:
            return Other()

    build(BuildRequest((docs,)), index, Tools(Source()))
    assert service.ranking(Query(QUESTION), None, depth=9) == before


def test_an_early_encoder_is_that_of_the_version_it_names(tmp_path: Path) -> None:
    index = tmp_path / "index"
    with pytest.raises(IndexMissingError):
        EarlyEncoder(index)
    build_index(
        Settings(index=index, model="test-hashing"), [write(tmp_path / "docs")], progress=lambda *_: None
    )
    early, published = EarlyEncoder(index), PublishedEncoder(index)
    assert early.version == read_current(index).version
    assert (early.name, early.files_digest()) == (published.name, published.files_digest())
    assert early.load() is early.load()
    assert early.load().fingerprint == HashingEncoder().fingerprint


@pytest.mark.model
def test_what_an_early_encoder_meets_is_told_when_it_is_asked_for(place: Path) -> None:
    index = place / "index"
    (current(index) / "weights.bin").write_bytes(b"")
    service = open_for_question(Settings(index=index))
    for _ in range(2):
        with pytest.raises(IndexCorruptError, match=r"weights\.bin has 0 bytes"):
            service.search(Query(QUESTION))


def test_a_question_is_answered_with_the_encoder_of_the_version_that_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version with another encoder is published between the two looks at the index."""
    index, docs = tmp_path / "index", write(tmp_path / "docs")
    settings = Settings(index=index, model="test-hashing")
    build_index(settings, [docs], progress=lambda *_: None)
    real = early_encoding.EarlyEncoder.__init__

    def begin(self: Any, *arguments: Any, **options: Any) -> None:
        real(self, *arguments, **options)
        (docs / "RCAs" / "more.md").write_text("# More\n\n## Summary\n\nMore.\n", encoding="utf-8")
        build_index(settings, [docs], progress=lambda *_: None)

    monkeypatch.setattr(early_encoding.EarlyEncoder, "__init__", begin)
    loaded: list[Path] = []
    real_open = early_encoding.open_encoder

    def opened(folder: Path, *arguments: Any, **options: Any) -> Encoder:
        loaded.append(folder)
        return real_open(folder, *arguments, **options)

    monkeypatch.setattr("rca_search.serving.open_encoder", opened)
    service = open_for_question(settings)
    assert service.version == read_current(index).version
    service.warm()
    assert [folder.name for folder in loaded] == [service.version]


@pytest.mark.model
def test_another_precision_is_another_encoder(
    place: Path, small: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, exports = place / "index", []

    def export(_name: str, **options: object) -> Encoder:
        exports.append(options["precision"])
        return small

    monkeypatch.setattr(naming, "load_encoder", export)

    def rebuild(precision: Any) -> bool:
        settings = Settings(index=index, precision=precision)
        return build_index(settings, [place / "docs"], progress=lambda *_: None).published

    assert PublishedEncoder(index).precision() == "fp32"
    assert not rebuild("fp32")
    assert rebuild("int8")
    assert PublishedEncoder(index).precision() == "int8"
    assert not rebuild("int8")
    assert exports == ["int8"]
    assert verify_version(index, read_current(index)) == []
    assert SearchService(index).search(Query(QUESTION)).incidents


@pytest.mark.model
@pytest.mark.parametrize("command", [("status",), ("show", "RCAs/2024-01-10-disk")])
def test_what_asks_nothing_opens_no_model(shared: Path, command: tuple[str, ...]) -> None:
    packages, said = run(*command, "--index", "index", cwd=shared)
    assert said
    assert packages & {"onnxruntime", "tokenizers"} == set()
