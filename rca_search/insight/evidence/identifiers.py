"""Names that machines give, exactly as a question has them, and where another text has the very same.

Besides what ``lexical.tokens.identifiers`` finds: commands (``df -h``, ``kubectl drain``) and numbers that a
text itself calls a code or a status (``exit code 137``, ``status=429``, ``403 Forbidden``).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rca_search.lexical.identifier_kinds import identifier_kind
from rca_search.lexical.tokens import identifiers
from rca_search.models import IdentifierKind, SharedIdentifier, Span

MOST = 64
"""Identifiers of a question that are looked for; the first of a long paste."""
PLACES = 3
"""Places of an identifier that are given for each side."""

_CHARACTERS = 20_000
"""Characters of a question that are read for identifiers."""

_FLAGGED = re.compile(
    r"(?<![\w./-])(?:awk|conntrack|cp|curl|df|dig|dmesg|du|find|free|grep|gzip|iostat|ip|iptables|jcmd|jmap"
    r"|jstack|keytool|kill|ln|ls|lsof|mount|mv|nc|netstat|nslookup|openssl|pgrep|ping|pkill|ps|rm|rsync|scp|sed|ss"
    r"|ssh|strace|sysctl|tail|tar|tcpdump|top|traceroute|truncate|vmstat|wget|xargs)"
    r" -{1,2}[A-Za-z][\w-]{0,30}(?!\w)"
)
_COMMAND = re.compile(
    r"(?<![\w./-])(?:(?:kubectl|oc|argocd|flux|gcloud|etcdctl|cmctl|rabbitmqctl|nodetool|crictl|istioctl)"
    r" [a-z][a-z-]{2,20}"
    r"|helm (?:history|install|list|rollback|template|uninstall|upgrade)"
    r"|docker (?:build|compose|exec|inspect|logs|ps|pull|push|restart|rm|run|stop)"
    r"|git (?:bisect|blame|checkout|clone|fetch|merge|pull|push|rebase|reset|revert|submodule)"
    r"|terraform (?:apply|destroy|import|init|plan)"
    r"|systemctl (?:disable|enable|reload|restart|start|status|stop))(?![\w.-])"
)
_CODE = re.compile(
    r"\b(?:exit(?:ed)?|status|code|http|errno|error)(?: (?:with|code|status))?[\"']? {0,8}[=:#]? {0,8}\**"
    r"(\d{2,5})(?![\w.]|\s?%)"
    r"|\b([1-5]\d\d)(?= (?:Too Many|Forbidden|Bad (?:Gateway|Request)|Service Unavail|Gateway T|Unauthorized"
    r"|Not Found|Internal Server|Conflict))",
    re.IGNORECASE,
)
_SEVERITY = re.compile(r"(?:sev|prio|p|s)-?\d", re.IGNORECASE)
_JOINTS = "-.:'"


class Searchable:
    """A text in which names can be found by line; what that takes is worked out when it is first needed."""

    def __init__(self, text: str) -> None:
        """Take the text."""
        self.text = text

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, with a character for each of ``text``."""
        lowered = self.text.lower()
        # One letter (U+0130) is two in lower case; such a text is searched as it is spelled.
        return lowered if len(lowered) == len(self.text) else self.text

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        starts = [0]
        while (end := self.text.find("\n", starts[-1])) >= 0:
            starts.append(end + 1)
        return starts

    def span(self, start: int, end: int) -> Span:
        """Return the line, from 1, and the characters in it of ``text[start:end]``."""
        line = bisect.bisect_right(self.starts, start)
        return Span(line, start - self.starts[line - 1], end - self.starts[line - 1])

    def line(self, number: int) -> str:
        """Return line ``number``."""
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end]

    def places(self, name: str, most: int = PLACES) -> list[Span]:
        """Return where ``name`` stands as a whole, in any case: not as a part of a longer name."""
        wanted = name.lower()
        found: list[Span] = []
        at = self.lowered.find(wanted)
        while at >= 0 and len(found) < most:
            end = at + len(wanted)
            if self._begins(at) and self._ends(end):
                found.append(self.span(at, end))
            at = self.lowered.find(wanted, end)
        return found

    def _begins(self, at: int) -> bool:
        before = self.text[max(0, at - 2) : at]
        if not before or not _in_word(before[-1]):
            # The class of a dotted name is the same class without its package.
            scoped = before[-1:] == "." and self.text[at].isupper()
            return scoped or before[-1:] not in tuple(_JOINTS) or not _in_word(before[:-1])
        return False

    def _ends(self, end: int) -> bool:
        after = self.text[end : end + 2]
        if not after or not _in_word(after[0]):
            port = after[:1] == ":" and after[1:].isdigit()
            return port or after[:1] not in tuple(_JOINTS) or not _in_word(after[1:])
        return False


@dataclass(frozen=True, slots=True)
class Named:
    """An identifier of a question with its first places in it.

    ``ending`` is the class that a dotted name ends in, which counts where the whole is not found.
    """

    name: str
    kind: IdentifierKind
    spans: tuple[Span, ...]
    ending: str = ""


def named_in(text: Searchable) -> list[Named]:
    """Return the identifiers of ``text`` in the order of their first places, each once in any case."""
    read = Searchable(text.text[:_CHARACTERS]) if len(text.text) > _CHARACTERS else text
    found: dict[str, Named] = {}
    for name in _names(read.text):
        if name.lower() not in found and (spans := read.places(name)):
            kind = identifier_kind(name, (read.line(span.line) for span in spans))
            found[name.lower()] = Named(name, kind, tuple(spans), _ending(name))
    for command, span in _commands(read):
        found.setdefault(command.lower(), Named(command, IdentifierKind.COMMAND, (span,)))
    for code, places in codes_in(read).items():
        found[code] = Named(code, IdentifierKind.ERROR, tuple(places[:PLACES]))
    ordered = sorted(
        found.values(), key=lambda named: (named.spans[0].line, named.spans[0].start, named.name)
    )
    return ordered[:MOST]


def shared(asked: Sequence[Named], told: Searchable) -> list[SharedIdentifier]:
    """Return the identifiers of a question that ``told`` has as well, in the question's order."""
    codes: dict[str, list[Span]] | None = None
    found: dict[str, SharedIdentifier] = {}
    for named in asked:
        one, spans = named, told.places(named.name) if not named.name.isdigit() else []
        if named.name.isdigit():
            codes = codes_in(told) if codes is None else codes
            spans = codes.get(named.name, [])[:PLACES]
        elif not spans and named.ending:
            one, spans = _ended(named), told.places(named.ending)
        if spans:
            kind = one.kind
            if kind is IdentifierKind.NAME:
                kind = identifier_kind(one.name, (told.line(span.line) for span in spans))
            found.setdefault(one.name.lower(), SharedIdentifier(one.name, kind, one.spans, tuple(spans)))
    return list(found.values())


def codes_in(text: Searchable) -> dict[str, list[Span]]:
    """Return the numbers that ``text`` calls a code or a status, each with its places."""
    found: dict[str, list[Span]] = {}
    for match in _CODE.finditer(text.text):
        group = 1 if match[1] else 2
        found.setdefault(match[group], []).append(text.span(*match.span(group)))
    return found


def _names(text: str) -> Iterator[str]:
    return (name for name in identifiers(text) if not _SEVERITY.fullmatch(name))


def _ending(name: str) -> str:
    """Return the class that a dotted name ends in, or nothing."""
    last = name.rpartition(".")[2]
    return last if last != name and last[:1].isupper() and identifiers(last) else ""


def _ended(named: Named) -> Named:
    """Return the class that a dotted name ends in as a name of its own."""
    cut = len(named.name) - len(named.ending)
    spans = tuple(Span(span.line, span.start + cut, span.end) for span in named.spans)
    return Named(named.ending, named.kind, spans)


def _commands(text: Searchable) -> Iterator[tuple[str, Span]]:
    for pattern in (_COMMAND, _FLAGGED):
        for match in pattern.finditer(text.text):
            yield match[0], text.span(*match.span())


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
