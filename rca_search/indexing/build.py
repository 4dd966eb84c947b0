"""From folders of documents to a published version, stage by stage.

Read, redact, parse, chunk, embed, analyse, publish. A file that cannot be used costs that file and
is named in the report. Nothing is published unless everything before it went well.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from rca_search.embedding.model_files import DEFAULT_MODEL
from rca_search.errors import DocumentsRejectedError, IndexUnavailableError, InvalidRequestError
from rca_search.indexing.analysers import ANALYSERS, Analyser, label, without_analysers
from rca_search.indexing.artefacts import CALIBRATION
from rca_search.indexing.chunk import chunk
from rca_search.indexing.embed import embed
from rca_search.indexing.encoder import verify_encoder
from rca_search.indexing.facts import record_facts
from rca_search.indexing.fingerprint import DOCUMENT_STAGES, code_fingerprint
from rca_search.indexing.manifest import OF_TEMPLATE, EncoderIdentity, Manifest
from rca_search.indexing.parse import Parsed, Progress, SourceTally, parse
from rca_search.indexing.pointer import VERSIONS, Check, read_current, write_check
from rca_search.indexing.publish import exclusive, publish
from rca_search.indexing.reuse import KnownDocuments, KnownVectors, Plan, compare
from rca_search.indexing.shrink import require_no_shrink
from rca_search.indexing.snapshot import Snapshot, open_artefacts, open_version
from rca_search.indexing.staged import StagedVersion, reading_back, staging
from rca_search.lexical.glossary import ARTEFACT as GLOSSARY
from rca_search.lexical.glossary import Glossary
from rca_search.lexical.tokens import fingerprint as token_fingerprint
from rca_search.models import Document, Kind, Problem, SourceFile
from rca_search.protocols import Encoder, EncoderSource
from rca_search.sources.catalog_info import is_catalog
from rca_search.sources.files import walk
from rca_search.sources.redact import Redactor, keep_everything
from rca_search.sources.template_text import TemplateTexts


def silent(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build from and how; every field but ``strict`` and ``allow_shrink`` shapes the output.

    ``allow_shrink`` publishes however many documents are gone (``indexing.shrink``); ``kinds`` are pairs of
    kind and glob over document ids that override what is recognised; ``glossary`` holds the expressions that
    mean the same.
    """

    folders: tuple[Path, ...]
    kinds: tuple[tuple[Kind, str], ...] = ()
    store: str = "auto"
    max_file_bytes: int = 10 * 1024 * 1024
    strict: bool = False
    allow_shrink: bool = False
    glossary: Glossary = field(default_factory=Glossary.shipped)

    def settings(self) -> dict[str, object]:
        """Return the settings that shape the output, for the manifest."""
        return {
            "glossary": hashlib.sha256(self.glossary.to_bytes()).hexdigest(),
            "kinds": [[kind.value, pattern] for kind, pattern in self.kinds],
            "max_file_bytes": self.max_file_bytes,
            "store": self.store,
        }


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; ``published`` is False where nothing had changed.

    ``besides`` says what changed since the published version besides documents.

    ``documents`` counts by kind, ``reasons`` counts by kind how documents were recognised, ``before``
    counts the documents of the version that the plan compares with. A rejected file is no document:
    where it was one before, it counts as removed.
    """

    version: str
    published: bool
    plan: Plan
    documents: Mapping[str, int]
    chunks: int
    problems: tuple[Problem, ...]
    reasons: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    before: int = 0
    besides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tools:
    """What a build works with besides its input."""

    encoder: EncoderSource
    redact: Redactor = keep_everything
    analysers: tuple[Analyser, ...] = ()
    progress: Progress = silent


def build(
    request: BuildRequest, index: Path, tools: Tools, *, source_revision: str | None = None
) -> BuildReport:
    """Bring ``index`` up to date with the folders of ``request`` and say what was done.

    Raises InvalidRequestError where there is no document, DocumentsRejectedError under ``strict``,
    IndexShrinksError, BuildInProgressError, EncoderUnavailableError or StorageError.
    """
    with exclusive(index):
        task = _surveyed(request, tools)
        published = _published(index)
        if published is not None and task.is_done_by(published.manifest):
            report = _unchanged(published, request)
        else:
            report = _rebuild(index, task, published)
        write_check(index, Check(dt.datetime.now(dt.UTC), source_revision, report.version))
        return report


@dataclass(frozen=True, slots=True)
class _Task:
    """What was asked for, and what the sources were when the build began."""

    request: BuildRequest
    tools: Tools
    found: SourceTally
    of_template: frozenset[str]

    @property
    def settings(self) -> dict[str, object]:
        return {
            **self.request.settings(),
            "redaction": label(self.tools.redact),
            OF_TEMPLATE: sorted(self.of_template),
            ANALYSERS: [label(part) for part in _analysers(self.tools)],
        }

    def is_done_by(self, manifest: Manifest) -> bool:
        """Return whether a build would give what is published already."""
        return (
            manifest.sources == self.found.digest
            and self.reads_like(manifest)
            and manifest.settings.get(ANALYSERS) == self.settings[ANALYSERS]
        )

    def reads_like(self, manifest: Manifest) -> bool:
        """Return whether documents would be read and cut as in ``manifest``, whatever is learned of them."""
        encoder = self.tools.encoder
        return (
            manifest.code == code_fingerprint(*DOCUMENT_STAGES)
            and _of_files(manifest.settings) == _of_files(self.settings)
            and (manifest.encoder.name, manifest.encoder.files) == (encoder.name, encoder.files_digest())
        )


def _of_files(settings: Mapping[str, object]) -> dict[str, object]:
    """Return the settings that shape every document alike."""
    return {name: value for name, value in without_analysers(settings).items() if name != OF_TEMPLATE}


def _plan(published: Snapshot | None, documents: Sequence[Document]) -> Plan:
    before = dict(zip(published.catalogue.ids, published.catalogue.sha256, strict=True)) if published else {}
    return compare(before, {document.id: document.sha256 for document in documents})


def _published(index: Path) -> Snapshot | None:
    """Open the current version, or None where it is missing, damaged or of another format: build anew."""
    try:
        pointer = read_current(index)
        published = open_version(index, pointer)
        verify_encoder(index / VERSIONS / pointer.version, published.manifest)
        return published
    except IndexUnavailableError:
        return None


def _unchanged(published: Snapshot, request: BuildRequest) -> BuildReport:
    _refuse_rejected(request, published.report.problems)
    return BuildReport(
        version=published.version,
        published=False,
        plan=Plan((), (), ()),
        documents=published.manifest.documents,
        chunks=published.manifest.chunks,
        problems=published.report.problems,
        reasons=published.report.reasons,
        before=len(published.catalogue),
    )


def _rebuild(index: Path, task: _Task, published: Snapshot | None) -> BuildReport:
    tools = task.tools
    same_rules = published is not None and task.reads_like(published.manifest)
    known = KnownDocuments(published, same_rules=same_rules, of_template=task.of_template)
    with staging(index) as staged:
        parsed = _parse(task, staged, known)
        if published is not None and not task.request.allow_shrink:
            require_no_shrink(published, parsed.documents, parsed.problems)
        tools.progress("load model", 0, 1)
        encoder = tools.encoder.load()
        tools.progress("load model", 1, 1)
        staged.put({**encoder.files(), **parsed.artefacts(), **_kept(published)})
        staged.put({GLOSSARY: task.request.glossary.to_bytes()})
        vectors = KnownVectors(published, encoder.fingerprint)
        texts = chunk(staged, known, vectors, encoder, partial(tools.progress, "chunk"))
        store = embed(staged, texts, encoder, vectors, task.request.store, partial(tools.progress, "embed"))
        manifest = _manifest(task, parsed, len(texts.rows), encoder, store)
        pointer = publish(
            index, staged.folder, _analyse(staged, manifest, tools, published if same_rules else None)
        )
    return BuildReport(
        version=pointer.version,
        published=published is None or pointer.version != published.version,
        plan=_plan(published, parsed.documents),
        documents=manifest.documents,
        chunks=manifest.chunks,
        problems=tuple(parsed.problems),
        reasons=parsed.reasons(),
        before=len(published.catalogue) if published else 0,
        besides=tuple(_changes_besides(published.manifest, manifest)) if published else (),
    )


def _changes_besides(before: Manifest, now: Manifest) -> Iterator[str]:
    """Say what shapes an index besides documents and is not as it was, in words."""
    known, current = before.settings, now.settings
    if before.code != now.code or before.tokens != now.tokens or _learners(known) != _learners(current):
        yield "the program"
    if before.encoder != now.encoder:
        yield "the model"
    if _of_files(known) != _of_files(current) or before.store != now.store:
        yield "a setting"
    elif _learners(known) == _learners(current) and known.get(ANALYSERS) != current.get(ANALYSERS):
        yield "the votes"


def _learners(settings: Mapping[str, object]) -> list[str]:
    """Return what learned from documents: names and code, without what else each goes by."""
    labels = settings.get(ANALYSERS)
    return [" ".join(str(each).split()[:2]) for each in labels] if isinstance(labels, list) else []


def _kept(published: Snapshot | None) -> dict[str, bytes]:
    """Return what the published version was given after it was built, and the next one inherits."""
    calibration = published.calibration if published is not None else None
    return {} if calibration is None else {CALIBRATION: calibration}


def _surveyed(request: BuildRequest, tools: Tools) -> _Task:
    """Look at every file once, to see if there is anything to do and what several of them say."""
    tally, texts = SourceTally(), TemplateTexts()
    for found in walk(request.folders, max_bytes=request.max_file_bytes):
        tally.add(found)
        if isinstance(found, SourceFile) and not is_catalog(found.path):
            texts.add(found)
        tools.progress("read", tally.files, tally.files)
    if not tally.files:
        folders = ", ".join(str(folder) for folder in request.folders)
        raise InvalidRequestError(
            f"There is no readable Markdown file in {folders}.",
            remedy="Check the folder; the published index, if there is one, is untouched.",
        )
    return _Task(request, tools, tally, texts.found)


def _parse(task: _Task, staged: StagedVersion, known: KnownDocuments) -> Parsed:
    """Read every file again, one at a time; what it holds now is what is built."""
    request, tools, total = task.request, task.tools, task.found.files
    parsed = parse(
        walk(request.folders, max_bytes=request.max_file_bytes),
        staged,
        known,
        kinds=request.kinds,
        redact=tools.redact,
        of_template=task.of_template,
        progress=lambda done: tools.progress("parse", done, max(done, total)),
        reads_english=tools.encoder.name == DEFAULT_MODEL,
    )
    _refuse_rejected(request, parsed.problems)
    if not parsed.documents:
        rejected = [problem for problem in parsed.problems if problem.fatal]
        first = f" The first: {rejected[0].path}: {rejected[0].message}" if rejected else ""
        raise InvalidRequestError(f"Not one document could be read.{first}", remedy="Fix the files.")
    return parsed


def _refuse_rejected(request: BuildRequest, problems: Sequence[Problem]) -> None:
    rejected = [problem for problem in problems if problem.fatal]
    if request.strict and rejected:
        raise DocumentsRejectedError(rejected)


def _manifest(task: _Task, parsed: Parsed, chunks: int, encoder: Encoder, store: str) -> Manifest:
    counts = Counter(document.kind.value for document in parsed.documents)
    return Manifest(
        code=code_fingerprint(*DOCUMENT_STAGES),
        tokens=token_fingerprint(),
        settings=task.settings,
        sources=parsed.sources,
        encoder=EncoderIdentity(
            task.tools.encoder.name, encoder.fingerprint, encoder.dimension, task.tools.encoder.files_digest()
        ),
        store=store,
        documents=dict(sorted(counts.items())),
        chunks=chunks,
        artefacts={},
    )


def _analysers(tools: Tools) -> tuple[Analyser, ...]:
    """Return all that learns from documents, in order: what comes later may read what came before."""
    return (record_facts, *tools.analysers)


def _analyse(staged: StagedVersion, manifest: Manifest, tools: Tools, before: Snapshot | None) -> Manifest:
    """Run each analyser over the staged version, add what it learned, and name all files in the manifest."""
    analysers = _analysers(tools)
    known = before.manifest.settings.get(ANALYSERS) if before is not None else None
    for done, analyser in enumerate(analysers, start=1):
        same_rules = isinstance(known, list) and label(analyser) in known
        so_far = replace(manifest, artefacts=staged.digests)
        with reading_back():
            opened = Snapshot("staged", so_far, open_artefacts(staged.folder, so_far))
        staged.put(analyser(opened, before if same_rules else None))
        tools.progress("analyse", done, len(analysers))
    return replace(manifest, artefacts=staged.digests)
