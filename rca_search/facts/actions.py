"""Follow-ups: items of lists and tables below such a heading, and sentences that announce or report work."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rca_search.facts.statements import Statement, StatementKind, Statements, StatementSentence, runs
from rca_search.models import ActionItem, ActionStatus, Role
from rca_search.sources.keys import plain_key
from rca_search.text.dates import FieldError, find_date, parse_date

MAX_CHARS = 1500

# How the Tasks plugin of Obsidian marks days, and how anybody marks a state by a sign.
_TASK_DUE = re.compile(r"(?:\U0001f4c5|\U0001f5d3|\u23f3)\ufe0f?\s*(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})")
_TASK_MARKS = re.compile(
    r"(?:[\U0001f4c5\U0001f5d3\u23f3\u2705\u2795\U0001f6eb\u274c]\ufe0f?\s*[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[\U0001f53a\u23eb\U0001f53c\U0001f53d\u23ec]\ufe0f?)\s*"
)
_SIGN_DONE = re.compile(
    r"\s*[\u2611\u2714\u2705\U0001f7e2\U0001f535]\ufe0f?\s*|.*[\U0001f7e2\u2611]", re.DOTALL
)
_SIGN_OPEN = re.compile(
    r"\s*[\u2610\u274c\U0001f534\U0001f7e1\U0001f7e0\u26aa]\ufe0f?\s*|.*[\U0001f534\U0001f7e1\U0001f7e0\u2610]",
    re.DOTALL,
)
_WIKI_OWNER = re.compile(r"\[\[(?P<name>[^\W\d_]+(?: [^\W\d_.'-]+){0,2})\]\]")
_OWNER_AND_DAY = re.compile(
    r"[(\uff08]\s*(?P<name>[^\W\d_][^(),\uff0c\u3001;:]{1,40}?)\s*[,\uff0c\u3001;]\s*"
    r"(?:[^\W\d_]{1,12}\s*[:\uff1a]?\s*)?(?P<day>[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4})\s*[)\uff09]"
)

_DONE = re.compile(
    r"(?:\(\s*|\b(?:is|are|was|were|has been|have been)\s+(?:already |now )?|already |_|^"
    r"|[-\u2013\u2014:.]\s*|\u2705\s*)"
    r"(?:already )?(?:done|completed?|finished|fixed|resolved|implemented|deployed|released|shipped|closed"
    r"|merged|rolled out|landed)"
    r"(?!\w)(?! (?:by|when|the)\b)(?=[^.;]{0,40}(?:[.;)_]|$))|\b(?-i:DONE)\b|\u2705|\u2714|~~",
    re.I,
)
_DONE_BARE = re.compile(
    r"\b(?-i:DONE)\b|\((?:already )?(?:done|completed?|fixed|implemented|closed)[^()]{0,30}\)|\u2705|\u2714",
    re.I,
)
_MAYBE_DONE = re.compile(
    r"(?:possibl[ey]|maybe|partly|partially|probably|almost|mostly|not yet) (?:already )?(?:done|completed?"
    r"|fixed|implemented)",
    re.I,
)
_OPEN = re.compile(
    r"(?<!\w)(?:in progress|in-progress|ongoing|on-going|wip|(?:is|are|been|being) (?:planned|scheduled"
    r"|blocked)|blocking on|not (?:yet )?(?:done|started)"
    r"|(?:are|is|am|still|currently|now|begun|started) (?:currently |now |actively |still )?(?:working on"
    r"|looking into|investigating|evaluating|exploring|planning|focused on|creating)"
    r"|been exploring|has a patch|needs? (?:some )?(?:more )?work|yet to (?:address|be|do)"
    r"|will (?!be achiev)|we['\u2019]ll|plan(?:s|ning)? to|going to|have begun|not sure"
    r"|(?:ticket|issue) (?:is |was |has been )?(?:raised|created|opened|filed)|under (?:way|review"
    r"|discussion))(?!\w)"
    r"|\((?:planned|scheduled|pending|blocked|open|todo|ongoing)[^()]{0,40}\)|[-:\u2013\u2014] (?:planned"
    r"|scheduled|pending|blocked|open|todo)\W*$",
    re.I,
)
_PAST = re.compile(
    r"(?:[-\s]*)(?:(?:we(?:['\u2019]ve| have)?|i|they|it was|has been|have been|the team(?: then)?"
    r"|team)\s+(?:(?:already|also|since|then|now|significantly|been)\s+)*)?"
    r"(?P<verb>[a-z]{3,}(?:ed|/[a-z]+ed)|re-?[a-z]+ed|made|got|built|wrote|began|set up|sent|put|rebuilt"
    r"|ran|taught|found|took|gave|spun up|moved)\b",
    re.I,
)
_NOT_PAST = frozenset(
    ("need", "embed", "feed", "speed", "exceed", "proceed", "succeed", "seed", "shed", "bed", "red")
)
_PULL_REQUEST = re.compile(
    r"/(?:pull|merge_requests|commit)/[0-9a-f]+|\[(?:pr|pull request|mr|commit)\b|\bPR ?#?[0-9]*\b", re.I
)
_OWNER_FIRST = re.compile(
    r"\s*(?:\[(?P<square>[^\[\]]{2,40})\](?!\s*[(\[:])|\((?P<round>[^()]{2,60})\))\s*(?=\S)"
)
_OWNER_SAID = re.compile(
    r"(?:\(|\[|\b)(?:owner|assignee|assigned to|responsible"
    r"|dri)\s*[:=]?\s+(?P<name>@?[\w][\w .'&/-]{1,40}?)(?=[),;\].|]|\s[-\u2013\u2014]|\s\(|$)",
    re.I,
)
_MENTION = re.compile(r"(?<![\w@/`])@(?P<name>[A-Za-z][\w-]{1,38})(?![\w@/.])")
_OWNER_LAST = re.compile(
    r"\s[-\u2013\u2014]\s(?P<name>[A-Za-z][\w.'-]{1,25}(?: [A-Z][\w.'-]{1,25})?)(?=\s+(?:has|made|is|will"
    r"|to|wrote|did)\b|\s*(?:\(|,|$))"
)
_NO_OWNER = re.compile(
    r"(?:x| |done|wip|todo|optional|tbd|unassigned|none|n/?a|high|medium|low|p[0-4]|issue|pr|link|docs?"
    r"|jira|already done|short[- ]term|long[- ]term|not started)"
    r"|.*(?:[0-9]{3,}|https?:|\betc\b|e\.g\.|i\.e\.|\bdone\b).*|-",
    re.I,
)
_PRIORITY = re.compile(
    r"\b(?P<level>P[0-4])\b|(?:priority|prio)\s*[:=]?\s*(?P<word>high(?:est)?|medium|low(?:est)?|urgent"
    r"|critical)|\[(?P<mark>high|medium|low)\]",
    re.I,
)
_DUE = re.compile(
    r"(?:due(?: date| on| by)?|deadline|eta|target(?: date)?|by|until|before|(?<!\w)in|for|during(?: the)?"
    r"|on|\()\s*:?\s*(?=[0-9A-Z])",
    re.I,
)
_PERIOD = re.compile(
    r"(?:the\s+)?(?:end\s+of\s+)?(?:(?P<quarter>Q[1-4])|(?P<half>H[12])|(?P<month>jan(?:uary)?"
    r"|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?))"
    r"(?![\w-])(?:[ ,/]+(?P<year>20[0-9]{2}))?",
    re.I,
)
_DAY_AHEAD = re.compile(
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}(?:st|nd|rd|th)?[ .][A-Za-z0-9]{1,9}[ .][0-9]{4}"
    r"|[A-Z][a-z]{2,8}\.? [0-9]{1,2},? [0-9]{4}"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_COLUMNS = {
    "owner": ("owner", "owners", "assignee", "assigned to", "responsible", "who", "dri", "team", "lead"),
    "due": ("due", "due date", "deadline", "eta", "target", "target date", "by", "when", "by when"),
    "status": ("status", "state", "done", "done?", "completed", "complete", "progress", "resolution"),
    "priority": ("priority", "prio", "p", "severity", "importance"),
    "text": (
        "action",
        "action item",
        "actions",
        "task",
        "item",
        "what",
        "description",
        "todo",
        "follow up",
        "title",
        "summary",
        "action items",
    ),
}
_COLUMN_OF = {name: column for column, names in _COLUMNS.items() for name in names}
_YES = re.compile(
    r"(?:yes|y|x|true|\u2713|\u2714|\u2705|\[x\]|done|completed?|closed|finished|fixed|shipped|merged"
    r"|resolved)\b.*|[\u2713\u2714\u2705x]",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Fields:
    """What one follow-up says of itself; ``marked`` tells that done is marked outright."""

    text: str
    status: ActionStatus | None
    owner: str | None
    priority: str | None
    due: dt.date | None
    marked: bool
    has_change: bool


def read_fields(text: str, box: str, year: int | None) -> Fields:
    """Read the fields of a list item or a paragraph; ``year`` counts for a month or quarter without one."""
    text = text[:MAX_CHARS]
    task_due = _TASK_DUE.search(text)
    together = _OWNER_AND_DAY.search(text)
    owner, rest = _owner(text)
    status, marked = _status(rest, box)
    rest = _TASK_MARKS.sub("", rest)
    priority = _PRIORITY.search(rest)
    return Fields(
        text=rest.strip(),
        status=status,
        owner=owner,
        priority=next((group for group in priority.groups() if group), None) if priority else None,
        due=(find_date(task_due["day"]) if task_due else None)
        or (_any_day(together["day"]) if together else None)
        or _due(rest, year),
        marked=marked,
        has_change=_PULL_REQUEST.search(rest) is not None,
    )


def read_cells(cells: Sequence[str], header: Sequence[str], year: int | None) -> Fields | None:
    """Read the fields of a table row; None where no column holds a follow-up."""
    named = {
        _COLUMN_OF.get(plain_key(name.strip("*_ "))): cell for name, cell in zip(header, cells, strict=False)
    }
    text = named.get("text") or (max(cells, key=len) if not header else None)
    if text is None and header:
        others = [
            cell
            for name, cell in zip(header, cells, strict=False)
            if plain_key(name.strip("*_ ")) not in _COLUMN_OF
        ]
        text = max(others, key=len, default=None)
    if not text:
        return None
    fields = read_fields(text, "", year)
    told = " ".join(cell for cell in (named.get("status"), named.get("due")) if cell)
    status = _cell_status(named.get("status") or "", told)
    owner = (named.get("owner") or "").strip("*_@ ")
    return Fields(
        text=fields.text,
        status=status or fields.status,
        owner=owner if owner and not _NO_OWNER.fullmatch(owner) else fields.owner,
        priority=(named.get("priority") or "").strip("*_ ") or fields.priority,
        due=(_date(named["due"], year) if named.get("due") else None) or fields.due,
        marked=fields.marked or status is ActionStatus.DONE,
        has_change=fields.has_change,
    )


def _cell_status(cell: str, told: str) -> ActionStatus | None:
    if _MAYBE_DONE.search(told):
        return None
    if _YES.fullmatch(cell.strip("*_ `:")) or _DONE_BARE.search(told):
        return ActionStatus.DONE
    return ActionStatus.OPEN if _OPEN.search(told) or cell.strip().casefold() in {"no", "\u274c"} else None


def _status(text: str, box: str) -> tuple[ActionStatus | None, bool]:
    if box:
        return (ActionStatus.OPEN, False) if box == " " else (ActionStatus.DONE, True)
    if _SIGN_OPEN.match(text):
        return ActionStatus.OPEN, False
    if _SIGN_DONE.match(text):
        return ActionStatus.DONE, True
    if _MAYBE_DONE.search(text):
        return ActionStatus.UNKNOWN, False
    if _DONE_BARE.search(text) or _DONE.search(text):
        return ActionStatus.DONE, True
    if _OPEN.search(text):
        return ActionStatus.OPEN, False
    past = _PAST.match(text.lstrip("*_ "))
    if past and past["verb"].casefold() not in _NOT_PAST:
        return ActionStatus.DONE, True
    return None, False


def _any_day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except FieldError:
        return None


def _owner(text: str) -> tuple[str | None, str]:
    wiki, together = _WIKI_OWNER.search(text), _OWNER_AND_DAY.search(text)
    if wiki and wiki["name"][:1].isupper():
        return wiki["name"], (text[: wiki.start()] + text[wiki.end() :]).strip()
    if together and not _NO_OWNER.fullmatch(together["name"]):
        return together["name"].strip(), text
    first = _OWNER_FIRST.match(text)
    name = (first["square"] or first["round"]).strip(" ?@") if first else ""
    if first and name and not _NO_OWNER.fullmatch(name) and len(name.split()) <= 6:
        return name, text[first.end() :]
    for pattern in (_OWNER_SAID, _MENTION, _OWNER_LAST):
        match = pattern.search(text)
        if match and not _NO_OWNER.fullmatch(match["name"].strip()):
            return match["name"].strip(" @"), text
    return None, text


def _due(text: str, year: int | None) -> dt.date | None:
    for match in _DUE.finditer(text):
        due = _date(text[match.end() : match.end() + 40], year)
        if due is not None:
            return due
    return None


def _date(text: str, year: int | None) -> dt.date | None:
    """Return the date at the start of ``text``; a month, quarter or half-year stands for its last day."""
    text = text.strip("*_ ")
    if _DAY_AHEAD.match(text):
        return find_date(text[:30])
    period = _PERIOD.match(text)
    stated = int(period["year"]) if period and period["year"] else year
    if period is None or stated is None:
        return None
    if period["quarter"]:
        month = 3 * int(period["quarter"][1])
    elif period["half"]:
        month = 6 * int(period["half"][1])
    else:
        month = _MONTHS.index(period["month"][:3].lower()) + 1
    return dt.date(stated, month, calendar.monthrange(stated, month)[1])


MAX_ITEMS = 60
MAX_TEXT_CHARS = 400

_NOTHING = re.compile(
    r"\W*(?:none|n/?a|nothing|tbd|todo|no (?:comments|actions?|items?)[^.]{0,30})?\W*$", re.I
)
_TEMPLATE = re.compile(
    r"(?:these should be|.{0,40}should be achievable|describe (?:the|any|what)|list (?:of )?(?:the "
    r"|all )?(?:things|actions|follow)"
    r"|for example,?\W*$|\[?(?:action item|your action|owner|link)\]?\W*$|put your)",
    re.I,
)
_META = re.compile(
    r"(?:incident (?:has been|is|was) (?:dealt with|over)|sections above|(?:incident )?title (?:and|is)"
    r"|all actionable items)",
    re.I,
)
_QUESTION = re.compile(r"[^.!?]{3,300}\?\s*$")
_IMPERATIVE = re.compile(
    r"(?:^|[.?!]\s+|,\s*)(?:(?:unknown|yes|no|maybe|then|and|also|please)[,.]?\s+)?(?:write|create"
    r"|look into|add|make|document|investigate|review"
    r"|implement|update|set|move|ensure|consider|fix|improve|check|read|monitor|automate|test|replace"
    r"|remove|enable|disable|upgrade|deploy|migrate|raise"
    r"|increase|reduce|configure|define|introduce|spike|discuss|follow up|schedule|train|evaluate"
    r"|prioriti[sz]e)\s+\w",
    re.I,
)
_PROMISE = re.compile(
    r"(?<!\w)(?:we['\u2019]ll|we will|we plan to|we are going to|we intend to|plans to|(?:is|are) being"
    r"|will be (?:conducted|held|created|changed|added|introduced|carried out|trained|replaced)"
    r"|will stop|will (?:add|move|change|remove|introduce)"
    r"|(?:are|is) (?:still |currently |now )?(?:investigating|working on|evaluating"
    r"|looking into)[^.]{0,60}(?:longer[- ]term|permanent|fix(?:es)?|improve|prevent\w*))(?!\w)",
    re.I,
)
_PLANS = re.compile(
    r"(?<!\w)(?:will|we['\u2019]ll|going to|plan(?:s|ned|ning)?(?: to)?|need(?:s)? to|should|must"
    r"|intend(?:s)?|(?:is|are|am) (?:currently |now |actively |also )?"
    r"(?:working|being|investigating|continuing|looking|aiming)"
    r"|(?:have|has|['\u2019]ve) (?:now |also |already |since )?(?:been )?"
    r"(?:added|improved|set up|implemented|created|deployed|introduced|changed|fixed|updated|scheduled"
    r"|planned|increased|written|enabled|moved)"
    r"|continue(?:s)? (?:to|with|investigat\w+))(?!\w)",
    re.I,
)
_REPORTED = re.compile(r"(?:have|has|['\u2019]ve)(?!\w)", re.I)
_GENERAL = re.compile(
    r"(?:several|various|some|these|a number of) (?:changes|improvements|steps|measures)|keep (?:you|this)"
    r"|(?:sure|update|inform)",
    re.I,
)
_ANNOUNCING_LIST = re.compile(
    r"(?:focus(?:ed|ing)? on|working on|plan(?:ning)? to|we will|we['\u2019]ll|next steps?)[^.]{0,40}:\s*$",
    re.I,
)
_HEADING_STATUS = (
    (re.compile(r"\b(?:completed?|done|finished|implemented)\b", re.I), ActionStatus.DONE),
    (
        re.compile(r"\b(?:planned|in[- ]progress|open|ongoing|pending|remaining|outstanding|todo)\b", re.I),
        ActionStatus.OPEN,
    ),
)
_URL = re.compile(
    r"https?://[^\s)>\]]{8,200}/(?:pull|issues|merge_requests|commit|browse)/[\w-]+|/\s?pull/[0-9]+"
)
_PROMISING = frozenset({Role.TITLE, Role.SUMMARY, Role.RESOLUTION, Role.OTHER})


@dataclass(frozen=True, slots=True)
class _Found:
    statement: Statement
    fields: Fields
    last_line: int
    given: ActionStatus | None


def find_actions(statements: Statements, *, planned: bool) -> tuple[ActionItem, ...]:
    """Return the follow-ups in the order of the file, with owner, due date and status where told.

    An item that says nothing of its status is open where the document marks others as done, and unknown
    where it marks none, or where the item carries a link to a change. What planned work announces is the
    work itself.
    """
    found: list[_Found] = []
    for run in runs(statements.with_role(Role.ACTIONS)):
        found.extend(_items(run, statements))
    for run in runs(statements.with_role(Role.RESOLUTION)):
        heading = statements.heading(run[0].section)
        if "action" in heading.casefold() and _heading_status(heading) is not None:
            found.extend(_items(run, statements))
    for run in runs(statements.with_role(Role.LESSONS, Role.OTHER)):
        found.extend(item for item in _items(run, statements) if item.statement.box)
    if not found and not planned:
        found.extend(_promised(statements))
    marks = any(item.fields.marked for item in found)
    solved = _addresses(statements)
    items = (_item(entry, marks=marks, solved=solved) for entry in found)
    return tuple(sorted(items, key=lambda item: item.line))[:MAX_ITEMS]


def _items(run: Sequence[Statement], statements: Statements) -> Iterator[_Found]:
    given = _heading_status(statements.heading(run[0].section))
    year = _year(statements)
    told = [statement for statement in run if statement.kind is not StatementKind.CODE]
    if any(statement.kind is StatementKind.ROW for statement in told):
        yield from _rows(told, given, year)
        return
    top = _top_level(told)
    if top:
        lead = next(
            (s for s in told if s.kind is StatementKind.PROSE and _ANNOUNCING_LIST.search(s.text)), None
        )
        if lead is not None:
            given = given or ActionStatus.OPEN
        for place, statement in enumerate(top):
            end = top[place + 1].first_line if place + 1 < len(top) else None
            yield from _one(statement, told, end, given, year)
        return
    for statement in told:
        if _IMPERATIVE.search(statement.text[:600]):
            yield from _one(statement, [statement], None, given, year)
        else:
            yield from _told_in_prose(statements.sentences(statement), given, year)


FEWEST_LINES = 3
"""Sentences, each on lines of its own, from which a paragraph is a list without marks."""


def _told_in_prose(
    told: Sequence[StatementSentence], given: ActionStatus | None, year: int | None
) -> Iterator[_Found]:
    """Give the sentences of a paragraph that plan or report work, with what follows on the same lines."""
    opening = [
        sentence
        for before, sentence in zip([None, *told], told, strict=False)
        if before is None or sentence.first_line > before.last_line
    ]
    listed = len(opening) >= FEWEST_LINES
    for place, sentence in enumerate(opening):
        end = opening[place + 1].first_line if place + 1 < len(opening) else math.inf
        text = " ".join(each.text for each in told if sentence.first_line <= each.first_line < end)
        if (listed or _PLANS.search(text[:600])) and not _is_aside(text) and not _QUESTION.fullmatch(text):
            statement = replace(sentence.statement, text=text, first_line=sentence.first_line)
            fields = read_fields(text, "", year)
            told_status = given or (_planned_status(text) if not listed else None)
            yield _Found(statement, fields, sentence.last_line, told_status)


def _planned_status(text: str) -> ActionStatus | None:
    """Return whether a sentence reports work or announces it."""
    plan = _PLANS.search(text[:600])
    if plan is None:
        return None
    return ActionStatus.DONE if _REPORTED.match(plan[0]) else ActionStatus.OPEN


def _rows(told: Sequence[Statement], given: ActionStatus | None, year: int | None) -> Iterator[_Found]:
    for statement in told:
        fields = read_cells(statement.cells, statement.header, year) if statement.cells else None
        if fields is not None and not _is_aside(fields.text):
            yield _Found(statement, fields, statement.last_line, given)


def _top_level(told: Sequence[Statement]) -> list[Statement]:
    """Return the outermost items; bullets among numbered items belong to the number above them."""
    items = [statement for statement in told if statement.kind is StatementKind.ITEM]
    if not items:
        return []
    outer = min(statement.indent for statement in items)
    top = [statement for statement in items if statement.indent <= outer + 1]
    numbered = [statement for statement in top if statement.mark[0].isdigit()]
    return numbered if numbered and top[0] is numbered[0] else top


def _one(
    statement: Statement,
    told: Sequence[Statement],
    end: int | None,
    given: ActionStatus | None,
    year: int | None,
) -> Iterator[_Found]:
    below = [s for s in told if s.first_line > statement.last_line and (end is None or s.first_line < end)]
    below = [s for s in below if s.indent > statement.indent or s.kind is StatementKind.PROSE]
    text = " ".join([statement.text, *(s.text for s in below[:3])])
    if _is_aside(statement.text) or (
        _QUESTION.fullmatch(statement.text) and statement.kind is StatementKind.PROSE
    ):
        return
    fields = read_fields(text, statement.box, year)
    last = max([statement.last_line, *(s.last_line for s in below if s.indent > statement.indent)])
    own = read_fields(statement.text, statement.box, year)
    fields = Fields(
        own.text, own.status or fields.status, own.owner, own.priority, own.due, own.marked, fields.has_change
    )
    yield _Found(statement, fields, last, given)


def _is_aside(text: str) -> bool:
    return bool(_NOTHING.match(text) or _TEMPLATE.match(text) or _META.search(text))


def _promised(statements: Statements) -> Iterator[_Found]:
    """Give sentences that announce or report work, in write-ups without a part for it; one a paragraph."""
    year = _year(statements)
    for statement in statements.with_role(*_PROMISING):
        if statement.kind in (StatementKind.CODE, StatementKind.ROW):
            continue
        told = statements.sentences(statement)
        promise = next((each for each in told if _PROMISE.search(each.text[:1500])), None)
        if promise is not None and not _GENERAL.search(promise.text[:300]):
            opened = replace(statement, text=promise.text, first_line=promise.first_line)
            fields = read_fields(promise.text, statement.box, year)
            yield _Found(opened, fields, promise.last_line, ActionStatus.OPEN)


def _item(entry: _Found, *, marks: bool, solved: frozenset[str]) -> ActionItem:
    fields = entry.fields
    status = fields.status or entry.given
    if not entry.statement.box and status is not ActionStatus.DONE and _addresses_in(fields.text) & solved:
        status = ActionStatus.DONE
    if status is None:
        status = ActionStatus.OPEN if marks and not fields.has_change else ActionStatus.UNKNOWN
    return ActionItem(
        line=entry.statement.first_line,
        last_line=entry.last_line,
        text=fields.text[:MAX_TEXT_CHARS],
        status=status,
        owner=fields.owner,
        priority=fields.priority,
        due=fields.due,
    )


def _heading_status(heading: str) -> ActionStatus | None:
    return next((status for pattern, status in _HEADING_STATUS if pattern.search(heading)), None)


def _year(statements: Statements) -> int | None:
    return statements.document.date.year if statements.document.date else None


def _addresses(statements: Statements) -> frozenset[str]:
    """Return the changes that the parts on the resolution link to: follow-ups with the same link are done."""
    found: set[str] = set()
    for statement in statements.with_role(Role.RESOLUTION):
        if "action" not in statements.heading(statement.section).casefold():
            found |= {address for address in _addresses_in(statement.text) if "pull" in address}
    return frozenset(found)


def _addresses_in(text: str) -> set[str]:
    return {
        re.sub(r"\s", "", match[0]).rpartition("/pull/")[2] + "pull"
        for match in _URL.finditer(text)
        if "pull" in match[0]
    }
