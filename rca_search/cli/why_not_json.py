"""Why a document does not come first, turned into what ``--json`` prints."""

from __future__ import annotations

from rca_search.cli.index_json import freshness
from rca_search.cli.question import Asked
from rca_search.cli.question_json import asked_for
from rca_search.cli.shape_types import SCHEMA_VERSION
from rca_search.cli.verdict_shapes import LikelihoodShape
from rca_search.cli.why_not_shapes import ChangeShape, ContributionShape, FirstHitShape, WhyNotShape
from rca_search.models import Change, Contribution, FirstHit, Likelihood, Query, Verdict, WhyNot


def why_not(found: WhyNot, asking: Query, asked: Asked) -> WhyNotShape:
    """Return what ``--why-not --json`` prints."""
    return {
        "schema_version": SCHEMA_VERSION,
        "query": asked_for(asking, asked),
        "index_version": found.freshness.version,
        "freshness": freshness(found.freshness),
        "id": found.document,
        "kind": found.kind.value,
        "title": found.title,
        "path": found.path,
        "place": found.place,
        "of": found.of,
        "kept_out_by": [
            {"barrier": each.barrier.value, "wanted": list(each.wanted)} for each in found.kept_out_by
        ],
        "likelihood": _known(found.likelihood, found.verdict),
        "probability_by_text": found.by_text.probability if found.by_text else None,
        "first": _first(found.first) if found.first else None,
        "contributions": [_contribution(each) for each in found.contributions],
        "shifts": [
            {"by": each.by, "amount": each.amount, "first_amount": each.first_amount} for each in found.shifts
        ],
        "missing_terms": list(found.missing_terms),
        "present_terms": list(found.present_terms),
        "lacking_terms": list(found.lacking_terms),
        "would_take": [_change(each) for each in found.would_take],
        "all_words": _change(found.all_words) if found.all_words else None,
        "short_of_first": found.short_of_first,
        "short_of_possible": found.short_of_possible,
        "calibrated": found.calibrated,
        "question_lacks": list(found.question_lacks),
    }


def _known(likelihood: Likelihood | None, verdict: Verdict | None) -> LikelihoodShape | None:
    return None if likelihood is None or verdict is None else _likelihood(likelihood, verdict)


def _likelihood(likelihood: Likelihood, verdict: Verdict) -> LikelihoodShape:
    return {
        "verdict": verdict.value,
        "probability": likelihood.probability,
        "probability_same": likelihood.same,
    }


def _first(found: FirstHit) -> FirstHitShape:
    return {
        "id": found.document,
        "title": found.title,
        "path": found.path,
        "likelihood": _likelihood(found.likelihood, found.verdict),
        "probability_by_text": found.by_text.probability,
    }


def _contribution(found: Contribution) -> ContributionShape:
    return {
        "ground": found.ground.value,
        "log_odds": found.log_odds,
        "first_log_odds": found.first_log_odds,
        "only_it": list(found.only_it),
        "only_first": list(found.only_first),
        "features": [
            {
                "name": each.name,
                "value": each.value,
                "first_value": each.first_value,
                "log_odds": each.log_odds,
                "first_log_odds": each.first_log_odds,
            }
            for each in found.features
        ],
    }


def _change(found: Change) -> ChangeShape:
    return {
        "kind": found.kind.value,
        "subject": list(found.subject),
        "fields": [each.value for each in found.fields],
        "place": found.place,
        "likelihood": _likelihood(found.likelihood, found.verdict),
        "first": found.first,
    }
