"""What every test may rely on: a clean environment, no network, and the places of documents.

``RCA_CORPORA`` names the folder with the real corpora and development sets; tests that need it skip
without it. ``RCA_FORBID_SKIPS=1`` turns every skip into a failure, so that nothing is left out unseen.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from rca_search.embedding import DEFAULT_MODEL, load_encoder
from rca_search.embedding.files import DESCRIPTION
from rca_search.embedding.lineage import export_digest
from rca_search.embedding.model_files import DEFAULT_DIGEST
from rca_search.indexing.build import BuildRequest, Tools, build
from rca_search.insight.families.detection import find_families
from rca_search.models import Document, SourceFile
from rca_search.protocols import Encoder
from rca_search.service import SearchService
from rca_search.sources.documents import ParsedFile, parse_document

ROOT = Path(__file__).resolve().parent.parent
_KEPT = {"RCA_ALLOWED_HOSTS", "RCA_CORPORA", "RCA_FORBID_SKIPS"}
_FORBID_SKIPS = os.environ.get("RCA_FORBID_SKIPS") == "1"

# Before anything imports them: model libraries read these once, and terminals change what tools print.
for _name in [name for name in os.environ if name.startswith("RCA_") and name not in _KEPT]:
    del os.environ[_name]
for _name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "CLICOLOR_FORCE"):
    os.environ.pop(_name, None)
os.environ.update(
    HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", NO_COLOR="1", COLUMNS="100", TERM="dumb"
)

# A shell without job control starts what runs in the background deaf to interrupts, and that is inherited.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Under this name a client in the same process asks; real ones ask for 127.0.0.1.
os.environ["RCA_ALLOWED_HOSTS"] = "testserver"

settings.register_profile("rca-search", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("rca-search")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away settings that an earlier test may have left behind."""
    for name in list(os.environ):
        if name.startswith("RCA_") and name not in _KEPT:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def vault() -> Path:
    """The example folder of post-mortems, runbooks and service notes."""
    return ROOT / "examples" / "vault"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder that holds ``corpora/`` and ``bench/``; skips where it is not named."""
    named = os.environ.get("RCA_CORPORA")
    if not named:
        pytest.skip("RCA_CORPORA is not set; benchmarks/README.md says what belongs there")
    path = Path(named)
    if not path.is_dir():
        pytest.fail(f"RCA_CORPORA={named} is no folder")
    return path


@pytest.fixture(scope="session")
def model() -> Encoder:
    """The real default model, exported once; tests that ask for it carry the mark ``model``."""
    return load_encoder(workers=2)


@pytest.fixture(scope="session")
def small() -> Encoder:
    """The default model with weights of eight bits, exported once."""
    return load_encoder(workers=2, precision="int8")


@pytest.fixture(scope="session")
def reopened(model: Encoder) -> Callable[[int], Encoder]:
    """Open the export of the default model once more, with another number of workers."""
    from rca_search.embedding.exported import ExportedEncoder
    from rca_search.embedding.files import ExportedFiles

    def reopen(workers: int) -> Encoder:
        files = {name: content for name, content in model.files().items() if isinstance(content, bytes)}
        return ExportedEncoder.open(ExportedFiles.of(files), workers=workers)

    return reopen


@pytest.fixture(scope="session")
def original() -> Any:
    """The default model as sentence-transformers loads and runs it."""
    from rca_search.embedding.model_files import DEFAULT_MODEL, find_model
    from rca_search.embedding.sentence_transformer import load_model

    return load_model(find_model(DEFAULT_MODEL))


@pytest.fixture
def copied_model(tmp_path: Path) -> Callable[[str], Path]:
    """Copy the folder of the default model to a name below the test's own; the weights are a link."""
    from rca_search.embedding.model_files import DEFAULT_MODEL, find_model

    def copy(name: str) -> Path:
        weights = "model.safetensors"
        installed = find_model(DEFAULT_MODEL).folder
        shutil.copytree(installed, tmp_path / name, ignore=shutil.ignore_patterns(weights))
        (tmp_path / name / weights).symlink_to(installed / weights)
        return tmp_path / name

    return copy


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a cross-encoder that is complete, tiny, and knows nothing: its weights are random."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("models") / "tiny-cross-encoder"
    folder.mkdir()
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-.,:"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=128)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
        num_labels=1,
        initializer_range=0.5,
    )
    with torch.random.fork_rng():
        torch.manual_seed(7)
        BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def copied_cross_encoder(cross_encoder: Path, tmp_path: Path) -> Callable[[], Path]:
    """Copy the folder of the cross-encoder, to be damaged."""

    def copy() -> Path:
        return Path(shutil.copytree(cross_encoder, tmp_path / "copied"))

    return copy


@pytest.fixture(scope="session")
def tells_of_machine() -> Callable[[bytes], list[str]]:
    """List what bytes say of this machine: its paths, its name, who uses it."""
    names = {Path.home(), Path(tempfile.gettempdir()), ROOT, Path(sys.prefix), Path.cwd()}
    secrets = {str(path) for path in names if len(path.parts) > 1}
    secrets |= {"site-packages", "/tmp/", "/home/", "/Users/", "/root/", ".venv", "dist-packages"}
    # Names of one short word, such as root, stand in any vocabulary.
    people = {socket.gethostname(), getpass.getuser()}
    secrets |= {name for name in people if len(name) > 5 and name not in {"localhost", "runner"}}

    def find(content: bytes) -> list[str]:
        return sorted(secret for secret in secrets if secret.encode() in content)

    return find


@dataclass(frozen=True)
class _Given:
    """An encoder that is loaded already, as a source of itself."""

    encoder: Encoder

    @property
    def name(self) -> str:
        return self.encoder.name

    def files_digest(self) -> str:
        described = self.encoder.files().get(DESCRIPTION)
        if self.encoder.name != DEFAULT_MODEL or not isinstance(described, bytes):
            return self.encoder.fingerprint
        return export_digest(DEFAULT_DIGEST, json.loads(described)["precision"])

    def load(self) -> Encoder:
        return self.encoder


@pytest.fixture(scope="session")
def parse_text() -> Callable[..., ParsedFile]:
    """Parse a text as the file ``path`` would be."""

    def parse(text: str, path: str = "RCAs/doc.md") -> ParsedFile:
        content = text.encode()
        digest = hashlib.sha256(content).hexdigest()
        return parse_document(SourceFile(path.removesuffix(".md"), "docs", path, content, digest))

    return parse


@pytest.fixture(scope="session")
def make_document(parse_text: Callable[..., ParsedFile]) -> Callable[..., Document]:
    """Return the document that a text is as the file ``path``."""

    def make(text: str, path: str = "RCAs/doc.md") -> Document:
        return parse_text(text, path).document

    return make


@pytest.fixture(scope="session")
def make_service(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., SearchService]:
    """Build an index of a folder, or of texts by path, and open it."""

    def make(
        documents: Path | Mapping[str, str], encoder: Encoder, *, index: Path | None = None
    ) -> SearchService:
        place = tmp_path_factory.mktemp("service")
        folder = documents if isinstance(documents, Path) else place / "docs"
        if not isinstance(documents, Path):
            for path, text in documents.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
        index = index or place / "index"
        build(
            BuildRequest((folder,)),
            index,
            Tools(encoder=_Given(encoder), analysers=(find_families,)),
        )
        return SearchService(index, _Given(encoder))

    return make


@pytest.fixture(scope="session")
def example_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where ``example_service`` keeps its index; it is there once that has been asked for."""
    return tmp_path_factory.mktemp("example") / "index"


@pytest.fixture(scope="session")
def example_service(
    vault: Path, model: Encoder, make_service: Callable[..., SearchService], example_index: Path
) -> SearchService:
    """The example vault, indexed with the real model."""
    return make_service(vault, model, index=example_index)


def _skip_is_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that gives the skip's reason."""
    if _FORBID_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason} (skips are forbidden by RCA_FORBID_SKIPS=1)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at the outcome of every test."""
    report = yield
    _skip_is_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look at modules that skip as a whole."""
    report = yield
    _skip_is_failure(report)
    return report
