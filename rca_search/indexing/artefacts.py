"""The names of the files of a version, each written by one stage of the build.

What a store of vectors or an index of words consists of is named where that is written.
"""

from __future__ import annotations

from rca_search import stores
from rca_search.lexical import sequences
from rca_search.lexical.glossary import ARTEFACT as GLOSSARY

__all__ = ["GLOSSARY"]

CATALOGUE = "catalogue.json"
DOCUMENTS = "documents.jsonl"
DOCUMENT_OFFSETS = "documents.offsets.npy"
LINKS = "links.json"
GRAPH = "graph.json"
SERVICES = "services.json"
REPORT = "report.json"

CHUNKS = "chunks.jsonl"
CHUNK_OFFSETS = "chunks.offsets.npy"
CHUNK_DOCUMENTS = "chunks.documents.npy"
CHUNK_ROLES = "chunks.roles.npy"
CHUNK_DIGESTS = "chunks.texts.npy"

FACTS = "facts.jsonl"
FACT_OFFSETS = "facts.offsets.npy"

FAMILIES = "families.json"
SIGNATURES = "families.signatures.npy"

FEEDBACK = "feedback.json"
"""Votes counted, in versions that have any."""

CALIBRATION = "calibration.json"
"""The index's own calibration, in versions that have one; what reads it is not part of the format."""

LEARNED = frozenset({FACTS, FACT_OFFSETS, FAMILIES, SIGNATURES})
"""What is learned from documents, read when it is asked for."""

READ_IN_PARTS = stores.READ_IN_PARTS | sequences.READ_IN_PARTS | LEARNED | {DOCUMENTS, CHUNKS}
"""Files that grow with the corpus and of which an answer needs little."""
