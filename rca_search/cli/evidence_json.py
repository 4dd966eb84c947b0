"""Evidence turned into what ``--json`` prints; the shapes are in ``evidence_shapes``."""

from __future__ import annotations

from collections.abc import Iterable

from rca_search.cli.evidence_shapes import EvidenceShape, QuoteShape, SpanShape
from rca_search.models import Evidence, Quote, Span


def evidence(found: Evidence) -> EvidenceShape:
    """Return why a document came back."""
    return {
        "pairs": [
            {
                "asked": _quote(pair.asked),
                "told": _quote(pair.told),
                "role": pair.role.value,
                "score": pair.score,
            }
            for pair in found.pairs
        ],
        "identifiers": [
            {"name": one.name, "kind": one.kind.value, "asked": _spans(one.asked), "told": _spans(one.told)}
            for one in found.identifiers
        ],
        "reasons": [
            {"kind": reason.kind.value, "subject": reason.subject, "detail": reason.detail}
            for reason in found.reasons
        ],
        "differences": [
            {
                "kind": one.kind.value,
                "side": one.side.value,
                "subject": one.subject,
                "span": None if one.span is None else _span(one.span),
            }
            for one in found.differences
        ],
    }


def _quote(quote: Quote) -> QuoteShape:
    return {
        "path": quote.path,
        "line": quote.line,
        "start": quote.start,
        "end": quote.end,
        "text": quote.text,
        "highlights": _spans(quote.highlights),
    }


def _spans(spans: Iterable[Span]) -> list[SpanShape]:
    return [_span(span) for span in spans]


def _span(span: Span) -> SpanShape:
    return {"line": span.line, "start": span.start, "end": span.end}
