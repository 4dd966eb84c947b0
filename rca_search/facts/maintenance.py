"""Whether a document announces or records planned work rather than an incident."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rca_search.facts.statements import StatementKind, Statements
from rca_search.facts.timeline import ENOUGH_ROWS, Event
from rca_search.models import Document, Role
from rca_search.sources.roles import normalised

ENOUGH = 3
OPENING_STATEMENTS = 14

_WORK = (
    r"maintenance|upgrad(?:e|es|ing)|updat(?:e|es|ing) (?:of|to)|migrat(?:ion|ions|ing)|brown-?out|reboots?"
    r"|planned|scheduled"
    r"|decommission\w*|switch-?over|cut-?over|relocation|replacement|dns update|rotation|renewal"
    r"|preparation|patching"
    r"|version update|operations? on|removal of|deployment of|downgrading|updat(?:e"
    r"|ing) [^.]{0,60} (?:version|to) [^.]{0,20}[0-9]|convert|reset|migrate[ds]?|enforced?"
)
_OUTRIGHT = re.compile(r"(?<!\w)(?:maintenance|brown-?out|migration|migrate)(?!\w)")
_TITLE_WORK = re.compile(rf"(?<!\w)(?:{_WORK})(?!\w)")
_TITLE_FAULT = re.compile(
    r"(?<!\w)(?:outages?|down(?:time)?|unavailab\w*|unreachable|fail\w*|broken|issues?(?!\.\w)|slow\w*"
    r"|errors?|crash\w*|expired|incident|post-?mortem|retrospective"
    r"|caused|leads? to|degraded|disconnect\w*|problems?|stuck|missing|flaky|50[0-9]|not able|unable"
    r"|kill\w*|induced|during|lost|stop\w*|time-?outs?|block\w*|wrong|no )(?!\w)",
)
_ANNOUNCED = re.compile(
    r"(?<!\w)(?:will (?:be )?(?:\w+ )?(?:down|offline|unavailable|upgrad\w+|updat\w+|migrat\w+|switch\w*"
    r"|restart\w*|reboot\w*|mov\w+|perform\w*|proceed|tak\w+ place|impact\w*|start|undergo|redirected|put"
    r"|queued|replaced?)"
    r"|we(?:['\u2019]ll| will| are going to) (?:be |now )?(?:upgrad\w*|updat\w*|migrat\w*|proceed"
    r"|perform\w*|restart\w*|switch\w*|mov\w*|work\w*|replac\w*|start\w*|reboot\w*)"
    r"|we(?:['\u2019]ll| will) (?:do|change|remove|activate|deploy|reset|turn|enable|disable)"
    r"|we(?:['\u2019]re| are) (?:performing|upgrading|migrating|proceeding)|will happen"
    r"|(?:starting|beginning) at [0-9]{1,2}[:h][0-9]{2}|i am going to|(?:is|are) (?:planned|scheduled)"
    r"|(?:planned|scheduled) (?:for|on|today|maintenance|downtime|operation)|maintenance (?:window|mode"
    r"|operation)|going under maintenance|a maintenance (?:on|of))(?!\w)",
)
_FORECAST = re.compile(
    r"(?<!\w)(?:no (?:\w+ ){0,2}(?:downtime|outage|impact|interruption|disruption)s?(?: is"
    r"| are)? (?:expected|planned|foreseen)|(?:downtime|outage|impact|disruption"
    r"|interruption)s?(?: of [^.]{0,30})? (?:is|are) expected"
    r"|(?:may|might|could|should) (?:be|experience|face|see|not) (?:\w+ ){0,3}(?:down|unavailable|restarted"
    r"|interrupted|slow\w*|any|brief)|might be a brief|there could be an impact|slowness might)(?!\w)",
)
_OUTCOME = re.compile(
    r"(?<!\w)(?:maintenance|migration|upgrade|operation|intervention|update|reboot"
    r"|work)s? (?:\w+ ){0,4}(?:completed?|finished|done|over|went well|successful(?:ly)?|aborted|postponed"
    r"|delayed)(?!\w)",
)
_UNPLANNED = re.compile(
    r"(?<!\w)(?:unplanned|unscheduled|unexpected(?:ly)? (?:down|outage|fail\w*|errors?|side effect)"
    r"|ongoing (?:\w+ )?outage|we were alerted|users? report\w*|alerted by|root cause)(?!\w)",
)


_HEADERS = {"maintenance", "plannedmaintenance", "scheduledmaintenance", "plannedwork", "scheduledwork"}
_STATUSES = {"planned", "scheduled", *_HEADERS}
_PLAIN = re.compile(r"[\W_]+")


def is_planned(statements: Statements, events: Sequence[Event]) -> bool:
    """Return whether the document itself announces or records planned work.

    An incident that planned work caused is none: its write-up has a cause, a timeline, a fault.
    """
    document = statements.document
    if _says_so(document):
        return True
    title = document.title.lower()
    score = (
        2 * bool(_TITLE_WORK.search(title))
        + bool(_OUTRIGHT.search(title))
        - 2 * bool(_TITLE_FAULT.search(title))
    )
    found = [s.text[:600] for s in statements if s.kind is not StatementKind.CODE][:OPENING_STATEMENTS]
    text = " ".join(found).lower()
    score += 2 * bool(_ANNOUNCED.search(text)) + bool(_FORECAST.search(text)) + bool(_OUTCOME.search(text))
    score -= 2 * bool(_UNPLANNED.search(text))
    roles = {section.role for section in document.sections}
    told = any(
        "timeline" in normalised(name) for section in document.sections for name in section.headings[-1:]
    )
    told = told or sum(event.at is not None for event in events) >= ENOUGH_ROWS
    score -= 3 * (Role.CAUSE in roles) + 2 * (told or bool(roles & {Role.LESSONS, Role.ACTIONS}))
    return score >= ENOUGH


def _says_so(document: Document) -> bool:
    """Return whether the header calls it planned work: its status, a tag or its type."""
    headers = (*document.tags, str(document.metadata.get("type", "")))
    plain = {_PLAIN.sub("", header.casefold()) for header in headers}
    return bool(plain & _HEADERS) or _PLAIN.sub("", (document.status or "").casefold()) in _STATUSES
