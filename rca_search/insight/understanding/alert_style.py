"""How far a plain text reads like that of an alert rule rather than like a person's words.

Alert rules are written ahead of time, in whole sentences about a state and a bound: "Filesystem has less than
5 % space left". People say who noticed what, since when, and what they doubt. A logistic model of four counts
tells the two apart; its numbers were fitted to judged questions of both sorts (docs/ranking.md).
"""

from __future__ import annotations

import math
import re

from rca_search.models import Form

_PERSON = re.compile(
    r"\b(?:i|we|us|our|ours|my|me|you|your|he|she|everyone|everybody|nobody|someone|somebody|anyone|people"
    r"|users?|customers?|colleagues?|guys)\b",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"\b(?:seems?|maybe|again|suddenly|keeps?|can't|cannot|won't|doesn't|don't|didn't|isn't|just|still|even|but"
    r"|since|yesterday|today|morning|tonight|anyway|weird|help)\b",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\b(?:(?:more|less|longer|fewer|greater|higher|lower) than|at least"
    r"|(?:over|in|for|during) the (?:last|past)|within the next|above|below|exceed(?:s|ed|ing)?|threshold"
    r"|(?:has|have) (?:been|not|failed|reached|dropped)"
    r"|(?:is|are) (?:not )?[a-z]{1,20}ing|detected|fail(?:ed|ing|s) to|firing|critical|warning|unavailable"
    r"|(?:is|are) (?:down|missing|high|low|full|degraded))\b|[<>]=?|\d{1,6} ?%",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")
_MOST = 2
"""Counts beyond this say no more."""
_INTERCEPT, _OF_PERSON, _OF_TALK, _OF_RULE, _OF_CAPITALS = -1.73, -4.27, -2.03, 3.08, 2.44
_READ = 2000
"""Characters that are looked at: an alert's text is shorter."""


def alert_share(text: str, forms: tuple[Form, ...]) -> float:
    """Return how likely ``text`` is that of an alert rule, 0 to 1; 0 where it is of one of ``forms``.

    Of a payload, a trace or a log the names and messages count, which are no such sentences.
    """
    said = text[:_READ].strip()
    if forms or not said:
        return 0.0
    sentences = [part.strip() for part in _SENTENCE.split(said) if part.strip()]
    capitals = sum(part[0].isupper() for part in sentences) / len(sentences)
    odds = _INTERCEPT + _OF_PERSON * _counted(_PERSON, said) + _OF_TALK * _counted(_TALK, said)
    odds += _OF_RULE * _counted(_RULE, said) + _OF_CAPITALS * capitals
    return 1.0 / (1.0 + math.exp(-odds))


def _counted(pattern: re.Pattern[str], text: str) -> float:
    return min(len(pattern.findall(text)), _MOST) / _MOST
