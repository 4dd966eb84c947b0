"""Every number that ranking depends on, in one place; ``docs/ranking.md`` says where each comes from."""

from __future__ import annotations

WORDS = (0.37, 0.27, 0.28, 0.08)
"""Shares of the dense, lexical, spelling and title scores in the total, for what people write."""

ALERTS = (0.50, 0.18, 0.10, 0.22)
"""The same for the text of an alert rule over runbooks: the page is often named after the alert."""

SYNONYM_WORDS = 0.4
"""What a term counts that the glossary names for what the question says, beside one that it says itself."""

SYNONYM_RUNS = 0.6
"""The same for runs of characters in a title."""

PASSAGE_DENSE = 0.6
PASSAGE_LEXICAL = 0.4
"""Shares of the two standard scores of a passage among those of one answer."""

FOLDER_STYLE = 0.25
"""Share, of what makes all documents of a folder closer to a question than others are, that is taken off."""

BACKGROUND_DOCUMENTS = 512
"""Documents that the mean and spread of dense scores are taken over; all of them in smaller corpora."""

CANDIDATE_CHUNKS = 384
"""Chunks that dense retrieval brings in for one question, shared between its windows."""

MINIMUM_CANDIDATE_CHUNKS = 64
"""What each window of a long question brings in at least."""

SCORED_WHOLE = 20_000
"""Up to so many chunks each is scored once per window: cheaper than a search for each kind of document."""

CANDIDATE_DOCUMENTS = 256
"""Documents that words, spelling and title each bring in for one question."""

TOTAL_LOG_ODDS = 1.4
"""Log odds that one unit of a total is worth: the slope of one on the other among the first ten hits."""

SECTION_REPAIR = 1.5
"""Standard deviations by which a section on repair goes before one on diagnosis when one is to be opened."""

SECTION_BESIDE = 0.5
"""Share of the best passage under the same heading that counts for a section."""

SECTION_WORDS = 10
"""Words below which a section tells nobody what to do."""

PASSAGES = 3
"""Passages shown per hit."""

OTHERS = 3
"""Documents of no known kind that are shown at most."""

RUNBOOK_LINKED = 1.0
"""Added to a runbook that the best matched incident links to; less for incidents further down."""

RUNBOOK_SERVICE = 0.5
"""Added to a runbook of a service that the question names or the best matched incident had.

As far as its best passage has the question's other words: half as many as the best runbook's earn all of it.
"""

RUNBOOK_DEPENDENCY = 0.25
"""Added to a runbook of a service that the service in question depends on."""

SAME_SERVICE = 0.2
"""Added to an incident of a service that the caller says is in trouble."""

NEIGHBOUR_SERVICE = 0.1
"""Added instead to an incident of a service that depends on it, or that it depends on."""

RERANKED = 50
"""Best documents that a cross-encoder looks at again."""

RERANK = 0.15
"""Standard deviations of the totals of these that one of the cross-encoder's is worth; more costs quality."""

MATCHED_TERMS = 10
"""Terms listed per hit, rarest first."""

RUNBOOK_INCIDENTS = 5
"""Best matched incidents whose links and services speak for runbooks, however many are asked for."""

FEEDBACK_PRIOR = 4.0
"""Votes for and as many against that every document is thought to have had: one real vote moves little."""

FEEDBACK_LARGEST = 0.3
"""Most that votes add to or take from a total; about what lies between neighbours among the first ten."""
