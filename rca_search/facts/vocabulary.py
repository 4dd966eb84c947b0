"""The words by which write-ups tell what was done, what came of it, what was seen and why.

The tables of phrases are data: ``phrases.toml`` beside this file. Each becomes one pattern of alternatives
that begin and end at a word.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources

from rca_search.facts.candidates import Phrases

_TABLES = tomllib.loads(resources.files("rca_search.facts").joinpath("phrases.toml").read_text("utf-8"))


def _phrases(name: str) -> Phrases:
    return Phrases(_TABLES[name])


MITIGATION = _phrases("mitigation")

RECOVERY = _phrases("recovery")

STRONG_RECOVERY = _phrases("strong_recovery")

BOOKKEEPING = _phrases("bookkeeping")

NO_EFFECT = _phrases("no_effect")

TRIED = _phrases("tried")

PERSISTS = _phrases("persists")

OVER_ONLY = _phrases("over_only")

VENDOR_FIXED = _phrases("vendor_fixed")

FIXED_BY = _phrases("fixed_by")

FUTURE = _phrases("future")

TALK = _phrases("talk")

CAUSE = _phrases("cause")
STRONG_CAUSE = _phrases("strong_cause")

SYMPTOM = _phrases("symptom")
STRONG_SYMPTOM = _phrases("strong_symptom")

ANNOUNCED = _phrases("announced")

WATCHING = _phrases("watching")

WORKED = re.compile(
    r"\W*(?:what (?:finally )?(?:worked|helped|ended it|fixed it|solved it|stopped it)|what (?:we|i) did"
    r"|worked|helped|helpful|how (?:it|this) (?:ended|was (?:fixed|solved|resolved|stopped|ended))"
    r"|how was (?:it|this) (?:fixed|solved|resolved|stopped|ended)|the (?:fix|end|cure|way out)"
    r"|fix(?:ed by)?|cure|remedy|resolution|solution|workaround|mitigation|solved by|done"
    r"|resolved by)(?: (?:at|of|for|on) [^:.*?|]{1,20})?(?:\W{0,4}:|\.\*\*|\?\W*\u00b7)",
    re.IGNORECASE,
)
"""Words and a colon that open a statement on what fixed it."""

FAILED = re.compile(
    r"\W*(?:(?:what we |we )?tried(?: first)?|did(?: not|n['\u2019]t) (?:work|help)|what (?:did not"
    r"|didn['\u2019]t) (?:work|help)|what failed"
    r"|(?:first|second|failed|other) (?:attempts?|tr(?:y|ies)|ideas?|guess(?:es)?)|not helpful|no help"
    r"|wrong track|dead ends?)\W{0,4}:",
    re.IGNORECASE,
)
"""Words and a colon that open a statement on what did not help."""

TRIALS = re.compile(
    r"(?:what (?:we|was|i) (?:have )?(?:tried|did)|what did (?:we|i) (?:do|try)|attempts?"
    r"|things (?:we )?tried|tried|(?:the )?steps)(?: \w+){0,3}",
    re.IGNORECASE,
)
"""Names of parts that list what was tried, of which the last may have helped."""

TRIED_NAMES = re.compile(r"(?<!\w)(?:tried|try|attempts?|things)(?!\w)", re.IGNORECASE)

UNKNOWN_CAUSE = re.compile(
    r"(?<!\w)(?:cause|source|reason|trigger|origin)s?(?!\w)[^.;]{0,80}(?<!\w)"
    r"(?:unknown|unclear|undetermined|under investigation|being investigated"
    r"|not (?:yet )?(?:been )?(?:known|determined|found|identified|clear))(?!\w)"
    r"|(?<!\w)(?:unknown|undetermined|no known) (?:root )?(?:cause|reason|source)(?!\w)",
    re.IGNORECASE,
)
"""That nobody knows why."""

PROCESS = re.compile(
    r"^\W*(?:team aware|repaired|resolved|mitigated|closed|detected|reported|declared)\W*$|"
    r"(?<!\w)(?:severity|priority|status|impact level)(?: \w+){0,3} (?:was |is |been )?(?:upgraded|downgraded"
    r"|raised|lowered|changed|set|updated|escalated|increased|reduced)(?!\w)"
    r"|(?<!\w)(?:upgraded|downgraded|raised|lowered|changed|escalated|bumped|increased|updated) "
    r"(?:the |its |this )?(?:incident |issue )?(?:to )?"
    r"(?:severity|priority|status|sev(?:erity)?[ -]?[0-9]|p[0-5])(?!\w)"
    r"|post-?incident (?:flow|process|phase)|(?<!\w)(?:incident|channel|ticket|bridge|war room) (?:was |is )?"
    r"(?:created|opened|declared|acknowledged|assigned)(?!\w)",
    re.IGNORECASE,
)
"""Rows on the handling of an incident rather than on the fault."""

HELPED = re.compile(
    r"what (?:finally )?(?:worked|helped|ended it|fixed it|solved it|stopped it)|how it ended", re.IGNORECASE
)
"""Names of parts that tell what helped; "what worked" may also open a list of what went well."""

RELAPSE = re.compile(
    r"(?<!\w)(?:(?:is|are|was|were)(?:n['\u2019]t| not) \w+(?: \w+)? again|(?:once )?again (?:\w+ ){0,2}"
    r"(?:wrong|failing|down|slow|broken|full|unavailable|unreachable)"
    r"|(?:going|gone|went) (?:wrong|down) again"
    r"|(?:closed|down|broken|failing|slow|unavailable|unreachable|full) again|(?:issue|problem|outage)s? "
    r"(?:\w+ ){0,2}(?:(?:is|was) not (?:yet )?(?:fixed|solved|resolved)|re-?(?:occur\w*|appear\w*)"
    r"|(?:came|comes|is) back|returned?)|another (?:\w+ ){0,2}(?:entered|went|failed|crashed))(?!\w)",
    re.IGNORECASE,
)
"""Rows in which a fault that seemed over is there again."""
