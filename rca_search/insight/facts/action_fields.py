"""Owner, priority, due date and status as they stand in the text or the cells of one follow-up."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rca_search.models import ActionStatus
from rca_search.sources.dates import find_date
from rca_search.sources.keys import plain_key

MAX_CHARS = 1500

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
    owner, rest = _owner(text)
    status, marked = _status(rest, box)
    priority = _PRIORITY.search(rest)
    return Fields(
        text=rest.strip(),
        status=status,
        owner=owner,
        priority=next((group for group in priority.groups() if group), None) if priority else None,
        due=_due(rest, year),
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


def _owner(text: str) -> tuple[str | None, str]:
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
