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

_FLAGGED = re.compile(r"(?<![\w./-])([a-z][\w.-]{1,30}) (-{1,2}[A-Za-z][\w-]{0,30})(?!\w)")
_COMMAND = re.compile(
    r"(?<![\w./-])(?:kubectl|oc|helm|docker|podman|git|terraform|systemctl|journalctl|aws|gcloud|az|argocd|flux"
    r"|redis-cli|psql|etcdctl|consul|cmctl|rabbitmqctl|nodetool|crictl|istioctl|pip|npm|apt|yum)"
    r" [a-z][a-z-]{2,20}(?![\w.])"
)
_CODE = re.compile(
    r"\b(?:exit(?:ed)?|status|code|http|errno|error)(?: (?:with|code|status))?[\"']?\s?[=:#]?\s?\**"
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
    """An identifier of a question with its first places in it."""

    name: str
    kind: IdentifierKind
    spans: tuple[Span, ...]


def named_in(text: Searchable) -> list[Named]:
    """Return the identifiers of ``text`` in the order of their first places, each once in any case."""
    read = Searchable(text.text[:_CHARACTERS]) if len(text.text) > _CHARACTERS else text
    found: dict[str, Named] = {}
    for name in _names(read.text):
        if name.lower() not in found and (spans := read.places(name)):
            kind = identifier_kind(name, (read.line(span.line) for span in spans))
            found[name.lower()] = Named(name, kind, tuple(spans))
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
    found: list[SharedIdentifier] = []
    for named in asked:
        if named.name.isdigit():
            codes = codes_in(told) if codes is None else codes
            spans = codes.get(named.name, [])[:PLACES]
        else:
            spans = told.places(named.name)
        if spans:
            kind = named.kind
            if kind is IdentifierKind.NAME:
                kind = identifier_kind(named.name, (told.line(span.line) for span in spans))
            found.append(SharedIdentifier(named.name, kind, named.spans, tuple(spans)))
    return found


def codes_in(text: Searchable) -> dict[str, list[Span]]:
    """Return the numbers that ``text`` calls a code or a status, each with its places."""
    found: dict[str, list[Span]] = {}
    for match in _CODE.finditer(text.text):
        group = 1 if match[1] else 2
        found.setdefault(match[group], []).append(text.span(*match.span(group)))
    return found


def _names(text: str) -> Iterator[str]:
    """Yield identifiers, and after a dotted one the class that it ends in."""
    for name in identifiers(text):
        if _SEVERITY.fullmatch(name):
            continue
        yield name
        last = name.rpartition(".")[2]
        if last != name and last[:1].isupper() and identifiers(last):
            yield last


def _commands(text: Searchable) -> Iterator[tuple[str, Span]]:
    for pattern in (_COMMAND, _FLAGGED):
        for match in pattern.finditer(text.text):
            yield match[0], text.span(*match.span())


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
