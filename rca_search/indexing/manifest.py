"""What a version consists of: one canonical JSON file that names every other file and its hash.

The manifest holds neither time nor counter nor path, so equal input gives equal bytes, and its
sha256 identifies a version wherever it was built.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rca_search.errors import IndexCorruptError, IndexFormatError, IndexUnavailableError
from rca_search.indexing.pointer import VERSIONS, Pointer
from rca_search.indexing.storage import FileDigest, is_too_many_open, sha256, too_many_open, verify_file

FILE_NAME = "manifest.json"
FORMAT = 6
OF_TEMPLATE = "of_template"
"""The setting that lists the paragraphs which several files hold (``sources.template_text``), by digest."""
FEATURES: frozenset[str] = frozenset()
"""Optional parts of the format that this version understands."""


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """The encoder that made the vectors; ``files`` is the digest of the model's files."""

    name: str
    fingerprint: str
    dimension: int
    files: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a version.

    ``code`` and ``settings`` are all that shaped the output besides the sources, ``sources`` is the
    digest of what was read. ``tokens`` is the digest of the rules that make terms of text: questions
    must be read by the same ones.
    """

    code: str
    tokens: str
    settings: Mapping[str, object]
    sources: str
    encoder: EncoderIdentity
    store: str
    documents: Mapping[str, int]
    chunks: int
    artefacts: Mapping[str, FileDigest]
    features: tuple[str, ...] = field(default=())

    @property
    def of_template(self) -> frozenset[str]:
        """The digests of paragraphs that are a template's, since several files hold them."""
        listed = self.settings.get(OF_TEMPLATE)
        return frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()

    def to_bytes(self) -> bytes:
        """Return the canonical form: sorted keys, one spelling for each value."""
        body = {
            "format": FORMAT,
            "features": sorted(self.features),
            "code": self.code,
            "tokens": self.tokens,
            "settings": dict(self.settings),
            "sources": self.sources,
            "encoder": {
                "name": self.encoder.name,
                "fingerprint": self.encoder.fingerprint,
                "dimension": self.encoder.dimension,
                "files": self.encoder.files,
            },
            "store": self.store,
            "documents": dict(self.documents),
            "chunks": self.chunks,
            "artefacts": {
                name: {"size": digest.size, "sha256": digest.sha256}
                for name, digest in self.artefacts.items()
            },
        }
        return (json.dumps(body, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Manifest:
        """Parse a manifest whose hash has been checked.

        Raises IndexFormatError on a format or feature that this version does not know.
        """
        try:
            body = json.loads(content)
            _check_format(body)
            encoder = body["encoder"]
            return cls(
                code=body["code"],
                tokens=body["tokens"],
                settings=body["settings"],
                sources=body["sources"],
                encoder=EncoderIdentity(
                    encoder["name"], encoder["fingerprint"], encoder["dimension"], encoder["files"]
                ),
                store=body["store"],
                documents=body["documents"],
                chunks=body["chunks"],
                artefacts={
                    name: FileDigest(entry["size"], entry["sha256"])
                    for name, entry in body["artefacts"].items()
                },
                features=tuple(body["features"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexCorruptError(
                f"The manifest cannot be read ({error}).", remedy="Build the index again."
            ) from error


def _check_format(body: Mapping[str, object]) -> None:
    unknown = set(body.get("features") or []) - FEATURES  # type: ignore[call-overload]
    if body.get("format") != FORMAT or unknown:
        detail = f"format {body.get('format')}" + (f", features {sorted(unknown)}" if unknown else "")
        raise IndexFormatError(
            f"The index has {detail}; this version reads format {FORMAT}.",
            remedy="Build the index again with this version, or use the version that wrote it.",
        )


def read_manifest(index: Path, pointer: Pointer) -> Manifest:
    """Read the manifest that ``pointer`` names; raises IndexCorruptError or StorageError."""
    path = index / VERSIONS / pointer.version / FILE_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        if is_too_many_open(error):
            raise too_many_open(f"The manifest of version {pointer.version}") from error
        raise IndexCorruptError(
            f"The manifest of version {pointer.version} cannot be read ({error.strerror}).",
            remedy="Build the index again.",
        ) from error
    if sha256(content) != pointer.manifest_sha256:
        raise IndexCorruptError(
            f"The manifest of version {pointer.version} is not what was published.",
            remedy="Build the index again.",
        )
    return Manifest.from_bytes(content)


def verify_version(index: Path, pointer: Pointer) -> list[str]:
    """Return what is wrong with a version, one sentence a fault; nothing where it is intact.

    Every file is hashed; files that the manifest does not name are faults too. Raises StorageError where
    too many files are open to look.
    """
    try:
        manifest = read_manifest(index, pointer)
    except IndexUnavailableError as error:
        return [error.message]
    folder = index / VERSIONS / pointer.version
    faults: list[str] = []
    for name, digest in sorted(manifest.artefacts.items()):
        try:
            verify_file(folder / name, digest)
        except IndexUnavailableError as error:
            faults.append(error.message)
    known = {*manifest.artefacts, FILE_NAME}
    try:
        strangers = sorted(entry.name for entry in folder.iterdir() if entry.name not in known)
    except OSError as error:
        if is_too_many_open(error):
            raise too_many_open(f"The folder of version {pointer.version}") from error
        return [*faults, f"The folder of version {pointer.version} cannot be listed ({error.strerror})."]
    return faults + [f"File {pointer.version}/{name} does not belong to the version." for name in strangers]
