"""Follow-ups: items of lists and tables below such a heading, and sentences that announce or report work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rca_search.insight.facts.action_fields import Fields, read_cells, read_fields
from rca_search.insight.facts.ranges import runs
from rca_search.insight.facts.scan import Statement, StatementKind
from rca_search.insight.facts.statements import Statements
from rca_search.models import ActionItem, ActionStatus, Role

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
    r"(?<!\w)(?:we['\u2019]ll|we will|we plan to|we are going to|we intend to|will stop|will (?:add|move"
    r"|change|remove|introduce)"
    r"|(?:are|is) (?:still |currently |now )?(?:investigating|working on|evaluating"
    r"|looking into)[^.]{0,60}(?:longer[- ]term|permanent|fix(?:es)?|improve|prevent\w*))(?!\w)",
    re.I,
)
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
    """Give paragraphs that announce or report work, in write-ups without a part for it."""
    year = _year(statements)
    for statement in statements.with_role(*_PROMISING):
        text = statement.text[:1500]
        if statement.kind in (StatementKind.CODE, StatementKind.ROW) or not _PROMISE.search(text):
            continue
        if not _GENERAL.search(text[:300]):
            yield _Found(statement, read_fields(text, statement.box, year), statement.last_line, None)


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
