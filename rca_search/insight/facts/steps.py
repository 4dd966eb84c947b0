"""Steps told in order: which of them helped, and which did not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rca_search.insight.facts import vocabulary

FEWEST = 2
"""Steps that make a list."""

_SHORT = 40
"""Characters of a step that gives a figure and no more."""

_TEXT = 1000
"""Characters of a step that are looked at."""

_FAILS = re.compile(
    r"(?<!\w)(?:in the hope|(?:it|this|that|which|they) (?:do|does|did)(?: not|n['\u2019]t)"
    r"(?=\s*(?:$|[.,;:!)]|while\b|if\b|because\b|help|work|change))|bad idea"
    r"|(?:the )?same (?:thing|end|result|error|picture|symptoms?|way|manner)(?!\w)|worse(?!\w)"
    r"|wrong (?:direction|layer|turn|track|place|way)|(?:went|goes|go|carried|carries|kept|keeps) on"
    r"|(?:full|dead|down|broken|failing|stuck|slow|back) again|more \w+ than before|too late"
    r"|even more|once more"
    r"|to no avail|no (?:luck|success|difference|improvement|change|effect|node|room)"
    r"|(?:still|again) (?:failing|hanging|dying|down|broken|stuck|slow|the same)|not helpful|unhelpful"
    r"|could not be (?:switched|turned|used|applied|done)|was not done|did nothing"
    r"|(?:is|are|was|were) not(?=\s*[.:;])|then (?:it|they) (?:die|fail|crash|hang)s?)(?!\w)"
    r"|(?:^|[.;:!?]\s+)(?:no|still|nothing|useless|pointless)\W*(?:$|[.;!])|(?<!\w)still\W*$",
    re.IGNORECASE,
)
_LOOKING = re.compile(
    r"\W*(?:(?:[0-9]{1,2}:[0-9]{2}|i|we|somebody|someone|[A-Z][a-z]+)\W+){0,3}(?:ask(?:s|ed)?|propos\w+|suggest\w*"
    r"|look(?:s|ed)?|f(?:ind|ound)|compar\w+|check(?:s|ed)?|see|saw|notic\w+|call(?:s|ed)?|join(?:s|ed)?|hotline"
    r"|open(?:s|ed)? (?:a|the) (?:ticket|case))(?!\w)"
)
_GOOD = re.compile(
    r"(?<!\w)(?:quiet|calm|normal|over|done|healthy|all good|all green|green again|ran through|took effect"
    r"|helped|solved|relie(?:f|ve[sd]?)|recover\w*|resolved|restored|free again|stopped at|online"
    r"|(?:healed|filled|cleared|recovered|drained|went away|came back) by itself"
    r"|(?:is|are|was|were) back(?! again)|(?:solved|freed|gone|traffic|back|up)(?: \w+)? at once"
    r"|and stay(?:s|ed)?|caught up|drained)(?!\w)",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"(?<!\w)from [0-9][0-9.,]*\S{0,6} to [0-9]"
    r"|(?<!\w)(?:drop(?:s|ped)?|f[ae]ll(?:s|en)?|down|back) (?:to|below|by) \S{0,4}[0-9]",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\W*(?:[0-9]{1,2}:[0-9]{2}\W*)?(?:usage|lag|cpu|load|memory|errors?|queue|rate|latency|backlog)\b[^.;]{0,20}[0-9]",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"[\w%)]\s*(?:\u2192|->)\s*[\w(]")
_CLAUSE = re.compile(r"[.;]\s")
_LIFTS = re.compile(
    r"(?<!\w)(?:limits?|rules?|gates?|blocks?|caps?|throttl\w+|restrictions?|drain\w*)\W(?:\w+\W+){0,3}?"
    r"(?:removed|deleted|lifted|opened|open|off|undone)(?!\w)"
    r"|(?<!\w)(?:removed|deleted|lifted|opened|undid) (?:\w+ ){0,3}?"
    r"(?:limits?|rules?|gates?|blocks?|caps?|restrictions?)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is told, with its lines."""

    text: str
    first_line: int
    last_line: int


def fails(text: str) -> bool:
    """Tell whether a step itself says that it did not help."""
    text = text[:_TEXT]
    return _FAILS.search(text) is not None or vocabulary.NO_EFFECT.search(text) is not None


def improves(text: str) -> bool:
    """Tell whether a text tells of a figure that got better, or that all is well."""
    text = text[:_TEXT]
    return _BETTER.search(text) is not None or _GOOD.search(text) is not None


def working_step(steps: Sequence[Step]) -> tuple[int, int] | None:
    """Return the lines of the step that helped, and of the recovery told right after it.

    None where there are too few steps or all say that they did not help. The last one that helped counts for
    more: steps are told in the order in which they were tried, and nobody goes on once it is over.
    """
    if len(steps) < FEWEST:
        return None
    scored: list[tuple[float, int]] = []
    for place, step in enumerate(steps):
        if fails(step.text) or _is_end(step.text):
            continue
        following = place + 1 < len(steps) and _is_end(steps[place + 1].text)
        scored.append((_worth(step.text) + following + 1.5 * place / len(steps), place))
    if not scored:
        return None
    best = max(scored)[1]
    last = best + 1 if best + 1 < len(steps) and _is_end(steps[best + 1].text) else best
    return steps[best].first_line, steps[last].last_line


def only_looks(text: str) -> bool:
    """Tell whether a step tells of what was looked at, asked or proposed, rather than done."""
    talks = vocabulary.TALK.search(text[:_TEXT]) and not vocabulary.MITIGATION.search(text[:_TEXT])
    return bool(talks or _LOOKING.match(text))


def _worth(text: str) -> float:
    """Score how much a step tells of a deed and of its success."""
    tried = vocabulary.TRIED.search(text[:_TEXT]) is not None
    return acts(text) + 2.0 * improves(text) - 2.0 * only_looks(text) - 1.0 * tried


def acts(text: str) -> bool:
    """Tell whether a step tells of a deed, or shows a command or a change."""
    text = text[:_TEXT]
    return vocabulary.MITIGATION.search(text) is not None or "`" in text or _CHANGE.search(text) is not None


def lifts(text: str) -> bool:
    """Tell whether a step takes back a limit or the like that had been set to get over it."""
    return _LIFTS.search(text[:_TEXT]) is not None


def _is_end(text: str) -> bool:
    """Tell whether a step says that all is well, or gives a figure, and nothing of what was done."""
    measured = _MEASURED.match(text) is not None and len(text) <= _SHORT
    return measured or ends(text) or (_BETTER.search(text[:_TEXT]) is not None and not acts(text))


def ends(text: str) -> bool:
    """Tell whether a step says that it is over or much better, without a deed of its own."""
    first = _CLAUSE.split(text[:_TEXT], maxsplit=1)[0]
    return improves(first) and not acts(text) and not vocabulary.TALK.search(text[:_TEXT])
