"""What sort of thing was done to end an incident, so that two fixes can be told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rca_search.models import Extract

_SORTS = {
    "restarted": r"re-?start\w*|reboot\w*|power[ -]?cycl\w*|bounc(?:ed|ing)|kill(?:ed|s|ing)?|terminat\w+"
    r"|reset(?:s|ting)?(?! to)",
    "rolled back": r"roll(?:ed|s|ing)?[ -]?back|rollbacks?|revert\w*|downgrad\w+|undid|backed out|(?:reset"
    r"|restored) to (?:the )?(?:previous|last|old)",
    "added capacity": r"scal(?:ed|es|ing)(?: it| them)? (?:up|out)|scal(?:ed|es|ing) \S+ (?:up|out"
    r"|(?:from \S+ )?to [1-9])|increas\w+|rais(?:ed|es|ing)|bump\w*|resiz\w+|allocat(?:ed|es|ing)"
    r"|provision(?:ed|ing)|(?:added|more) (?:\w+ ){0,2}(?:nodes?|replicas?|pods?|memory|disk|capacity)"
    r"|enlarg\w+|extend(?:ed|ing) the",
    "reduced load": r"decreas\w+|reduc(?:ed|es|ing)|lower(?:ed|s|ing)|throttl\w+|rate[ -]?limit\w*|shed\w*"
    r"|scal(?:ed|es|ing) (?:\S+ )?(?:down|to (?:zero|0))|ban(?:ned|ning)|block(?:ed|ing)",
    "removed": r"delet\w+|remov\w+|drop(?:s|ped|ping)?(?! (?:in|of|to|by|below|from|sharply))"
    r"|purg\w+|clear(?:ed|ing)|flush\w*|clean(?:ed|ing)(?: up)?|evict(?:ed|ing)|prun\w+|drain(?:ed|ing)",
    "renewed": r"renew\w*|rotat(?:ed|es|ing)|re-?issu\w+|re-?generat\w+|new (?:certificate|token|key|password"
    r"|credentials?)",
    "moved": r"fail(?:ed|s|ing)?[ -]?over|switch(?:ed|es|ing)? (?:over |back )?(?:\w+ )?to|migrat(?:ed|ing)"
    r"|mov(?:ed|ing)|(?:re-?)?(?:point|rout)(?:ed|ing)|promot(?:ed|ing)",
    "turned off": r"disabl\w+|turn(?:ed|ing)? (?:\w+ )?off|switch(?:ed|ing)? (?:\w+ )?off|paus(?:ed|ing)"
    r"|revok\w+|stopped the",
    "turned on": r"re-?enabl\w+|enabl(?:ed|ing)|turn(?:ed|ing)? (?:\w+ )?on|switch(?:ed|ing)? (?:\w+ )?on"
    r"|unblock\w*|unban\w*|unlock\w*|resum(?:ed|ing)",
    "set up again": r"re-?deploy\w*|re-?creat\w+|rebuil[dt]\w*|re-?install\w*|re-?import\w*|re-?attach\w*"
    r"|replac(?:ed|ing)",
    "upgraded": r"upgrad\w+|patch(?:ed|ing)|hot-?fix\w*",
}
"""Sorts of deed by the words that tell them; what any fix may be called ("changed", "applied") is none."""

_PATTERNS = {sort: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) for sort, words in _SORTS.items()}


def find_deeds(resolution: Sequence[Extract]) -> tuple[str, ...]:
    """Return the sorts of deed that the first of ``resolution`` tells of, in a fixed order."""
    if not resolution:
        return ()
    text = resolution[0].text
    return tuple(sort for sort, pattern in _PATTERNS.items() if pattern.search(text))
