"""Log lines: what was logged, once, without when and for whom."""

from __future__ import annotations

import re

from rca_search.insight.understanding.reading import IPV4, Reading, once, without_random
from rca_search.models import Form

_LEAST_LINES = 2
_SEARCHED = 80
"""Characters of a line in which its time is looked for."""

_TIME = re.compile(
    r"""[\[("'<]?(?:
        \d{4}[-/.]\d\d[-/.]\d\d[T\ ,_]\d\d:\d\d:\d\d(?:[.,]\d+)?\ ?(?:Z|UTC|[+-]\d\d:?\d\d)?
      | (?:[A-Z][a-z]{2}\ )?[A-Z][a-z]{2}\ +\d{1,2}\ \d\d:\d\d:\d\d(?:[.,]\d+)?(?:\ \d{4})?
      | \d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?:\ [+-]\d{4})?
      | \b[IWEF]\d{4}\ \d\d:\d\d:\d\d(?:\.\d+)?(?:\ +\d+)?
      | (?<![\d:.])\d\d:\d\d:\d\d(?:[.,]\d+)?Z?(?![\d:])
      | ^\s*\d{10}(?:\.\d+|\d{3})?(?=\s)
    )[\])"'>]?[\s:|,-]*""",
    re.VERBOSE,
)
# "Mar 12 10:02:03 host app[123]: " of syslog, once the time is gone.
_HOST = re.compile(r"^[\w.-]+ (?P<app>[\w./@-]+)(?:\[\d+\])?: ")
_PROCESS = re.compile(r"\[\d+\]")
_QUOTED_FIELD = re.compile(
    r"\b(?:ts|time|timestamp|date|trace_?id|span_?id|request_?id|caller)=(?:\"[^\"]*\"|\S+)\s*"
)


def read_log(text: str) -> Reading | None:
    """Return log lines without times, random names and repeats, or None where most have no time."""
    lines = [line for line in text.splitlines() if line.strip()]
    timed = [(line, _TIME.search(line[:_SEARCHED])) for line in lines]
    matched = sum(found is not None for _, found in timed)
    if matched < _LEAST_LINES or 2 * matched < len(lines):
        return None
    told = [_told(line, found) if found else line for line, found in timed]
    names = dict.fromkeys(address for line in lines for address in IPV4.findall(line))
    return Reading(Form.LOG, "\n".join(once(told)), tuple(names))


def _told(line: str, time: re.Match[str]) -> str:
    before, after = line[: time.start()], line[time.end() :]
    after = _HOST.sub(r"\g<app>: ", after) if not before.strip() else after
    return without_random(_PROCESS.sub("", _QUOTED_FIELD.sub("", f"{before} {after}")))
