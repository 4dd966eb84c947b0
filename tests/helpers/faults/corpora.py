"""Random small corpora: their versions, and what these answer."""

from __future__ import annotations

import random
import tempfile
from functools import cached_property
from pathlib import Path

from faults import Broken
from faults.prepared import Prepared
from rca_search.bootstrap import build_index
from rca_search.config import Settings
from rca_search.embedding.source import NamedEncoder
from rca_search.errors import IndexMissingError, RcaSearchError
from rca_search.indexing.build import BuildReport
from rca_search.indexing.manifest import read_manifest, verify_version
from rca_search.indexing.pointer import VERSIONS, read_current
from rca_search.indexing.publish import KEEP_VERSIONS
from rca_search.indexing.versions import version_names
from rca_search.models import Query
from rca_search.service import SearchService

WORDS = [
    "ledger",
    "disk",
    "pool",
    "quokka",
    "zebrafish",
    "wombat",
    "resolver",
    "retention",
    "audit",
    "deploy",
    "lease",
    "shard",
]
QUESTION = Query("zebrafish deploy quokka retention wombat resolver")
OURS = {"CURRENT", "CHECKED", ".lock", "versions", "blobs"}
"""What lies in the folder of an index between two builds."""

Answer = list[tuple[str, float]]


def write_corpus(folder: Path, chance: random.Random) -> None:
    """Write one to six documents of random words."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(chance.randint(1, 6)):
        said = " ".join(chance.choices(WORDS, k=chance.randint(5, 60)))
        title = f"{chance.choice(WORDS)} {chance.randrange(1 << 30)}"
        text = f"---\ntype: incident\n---\n# {title}\n\n## Summary\n\n{said}\n"
        (folder / f"{number}.md").write_text(text, encoding="utf-8")


def _weights(chance: random.Random) -> bytes:
    """Return the large file that versions share: one of three, as after a change of model."""
    return bytes([chance.randrange(3)]) * 6000


class Corpora:
    """Versions by the digest of their manifests, each with its answer to one question."""

    def __init__(self, count: int, seed: int, place: Path, *, weights: bool = True) -> None:
        """Build ``count`` versions and keep them below ``place``, with a large file that versions share."""
        self._weights = weights
        chance = random.Random(seed)
        self.versions: list[Prepared] = []
        self.folders: list[Path] = []
        self.documents: list[Path] = []
        self._answers: dict[str, Answer] = {}
        for number in range(count):
            self._add(place, number, chance)

    def _add(self, place: Path, number: int, chance: random.Random) -> None:
        write_corpus(docs := place / f"documents-{number}", chance)
        with tempfile.TemporaryDirectory(dir=place) as made:
            index = Path(made, "index")
            built = build(docs, index)
            version = index / VERSIONS / built.version
            manifest = read_manifest(index, read_current(index))
            files = {name: (version / name).read_bytes() for name in manifest.artefacts}
            shared = {"weights.bin": _weights(chance)} if self._weights else {}
            prepared = Prepared.of(manifest, {**files, **shared})
            self._answers[prepared.digest] = answer(index)
        prepared.save(folder := place / f"prepared-{number}")
        self.versions.append(prepared)
        self.folders.append(folder)
        self.documents.append(docs)

    def current(self, index: Path, *, ask: bool = True) -> str | None:
        """Return the digest of the version that is current, found whole by its hashes and by its answer.

        None where nothing was published yet. Raises Broken.
        """
        try:
            pointer = read_current(index)
        except IndexMissingError:
            return None
        except RcaSearchError as error:
            raise Broken(str(error)) from error
        if faults := verify_version(index, pointer):
            raise Broken("; ".join(faults))
        if pointer.manifest_sha256 not in self._answers:
            raise Broken(f"version {pointer.version} was never published")
        if ask and answer(index) != self._answers[pointer.manifest_sha256]:
            raise Broken(f"version {pointer.version} gives the answers of another")
        return pointer.manifest_sha256

    @cached_property
    def by_digest(self) -> dict[str, Prepared]:
        """The versions by digest."""
        return {version.digest: version for version in self.versions}


def build(docs: Path, index: Path) -> BuildReport:
    """Bring ``index`` up to date as the command line does."""
    settings = Settings(index=index, model="test-hashing", store="exact")
    return build_index(settings, [docs], allow_shrink=True, progress=lambda *_step: None)


def answer(index: Path) -> Answer:
    """Return the ranking of the question in the index, opened anew."""
    return SearchService(index, NamedEncoder("test-hashing")).ranking(QUESTION, None, depth=20)


def tidy(index: Path, *, copied: bool = False, most: int = KEEP_VERSIONS) -> None:
    """See that nothing lies in ``index`` that does not belong there; raises Broken.

    In one that was ``copied`` no version shares its large files any more.
    """
    strangers = {entry.name for entry in index.iterdir()} - OURS
    names = version_names(index)
    blobs = list((index / "blobs").glob("*"))
    alone = [blob for blob in blobs if blob.stat().st_nlink == 1 and not copied]
    unused = [blob.name for blob in blobs if blob in alone or blob.name.startswith(".")]
    if strangers or unused or len(names) > most:
        raise Broken(f"left behind: {sorted(strangers)}, {len(names)} versions, unused blobs {unused}")
    if names[-1] != read_current(index).version:
        raise Broken(f"{names[-1]} is newer than the current version")
