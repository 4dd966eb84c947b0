"""References to other documents as they stand in the text, before they are resolved."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import unquote

from rca_search.models import Link, Section
from rca_search.models.documents import EMBED, FRONT_MATTER, MARKDOWN, WIKILINK
from rca_search.sources.front_matter import FrontMatter
from rca_search.sources.keys import plain_key
from rca_search.sources.values import note_name, plain, texts

MAX_TARGET_CHARS = 500
# A plain value of one of these front-matter keys names other documents.
_LINK_KEYS = re.compile(
    r"related(?: incidents?| documents?| docs| runbooks?| rcas?)?|see also|runbooks?|playbooks?|rcas?"
    r"|postmortems?|incidents|duplicates|duplicate of|parent|up|supersedes|superseded by|follows|links"
)
_WIKI = re.compile(rf"(?P<embed>!?)\[\[(?P<body>[^\[\]\n]{{1,{MAX_TARGET_CHARS}}})\]\]")
_INLINE = re.compile(
    r"(?<!!)\[(?P<label>[^\[\]\n]*)\]\(\s*(?:<(?P<angle>[^<>\n]*)>"
    r"|\{\{[<%]\s*(?:rel)?ref\s+\"?(?P<hugo>[^\"\s{}()]+)\"?\s*[>%]\}\}|(?P<bare>[^()\s<>]+))"
)
_DEFINITION = re.compile(r" {0,3}\[(?P<label>[^\[\]\n]+)\]:\s*(?:<(?P<angle>[^<>\n]*)>|(?P<bare>\S+))")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_TICKS = re.compile(r"`+")


def find_links(
    lines: Sequence[str],
    first_line: int,
    code: Collection[int],
    sections: Sequence[Section],
    front: FrontMatter,
) -> tuple[Link, ...]:
    """Return every link in the order of the file; ``section`` is "" for those in front matter.

    The lines of ``code`` are left out. A Markdown link counts where it leads to an ``.md`` file by a relative
    path. The target keeps the folders, not the ``#section``; the label is what a reader sees.
    """
    starts = [section.first_line for section in sections]
    links = list(_front_matter_links(lines, front))
    for number in range(first_line, len(lines) + 1):
        line = lines[number - 1]
        if "[" not in line or number in code:
            continue
        slug = sections[bisect_right(starts, number) - 1].slug
        for target, label, style in line_links(without_code(line)):
            links.append(Link(target, label, slug, number, style))
    return tuple(links)


def without_code(line: str) -> str:
    """Return ``line`` with every code span blanked out, all positions kept; takes linear time."""
    runs = list(_TICKS.finditer(line))
    if len(runs) < 2:
        return line
    after = _next_of_same_length(runs)
    pieces, end, at = [], 0, 0
    while at < len(runs):
        closing = after[at]
        if closing is None:
            at += 1
            continue
        pieces += [line[end : runs[at].start()], " " * (runs[closing].end() - runs[at].start())]
        end, at = runs[closing].end(), closing + 1
    return "".join([*pieces, line[end:]])


def _next_of_same_length(runs: Sequence[re.Match[str]]) -> list[int | None]:
    latest: dict[int, int] = {}
    after: list[int | None] = [None] * len(runs)
    for at in range(len(runs) - 1, -1, -1):
        length = len(runs[at].group())
        after[at] = latest.get(length)
        latest[length] = at
    return after


def line_links(line: str) -> Iterator[tuple[str, str, str]]:
    """Yield target, label and style of each link in ``line``, code blanked out, in order."""
    found = [(match.start(), *_wikilink(match)) for match in _WIKI.finditer(line)]
    matches = [*_INLINE.finditer(line)]
    if definition := _DEFINITION.match(line):
        matches.append(definition)
    for match in matches:
        if target := _relative_file(match):
            found.append((match.start(), target, plain(match["label"]), MARKDOWN))
    for _, target, label, style in sorted(found):
        if target:
            yield target, label, style


def _wikilink(match: re.Match[str]) -> tuple[str, str, str]:
    # In a table the bar before an alias is written with a backslash.
    target, _, alias = match["body"].replace("\\|", "|").partition("|")
    note = target.partition("#")[0].partition("^")[0].strip()
    return note, plain(alias) or plain(target), EMBED if match["embed"] else WIKILINK


def _relative_file(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    target = next((groups[name] for name in ("angle", "bare", "hugo") if groups.get(name)), "") or ""
    path = unquote(target[:MAX_TARGET_CHARS].partition("#")[0].partition("?")[0]).strip()
    if _SCHEME.match(path) or not path.lower().endswith((".md", ".markdown")):
        return None
    return None if _unstorable(path) else path


def _unstorable(path: str) -> bool:
    """Return whether percent signs stood for bytes that are no text, or for control characters."""
    return any(character < " " or character == "\ufffd" for character in path)


def _front_matter_links(lines: Sequence[str], front: FrontMatter) -> Iterator[Link]:
    seen: set[tuple[str, int]] = set()
    for number in range(1, front.last_line + 1):
        for match in _WIKI.finditer(lines[number - 1]):
            target, label, _ = _wikilink(match)
            if target:
                seen.add((target.casefold(), number))
                yield Link(target, label, "", number, FRONT_MATTER)
    # The plain form of a link is the name of its note, without folders.
    linked = {name for target, _ in seen for name in (target, note_name(target))}
    for key, value in front.values.items():
        if not _LINK_KEYS.fullmatch(plain_key(key)):
            continue
        for target in texts(value):
            if target.casefold() not in linked and not _SCHEME.match(target):
                yield Link(target[:MAX_TARGET_CHARS], target, "", front.lines.get(key, 1), FRONT_MATTER)
