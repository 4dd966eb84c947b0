"""What fixed an incident: the part that says so, else rows of the timeline, else a sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rca_search.facts import vocabulary
from rca_search.facts.candidates import Candidate, deed, restores
from rca_search.facts.statements import (
    Statement,
    StatementKind,
    Statements,
    distinct,
    extract,
    is_praise,
    runs,
    says_nothing,
    trimmed,
)
from rca_search.facts.timeline import Event
from rca_search.models import Document, Extract, Role
from rca_search.sources.keys import plain_key
from rca_search.sources.values import texts

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
    r"|even more|once more|for a short (?:time|while)|(?:hung|failed|crashed|died|stopped|broke) again"
    r"|(?:do|does|did)(?: not|n['\u2019]t) (?:resolve|fix|solve|help)"
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
    """Return whether a step itself says that it did not help."""
    text = text[:_TEXT]
    return _FAILS.search(text) is not None or vocabulary.NO_EFFECT.search(text) is not None


def improves(text: str) -> bool:
    """Return whether a text tells of a figure that got better, or that all is well."""
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
    """Return whether a step tells of what was looked at, asked or proposed, rather than done."""
    talks = vocabulary.TALK.search(text[:_TEXT]) and not vocabulary.MITIGATION.search(text[:_TEXT])
    return bool(talks or _LOOKING.match(text))


def _worth(text: str) -> float:
    """Score how much a step tells of a deed and of its success."""
    tried = vocabulary.TRIED.search(text[:_TEXT]) is not None
    return acts(text) + 2.0 * improves(text) - 2.0 * only_looks(text) - 1.0 * tried


def acts(text: str) -> bool:
    """Return whether a step tells of a deed, or shows a command or a change."""
    text = text[:_TEXT]
    return vocabulary.MITIGATION.search(text) is not None or "`" in text or _CHANGE.search(text) is not None


def lifts(text: str) -> bool:
    """Return whether a step takes back a limit or the like that had been set to get over it."""
    return _LIFTS.search(text[:_TEXT]) is not None


def _is_end(text: str) -> bool:
    """Return whether a step says that all is well, or gives a figure, and nothing of what was done."""
    measured = _MEASURED.match(text) is not None and len(text) <= _SHORT
    return measured or ends(text) or (_BETTER.search(text[:_TEXT]) is not None and not acts(text))


def ends(text: str) -> bool:
    """Return whether a step says that it is over or much better, without a deed of its own."""
    first = _CLAUSE.split(text[:_TEXT], maxsplit=1)[0]
    return improves(first) and not acts(text) and not vocabulary.TALK.search(text[:_TEXT])


# Rows between an action and the recovery it brought about; more are about something else.
NEAR_ROWS = 2
_PIECE = re.compile(r"[.!?]\s+(?=[A-Z])")


def rows_that_fixed(events: Sequence[Event]) -> Iterator[Candidate]:
    """Give rows with an action near a recovery, and the last deed before it was over."""
    yield from _deeds(events)
    yield from _last_deed(events)


def _deeds(events: Sequence[Event]) -> Iterator[Candidate]:
    total = max(len(events), 1)
    weak = [restores(event.text, vocabulary.RECOVERY) for event in events]
    strong = [restores(event.text, vocabulary.STRONG_RECOVERY) for event in events]
    seen = next((place for place, event in enumerate(events[: total // 3 + 1]) if _shows(event)), 0)
    back = max((place for place, event in enumerate(events) if _relapses(event)), default=-1)
    for place, event in enumerate(events):
        score = (
            _acting(event) - 1.5 * (place <= seen) - 3.0 * _takes_back(events, place) - 2.0 * (place < back)
        )
        if score <= 0:
            continue
        near = range(place + 1, min(place + 1 + NEAR_ROWS, len(events)))
        if strong[place] or any(strong[at] for at in near):
            score += 1.5
        elif weak[place] or any(weak[at] for at in near):
            score += 0.75
        if any(vocabulary.PERSISTS.search(events[at].text[:600]) and not strong[at] for at in near[:1]):
            score -= 2
        recovered = next((at for at in near[:1] if strong[at] and not _talks(events[at])), place)
        yield Candidate(2 + score + place / total, event.first_line, events[recovered].last_line, "timeline")


def _relapses(event: Event) -> bool:
    """Return whether a row says that the fault is back, so that what was done before did not fix it."""
    return vocabulary.RELAPSE.search(event.text[:2000]) is not None


def _takes_back(events: Sequence[Event], place: int) -> bool:
    """Return whether a row lifts a limit after one shortly before it had got over the worst."""
    before = [event.text for event in events[max(place - NEAR_ROWS - 1, 0) : place]]
    return lifts(events[place].text) and any(map(acts, before)) and any(map(improves, before))


def _last_deed(events: Sequence[Event]) -> Iterator[Candidate]:
    """Give the last thing done before it was over, where rows are told in figures and nouns.

    It is over where a limit is taken back, which outweighs whatever else looks like a fix, or in the last row
    that says so.
    """
    events = [event for event in events if not vocabulary.PROCESS.search(event.text[:300])]
    steps = [Step(event.text, event.first_line, event.last_line) for event in events]
    places = range(len(steps) - 1, 0, -1)
    back = next((at for at in places if _takes_back(events, at)), None)
    over = next((at for at in places if ends(steps[at].text)), None)
    if back is not None:
        helped, score = working_step(steps[:back]), 5.0
    else:
        helped, score = (working_step(steps[: over + 1]) if over is not None else None), 1.5
    if helped is not None:
        yield Candidate(score, *helped, "timeline")


def _shows(event: Event) -> bool:
    """Return whether a row shows the fault: what was done before that did not fix it."""
    return vocabulary.SYMPTOM.search(event.text[:2000]) is not None


def _acting(event: Event) -> float:
    """Score how much a row tells of something that was done about the incident; 0 or less for no."""
    best = 0.0
    if vocabulary.PROCESS.search(event.text[:300]):
        return best
    for statement in event.statements or ():
        if statement.kind is StatementKind.CODE:
            best += 0.5 if best > 0 else 0
            continue
        pieces = _PIECE.split(statement.text[:2000])
        failed = 2.0 * bool(vocabulary.NO_EFFECT.search(statement.text[:1000]))
        told = vocabulary.FIXED_BY.search(statement.text[:1000])
        fixed = 1.0 * (told is not None and not told[0].startswith(("to ", "resolved by")))
        fixed += 1.0 * (_ROLLBACK.match(statement.text[:200]) is not None)
        best = max([best, fixed - failed, *(deed(piece[:1000]) - failed for piece in pieces)])
    return best - 0.75 * bool(vocabulary.TALK.match(event.text))


_ROLLBACK = re.compile(
    r"[^a-z]*+(?:\S++ ){0,3}(?:roll(?:ed|s|ing)?[ -]?back|revert(?:ed|s|ing)?)(?!\w)", re.IGNORECASE
)
"""A row that opens with taking back a change: nothing else is done so often, or ends so much."""


def _talks(event: Event) -> bool:
    text = event.text[:600]
    return bool(vocabulary.TALK.search(text) or vocabulary.BOOKKEEPING.search(text))


MAX_EXTRACTS = 6
# A longer statement that it is over says more than that.
MOST_WORDS_OF_NOTHING = 12

_WORD = re.compile(r"(?<![\w/.])[^\W\d_]{2,}(?![\w/]|\.\w)")


# Parts of this role whose name promises less than the fix itself.
_LOOSE_NAMES = (
    "outcome",
    "response",
    "result",
    "disaster",
    "should you",
    "procedure",
    "instructions",
    "containment",
)
_TELLING = frozenset(
    {
        Role.TITLE,
        Role.SUMMARY,
        Role.CAUSE,
        Role.SYMPTOM,
        Role.OTHER,
        Role.LESSONS,
        Role.IMPACT,
        Role.DIAGNOSIS,
    }
)
_ASIDE = frozenset({Role.ACTIONS, Role.RELATED})


_ACTOR = re.compile(
    r"(?<!\w)(?:we|i|they|team|engineers?|on-?call|[a-z]+ team|admins?|ops)(?: (?:then|have|had|finally"
    r"|also|just|manually|quickly)){0,2} $",
    re.I,
)


def find_resolution(statements: Statements, events: Sequence[Event], *, planned: bool) -> tuple[Extract, ...]:
    """Return what fixed it, best first; () where the write-up does not say how it ended.

    That it is over is no answer: "all services are back" says nothing of what was done. For planned work
    only its stated outcome counts. Code below a sentence belongs to it.
    """
    found = [*_parts(statements, planned=planned)]
    if not planned:
        found += [
            *rows_that_fixed(events),
            *_leads(statements),
            *_trials(statements),
            *_helped(statements),
            *_sentences(statements),
        ]
    found.sort(key=lambda candidate: -candidate.score)
    extracts = (
        extract(statements, item.first, _with_code(statements, item.last), item.source)
        for item in found[: 3 * MAX_EXTRACTS]
    )
    return distinct(extracts)[:MAX_EXTRACTS]


def _with_code(statements: Statements, last: int) -> int:
    """Return the last line of the code that follows line ``last`` directly, else ``last``."""
    for statement in statements.after(last)[:1]:
        if statement.kind is StatementKind.CODE and statement.first_line <= last + 2:
            return statement.last_line
    return last


def _parts(statements: Statements, *, planned: bool) -> Iterator[Candidate]:
    tried = tried_in_turn(statements)
    for run in runs(statements.with_role(Role.RESOLUTION)):
        told = trimmed(run)
        if not told or (not planned and _only_over(told)):
            continue
        name = statements.name(run[0].section)
        score = 6.0 if any(loose in name for loose in _LOOSE_NAMES) else 8.0
        text = " ".join(statement.text for statement in told)[:4000]
        acts = bool(vocabulary.MITIGATION.search(text)) or any(s.kind is StatementKind.CODE for s in told)
        first, last = _working_step(told) or (told[0].first_line, told[-1].last_line)
        yield Candidate(score + acts + _in_turn(run[0].section, text, tried), first, last, "section")


def tried_in_turn(statements: Statements) -> list[int]:
    """Return the sections that stand beside each other below one on the fix: steps told one by one."""
    sections = statements.document.sections
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, section in enumerate(sections):
        if section.role is Role.RESOLUTION and len(section.headings) > 1:
            groups.setdefault(section.headings[:-1], []).append(number)
    above = {section.headings for section in sections if section.role is Role.RESOLUTION}
    return [
        number for key, found in groups.items() if len(found) >= FEWEST and key in above for number in found
    ]


def _in_turn(section: int, text: str, tried: Sequence[int]) -> float:
    """Weigh one of several steps told one by one: which failed, and which was the last that helped."""
    if section not in tried:
        return 0.0
    if fails(text):
        return -7.0
    return tried.index(section) / len(tried) + improves(text)


def _working_step(told: Sequence[Statement]) -> tuple[int, int] | None:
    """Return the lines of the step that helped, in a part that also lists some that did not."""
    listed = sum(statement.kind in (StatementKind.ITEM, StatementKind.ROW) for statement in told)
    if listed < FEWEST or not any(fails(statement.text) for statement in told):
        return None
    return working_step(_steps(told))


def _steps(told: Sequence[Statement]) -> list[Step]:
    """Return statements as steps; code, and what is further in, belongs to the statement above."""
    outer = min(
        (statement.indent for statement in told if statement.kind is not StatementKind.CODE), default=0
    )
    found: list[Step] = []
    for statement in told:
        if found and (statement.kind is StatementKind.CODE or statement.indent > outer):
            last = found[-1]
            found[-1] = Step(f"{last.text} {statement.text}", last.first_line, statement.last_line)
        else:
            found.append(Step(statement.text, statement.first_line, statement.last_line))
    return found


def _leads(statements: Statements) -> Iterator[Candidate]:
    """Give statements that open with "what worked:" or the like."""
    for statement in statements:
        spoken = statement.kind is not StatementKind.CODE and statement.role not in _ASIDE
        if spoken and vocabulary.WORKED.match(statement.text[:80]):
            yield Candidate(7.0, statement.first_line, statement.last_line, "sentence")


def _helped(statements: Statements) -> Iterator[Candidate]:
    """Give the commands of a part that is called "what worked" or the like."""
    for run in runs(
        [each for each in statements if vocabulary.HELPED.fullmatch(statements.name(each.section))]
    ):
        if any(statement.kind is StatementKind.CODE for statement in run):
            yield Candidate(7.0, run[0].first_line, run[-1].last_line, "section")


def _trials(statements: Statements) -> Iterator[Candidate]:
    """Give the one that helped in a list of what was tried."""
    for run in runs([each for each in statements if is_trial(statements, each)]):
        helped = working_step(_steps(run))
        if helped is not None and any(
            vocabulary.RECOVERY.search(step.text[:1000]) or improves(step.text)
            for step in _steps(run)
            if helped[0] <= step.first_line <= helped[1]
        ):
            yield Candidate(6.5, *helped, "section")


def is_trial(statements: Statements, statement: Statement) -> bool:
    """Return whether a statement stands in a part that lists what was tried."""
    return vocabulary.TRIALS.fullmatch(statements.name(statement.section)) is not None


def names_trials(statements: Statements, statement: Statement) -> bool:
    """Return whether the part is called after what was tried, rather than after what was done."""
    return vocabulary.TRIED_NAMES.search(statements.name(statement.section)) is not None


def _only_over(told: Sequence[Statement]) -> bool:
    """Return whether statements say that it is over and nothing of how."""
    saying = [statement for statement in told if not says_nothing(statement)]
    for statement in saying:
        text = statement.text[:1000]
        rest = vocabulary.OVER_ONLY.without(text)
        if vocabulary.VENDOR_FIXED.search(text) or statement.kind is StatementKind.CODE:
            return False
        if vocabulary.MITIGATION.search(rest) or vocabulary.FIXED_BY.search(rest):
            return False
        if len(_WORD.findall(rest)) > MOST_WORDS_OF_NOTHING:
            return False
    text = " ".join(statement.text for statement in saying)[:2000]
    return bool(vocabulary.OVER_ONLY.search(text))


def _sentences(statements: Statements) -> Iterator[Candidate]:
    for statement in statements.with_role(*_TELLING):
        if statement.kind is StatementKind.CODE:
            continue
        told = statements.sentences(statement)
        for sentence, following in itertools.zip_longest(told, told[1:]):
            text = sentence.text[:1000]
            score = _told(text, following.text[:400] if following else "", statement.role)
            if score > 0 and not is_praise(statements, statement):
                yield Candidate(score, sentence.first_line, sentence.last_line, "sentence")


def _told(text: str, following: str, role: Role) -> float:
    """Score how much a sentence tells of the fix; 0 where it does not."""
    if vocabulary.FUTURE.search(text) or fails(text):
        return 0.0
    if vocabulary.FIXED_BY.search(text):
        score = 4.0 if role in (Role.TITLE, Role.SUMMARY) else 3.0
        return score + 0.5 * bool(vocabulary.MITIGATION.search(text)) - (role is Role.LESSONS)
    if role is Role.LESSONS or deed(text) < 1 or not _is_done(text):
        return 0.0
    if vocabulary.STRONG_RECOVERY.search(text) or vocabulary.STRONG_RECOVERY.search(following):
        return 2.5
    return 0.0 if vocabulary.STRONG_SYMPTOM.search(text) else 1.0


def _is_done(text: str) -> bool:
    """Return whether a sentence reports a deed, by itself or by somebody, rather than how things were."""
    deed = vocabulary.MITIGATION.search(text)
    if deed is None or (deed.start() <= 3 and deed[0].endswith("s")):
        return False  # "Updates of shipments hang": what opens a sentence so is a noun
    return deed.start() <= 3 or _ACTOR.search(text[: deed.start()]) is not None


MAX_NAMES = 4
HEADER_LINES = 60

# The most telling first; what the file gives as author is taken where none of these is given.
_KEYS = (
    "resolved by",
    "fixed by",
    "mitigated by",
    "resolver",
    "responders",
    "responder",
    "on call",
    "assignee",
    "incident commander",
)
_TEAMS = ("team", "owning team", "responsible team", "owner team", "squad", "group")
_LINE = re.compile(
    r"[-*+\s]{0,6}[*_]{0,2}(?P<key>(?:resolved|fixed|mitigated) by|responders?|resolver"
    r"|on-?call(?: engineer)?)[*_]{0,2}\s*:[*_]{0,2}\s*(?P<value>[^\n|]{2,120})",
    re.I,
)
_SPLIT = re.compile(r"(?:(?<!\s)\s++)?(?:,|;|&|\band\b)\s*")
_NOBODY = re.compile(r"(?:n/?a|none|tbd|unknown|-|\?)", re.I)


def find_resolvers(document: Document) -> tuple[str, ...]:
    """Return who resolved it where the file says so, else its authors or owners, else its team."""
    stated = {plain_key(key): value for key, value in document.metadata.items()}
    for key in _KEYS:
        if names := _names(texts(stated.get(key, ""))):
            return names
    for line in document.text.split("\n", HEADER_LINES)[:HEADER_LINES]:
        match = _LINE.match(line[:200])
        if match and (names := _names(_SPLIT.split(match["value"]))):
            return names
    teams = next((names for key in _TEAMS if (names := _names(texts(stated.get(key, ""))))), ())
    return _names(document.authors) or teams


def _names(values: Iterable[str]) -> tuple[str, ...]:
    found = (value.strip(" *_@[]") for value in values)
    return tuple(dict.fromkeys(name for name in found if name and not _NOBODY.fullmatch(name)))[:MAX_NAMES]
