"""The example of why a document does not come first, shortened from an answer over ``examples/vault``."""

from __future__ import annotations

from typing import Any

from rca_search.api.sample_parts import FRESHNESS, VERSION

WHY_NOT: dict[str, Any] = {
    "index_version": VERSION,
    "freshness": FRESHNESS,
    "id": "RCAs/2025-02-13-label-service-five-second-calls",
    "kind": "incident",
    "title": "label-service calls take exactly five seconds",
    "path": "RCAs/2025-02-13-label-service-five-second-calls.md",
    "place": 9,
    "of": 54,
    "kept_out_by": [],
    "likelihood": {"verdict": "nothing_similar", "probability": 0.010589, "probability_same": 0.005413},
    "probability_by_text": 0.010589,
    "first": {
        "id": "RCAs/2025-12-16-conntrack-table-full",
        "title": "Random timeouts to everything from workers-b",
        "path": "RCAs/2025-12-16-conntrack-table-full.md",
        "likelihood": {"verdict": "same", "probability": 0.825664, "probability_same": 0.790458},
        "probability_by_text": 0.825664,
    },
    "contributions": [
        {
            "ground": "words",
            "log_odds": 0.27857,
            "first_log_odds": 1.133191,
            "only_it": [],
            "only_first": ["random", "pool"],
            "features": [
                {
                    "name": "word_share",
                    "value": -1.483959,
                    "first_value": -0.81393,
                    "log_odds": -0.140307,
                    "first_log_odds": -0.076956,
                }
            ],
        }
    ],
    "shifts": [],
    "missing_terms": ["random", "pool"],
    "present_terms": [],
    "lacking_terms": ["random", "pool"],
    "would_take": [],
    "all_words": {
        "kind": "words",
        "subject": ["random", "pool"],
        "fields": [],
        "place": 5,
        "likelihood": {"verdict": "nothing_similar", "probability": 0.044769, "probability_same": 0.031459},
        "first": False,
    },
    "short_of_first": 6.092498,
    "short_of_possible": 3.438682,
    "calibrated": True,
    "question_lacks": [],
}
