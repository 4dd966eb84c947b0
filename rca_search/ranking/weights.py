"""Every number that ranking depends on, in one place; ``docs/ranking.md`` says where each comes from."""

from __future__ import annotations

DENSE = 0.35
LEXICAL = 0.3
SPELLING = 0.35
"""Shares of the three standard scores in the total. Standard scores added beat reciprocal rank fusion."""

PASSAGE_DENSE = 0.6
PASSAGE_LEXICAL = 0.4
"""Shares of the two standard scores of a passage among those of one answer."""

BACKGROUND_DOCUMENTS = 512
"""Documents that the mean and spread of dense scores are taken over; all of them in smaller corpora."""

CANDIDATE_CHUNKS = 384
"""Chunks that dense retrieval brings in for one question, shared between its windows."""

MINIMUM_CANDIDATE_CHUNKS = 64
"""What each window of a long question brings in at least."""

SCORED_WHOLE = 20_000
"""Up to so many chunks each is scored once per window: cheaper than a search for each kind of document."""

CANDIDATE_DOCUMENTS = 256
"""Documents that words, and spelling, each bring in for one question."""

PASSAGES = 3
"""Passages shown per hit."""

RUNBOOK_LINKED = 1.0
"""Added to a runbook that the best matched incident links to; less for incidents further down."""

RUNBOOK_SERVICE = 0.5
"""Added to a runbook of a service that the question names or the best matched incident had."""

MATCHED_TERMS = 10
"""Terms listed per hit, rarest first."""

RUNBOOK_INCIDENTS = 5
"""Best matched incidents whose links and services speak for runbooks, however many are asked for."""

FEEDBACK_PRIOR = 4.0
"""Votes for and as many against that every document is thought to have had: one real vote moves little."""

FEEDBACK_LARGEST = 0.3
"""Most that votes add to or take from a total; about what lies between neighbours among the first ten."""
