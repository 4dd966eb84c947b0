"""The manifest: canonical bytes, round trip, and what it refuses."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_search.errors import IndexCorruptError, IndexFormatError
from rca_search.indexing.manifest import EncoderIdentity, Manifest
from rca_search.indexing.storage import FileDigest

MANIFEST = Manifest(
    code="c0de",
    tokens="7043",
    settings={"store": "exact", "kinds": [["incident", "é*"]], "max_file_bytes": 5},
    sources="50",
    encoder=EncoderIdentity("model", "print", 64, "files"),
    store="exact",
    documents={"incident": 2, "other": 1},
    chunks=7,
    artefacts={"b": FileDigest(2, "bb"), "a": FileDigest(1, "aa")},
)
CANONICAL = """{
 "artefacts": {
  "a": {
   "sha256": "aa",
   "size": 1
  },
  "b": {
   "sha256": "bb",
   "size": 2
  }
 },
 "chunks": 7,
 "code": "c0de",
 "documents": {
  "incident": 2,
  "other": 1
 },
 "encoder": {
  "dimension": 64,
  "files": "files",
  "fingerprint": "print",
  "name": "model"
 },
 "features": [],
 "format": 6,
 "settings": {
  "kinds": [
   [
    "incident",
    "é*"
   ]
  ],
  "max_file_bytes": 5,
  "store": "exact"
 },
 "sources": "50",
 "store": "exact",
 "tokens": "7043"
}
"""


def test_the_bytes_are_fixed() -> None:
    assert MANIFEST.to_bytes().decode() == CANONICAL


def test_the_order_of_insertion_does_not_show() -> None:
    turned = dataclasses.replace(
        MANIFEST,
        settings=dict(reversed(list(MANIFEST.settings.items()))),
        documents=dict(reversed(list(MANIFEST.documents.items()))),
        artefacts=dict(reversed(list(MANIFEST.artefacts.items()))),
    )
    assert turned.to_bytes() == MANIFEST.to_bytes()


@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers() | st.text("aé\u2028")),
    st.dictionaries(st.sampled_from("abcdef"), st.builds(FileDigest, st.integers(0), st.text("0123abc"))),
    st.integers(0),
)
def test_bytes_and_back(settings: dict[str, object], artefacts: dict[str, FileDigest], chunks: int) -> None:
    manifest = dataclasses.replace(MANIFEST, settings=settings, artefacts=artefacts, chunks=chunks)
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Manifest)])
def test_every_field_shows_in_the_bytes(field: str) -> None:
    others = {
        "settings": {"store": "faiss"},
        "encoder": EncoderIdentity("model", "print", 65, "files"),
        "documents": {"incident": 3},
        "chunks": 8,
        "artefacts": {},
        "features": ("later",),
    }
    changed = dataclasses.replace(MANIFEST, **{field: others.get(field, "another")})
    assert changed.to_bytes() != MANIFEST.to_bytes()


@pytest.mark.parametrize("part", [field.name for field in dataclasses.fields(EncoderIdentity)])
def test_every_part_of_the_encoder_shows_in_the_bytes(part: str) -> None:
    encoder = dataclasses.replace(MANIFEST.encoder, **{part: 9 if part == "dimension" else "another"})
    assert dataclasses.replace(MANIFEST, encoder=encoder).to_bytes() != MANIFEST.to_bytes()


@pytest.mark.parametrize("version", [0, 1, 2, 99, None, "3", [3]])
def test_another_format_is_refused_before_anything_else_is_looked_at(version: object) -> None:
    with pytest.raises(IndexFormatError, match="this version reads format 6") as caught:
        Manifest.from_bytes(json.dumps({"format": version}).encode())
    assert "Build the index again" in caught.value.remedy


def test_a_feature_that_is_not_known_is_refused_by_name() -> None:
    body = {**json.loads(CANONICAL), "features": ["sparse-vectors"]}
    with pytest.raises(IndexFormatError, match="sparse-vectors"):
        Manifest.from_bytes(json.dumps(body).encode())


@pytest.mark.parametrize("missing", sorted(set(json.loads(CANONICAL)) - {"format"}))
def test_a_manifest_that_lacks_a_part_is_corrupt(missing: str) -> None:
    body = {name: value for name, value in json.loads(CANONICAL).items() if name != missing}
    with pytest.raises(IndexCorruptError):
        Manifest.from_bytes(json.dumps(body).encode())


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"7", b'"x"', b"{", b"\xff\xfe", b'{"format": 6}'])
def test_what_is_no_manifest_is_corrupt(content: bytes) -> None:
    with pytest.raises((IndexCorruptError, IndexFormatError)):
        Manifest.from_bytes(content)
