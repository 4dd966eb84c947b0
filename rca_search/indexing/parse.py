"""First stage of a build: every file read, redacted and parsed, one at a time, and written at once.

Service catalogues are read beside the documents: they make no document, but entities of the link graph.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

from rca_search.errors import DocumentRejectedError
from rca_search.indexing.artefacts import CATALOGUE, DOCUMENT_OFFSETS, DOCUMENTS, LINKS, REPORT
from rca_search.indexing.catalogue import Catalogue
from rca_search.indexing.fingerprint import sources_digest
from rca_search.indexing.records import LineWriter, dump_json, encode_document, encode_graph
from rca_search.indexing.reuse import KnownDocuments
from rca_search.indexing.staged import StagedVersion
from rca_search.models import Document, Entity, Kind, Link, Problem, SourceFile
from rca_search.sources.aliases import names_of
from rca_search.sources.catalog_info import is_catalog, read_catalog
from rca_search.sources.classify import NO_SIGN
from rca_search.sources.documents import parse_document
from rca_search.sources.redact import Redactor
from rca_search.sources.resolve import LinkTable
from rca_search.text.language import ENGLISH, languages

_log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, steps done and steps in all."""


SLOW_SECONDS = 5.0
"""Time to read a file from which it is named: whoever waits wants to know for what."""

SHORTEST_COPY = 80
"""Bytes below which two files may say the same by chance."""


class SourceTally:
    """Counts the documents that were read and digests every file, without holding the content."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.files = 0
        self.problems: list[Problem] = []
        self._entries: list[tuple[str, str]] = []

    def add(self, found: SourceFile | Problem) -> None:
        """Take one file, or the problem that cost it."""
        if isinstance(found, Problem):
            self.problems.append(found)
            self._entries.append((found.path, found.code))
        else:
            self.files += not is_catalog(found.path)
            self._entries.append((f"{found.id}\0{found.source}\0{found.path}", found.sha256))

    @property
    def digest(self) -> str:
        """Digest of every file's id, place and content, and of every problem."""
        return sources_digest(self._entries)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a build keeps of the documents while their text lies on the disk.

    ``documents`` are in order of their ids, without text and sections; ``statements`` says what each of
    them tells of others.
    """

    documents: Sequence[Document]
    statements: Sequence[Sequence[Link]]
    entities: Sequence[Entity]
    problems: Sequence[Problem]
    sources: str

    def reasons(self) -> dict[str, dict[str, int]]:
        """Count, for each kind, how its documents were recognised."""
        found: dict[str, Counter[str]] = {}
        for document in self.documents:
            found.setdefault(document.kind.value, Counter())[document.kind_reason] += 1
        return {kind: dict(sorted(counter.items())) for kind, counter in sorted(found.items())}

    def artefacts(self) -> dict[str, bytes]:
        """Return the catalogue, the links, the graph and the report of a version."""
        names = [names_of(document)[0] for document in self.documents]
        report = {"problems": [asdict(problem) for problem in self.problems], "reasons": self.reasons()}
        table = LinkTable.of(self.documents)
        return {
            CATALOGUE: Catalogue.of(self.documents, names).to_bytes(),
            LINKS: dump_json(_references(self.documents, table)),
            **encode_graph(self.documents, self.statements, self.entities, table),
            REPORT: dump_json(report),
        }


@dataclass(slots=True)
class _Reader:
    """Turns one file after the other into a document; one that cannot be used becomes a fatal problem."""

    known: KnownDocuments
    kinds: Sequence[tuple[Kind, str]]
    redact: Redactor
    of_template: Container[str]
    problems: list[Problem] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def is_copy(self, file: SourceFile) -> bool:
        """Return whether a file with the same content was read before; it is warned of."""
        first = self.seen.setdefault(file.sha256, file.path)
        if first == file.path or len(file.content) < SHORTEST_COPY:
            return False
        message = f"It says the same as {first}, so it is not counted."
        self.problems.append(Problem(file.path, None, "copy", message, "Delete one of the two."))
        return True

    def read(self, file: SourceFile) -> tuple[Document, Sequence[Link]] | None:
        document = self.known.document(file)
        if document is not None:
            return document, self.known.statements(document)
        started = time.monotonic()
        try:
            parsed = parse_document(
                file, redact=self.redact, overrides=self.kinds, of_template=self.of_template
            )
        except DocumentRejectedError as error:
            self.problems.append(
                Problem(file.path, error.line, error.code, error.message, error.remedy, fatal=True)
            )
            return None
        # Told in the log alone: what an index holds must not depend on the machine that built it.
        if (seconds := time.monotonic() - started) > SLOW_SECONDS:
            _log.warning("%s took %.0f seconds to read.", file.path, seconds)
        self.problems.extend(parsed.problems)
        return parsed.document, parsed.statements

    def entities(self, file: SourceFile) -> Sequence[Entity]:
        entities, odd = read_catalog(file, redact=self.redact)
        self.problems.extend(odd)
        return entities


def parse(
    files: Iterable[SourceFile | Problem],
    staged: StagedVersion,
    known: KnownDocuments,
    *,
    kinds: Sequence[tuple[Kind, str]],
    redact: Redactor,
    progress: Callable[[int], None],
    of_template: Container[str] = (),
    reads_english: bool = False,
) -> Parsed:
    """Write the documents of ``files``, which come in order of their ids, and return what is known of them.

    ``progress`` is told how many files are done; ``of_template`` are the digests of paragraphs that several
    files hold (``sources.template_text``); ``reads_english`` tells that the model knows no other
    language, so that documents in one are worth a hint. Raises StorageError.
    """
    tally, reader = SourceTally(), _Reader(known, kinds, redact, of_template)
    documents: list[Document] = []
    statements: list[Sequence[Link]] = []
    entities: list[Entity] = []
    with staged.writing(DOCUMENTS) as stream:
        lines = LineWriter(stream)
        for found in files:
            tally.add(found)
            if isinstance(found, SourceFile) and is_catalog(found.path):
                entities.extend(reader.entities(found))
                continue
            copied = isinstance(found, SourceFile) and reader.is_copy(found)
            read = None if isinstance(found, Problem) or copied else reader.read(found)
            if read is not None:
                document, said = read
                _write(document, known.line(document), lines)
                statements.append(said)
                documents.append(replace(document, text="", line_kinds="", sections=(), metadata={}))
            progress(tally.files)
    staged.put({DOCUMENT_OFFSETS: lines.offsets()})
    hints = [*_unrecognised(documents), *(_foreign(documents) if reads_english else ())]
    problems = sorted(
        [*tally.problems, *reader.problems, *hints],
        key=lambda p: (p.path, p.line or 0, p.code),
    )
    return Parsed(documents, statements, entities, problems, tally.digest)


NAMED = 5
"""Documents of no known kind that are named; more are counted."""


def _unrecognised(documents: Sequence[Document]) -> Iterator[Problem]:
    """Give a hint for the documents of which nothing says what they are."""
    unknown = [document for document in documents if document.kind_reason == NO_SIGN]
    if unknown:
        names = ", ".join(document.path for document in unknown[:NAMED])
        more = f" and {len(unknown) - NAMED:,} more" if len(unknown) > NAMED else ""
        one = len(unknown) == 1
        yield Problem(
            unknown[0].source,
            None,
            "unknown_kind",
            f"{len(unknown):,} document{'' if one else 's'} of no known kind: {names}{more}. "
            f"{'It is' if one else 'They are'} searched as notes.",
            "Write type: incident or type: runbook into their front matter, or build with --kind KIND=GLOB.",
        )


def _foreign(documents: Sequence[Document]) -> Iterator[Problem]:
    """Give a hint for the documents whose language the model does not read."""
    names = {language.code: language.name for language in languages()}
    found = Counter(document.language for document in documents if document.language not in {"", ENGLISH})
    if found:
        told = ", ".join(f"{names[code]} {count:,}" for code, count in found.most_common())
        count = found.total()
        documents_are = "1 document is" if count == 1 else f"{count:,} documents are"
        yield Problem(
            documents[0].source,
            None,
            "language",
            f"{documents_are} in a language that the model does not read ({told}); words alone find them.",
            "Build with a multilingual model (--model); docs/languages.md names one.",
        )


def _write(document: Document, line: bytes | None, lines: LineWriter) -> None:
    if line is None:
        lines.add(encode_document(document))
    else:
        lines.take(line)


def _references(documents: Sequence[Document], table: LinkTable) -> list[dict[str, object]]:
    """Return every link between documents, resolved or dangling, as JSON values of ``snapshot.Reference``."""
    return [
        {"source_id": document.id, "meanings": table.meanings(document.id, link.target), **asdict(link)}
        for document in documents
        for link in sorted(document.links, key=lambda link: (link.line, link.target))
    ]
