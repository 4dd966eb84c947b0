"""Every metric, defined once; ``docs/metrics.md`` explains them.

Labels have few values: the template of a route, never a path; a code, never a message; no text of a
question and no id of a document.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_WINDOWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """What is said of the served index; times are seconds since 1970, 0 where unknown."""

    version: str
    encoder: str
    store: str
    documents: Mapping[str, int]
    chunks: int
    rejected: int
    published: float
    checked: float
    stale: bool


class Metrics:
    """The metrics of one application, in a registry of their own."""

    def __init__(self) -> None:
        """Register everything."""
        self.registry = CollectorRegistry()
        self._scraping = threading.Lock()
        ProcessCollector(registry=self.registry)
        self._define_requests(self.registry)
        self._define_index(self.registry)

    def _define_requests(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "rca_search_http_requests",
            "HTTP requests answered.",
            ("method", "route", "status"),
            registry=registry,
        )
        self.request_seconds = Histogram(
            "rca_search_http_request_duration_seconds",
            "Time from the first byte of a request's head to the last byte of its answer.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_progress = Gauge(
            "rca_search_http_requests_in_progress", "HTTP requests being answered.", registry=registry
        )
        self.errors = Counter(
            "rca_search_errors", "Error answers by the code in their envelope.", ("code",), registry=registry
        )
        self.questions = Counter(
            "rca_search_questions",
            "Questions answered: as text, as an incident on record, or looked at for a document.",
            ("source",),
            registry=registry,
        )
        self.repeated = Counter(
            "rca_search_repeated_questions",
            "Questions whose answer was kept from the same question asked before.",
            registry=registry,
        )
        self.votes = Counter(
            "rca_search_votes", "Votes on answers, by what they were about.", ("aspect",), registry=registry
        )
        self.windows = Histogram(
            "rca_search_question_windows",
            "Windows that a question was split into to fit the model.",
            buckets=_WINDOWS,
            registry=registry,
        )

    def _define_index(self, registry: CollectorRegistry) -> None:
        self.build = Gauge(
            "rca_search_build_info", "Always 1; the release that is running.", ("version",), registry=registry
        )
        self.ready = Gauge(
            "rca_search_ready", "1 while questions can be answered, else 0.", registry=registry
        )
        self.reloads = Counter(
            "rca_search_index_reloads",
            "Looks for a newly published version, by outcome: new, unchanged or failed.",
            ("outcome",),
            registry=registry,
        )
        self._info = Gauge(
            "rca_search_index_info",
            "Always 1; the version that is served.",
            ("version", "encoder", "store"),
            registry=registry,
        )
        self._documents = Gauge(
            "rca_search_index_documents", "Documents in the index.", ("kind",), registry=registry
        )
        self._chunks = Gauge("rca_search_index_chunks", "Passages in the index.", registry=registry)
        self._rejected = Gauge(
            "rca_search_index_rejected_files", "Files that the build could not use.", registry=registry
        )
        self._published = Gauge(
            "rca_search_index_published_timestamp_seconds",
            "When the served version was published, in seconds since 1970.",
            registry=registry,
        )
        self._age = Gauge(
            "rca_search_index_age_seconds",
            "Time since the sources were last compared with the index.",
            registry=registry,
        )
        self._stale = Gauge(
            "rca_search_index_stale", "1 while the index counts as stale, else 0.", registry=registry
        )

    def exposition(self, figures: IndexFigures, *, now: float) -> bytes:
        """Return everything in the text format of Prometheus, with ``figures`` as they are ``now``."""
        with self._scraping:
            self._info.clear()
            self._info.labels(figures.version, figures.encoder, figures.store).set(1)
            self._documents.clear()
            for kind, count in figures.documents.items():
                self._documents.labels(kind).set(count)
            self._chunks.set(figures.chunks)
            self._rejected.set(figures.rejected)
            self._published.set(figures.published)
            self._age.set(max(0.0, now - figures.checked))
            self._stale.set(figures.stale)
            return generate_latest(self.registry)
