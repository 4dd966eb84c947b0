"""Other documents named in running text: ids, file names and addresses that are no links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

MENTION = "mention"
URL = "url"

MAX_URL_CHARS = 500
_ID = re.compile(r"(?<![\w/.-])[A-Z][A-Z0-9]{1,9}(?:-[0-9]{1,8})+(?![\w/-])")
_DATED_NAME = re.compile(r"(?<![\w/-])[0-9]{4}-[0-9]{2}-[0-9]{2}[-_](?:[\w-]+\.)*[\w-]*\w(?![\w/])")
_URL = re.compile(rf"\bhttps?://[^\s<>\[\]\"'`|\\]{{1,{MAX_URL_CHARS}}}")
_TRAILING = ".,;:!?)*_"
_WIKI = re.compile(r"!?\[\[[^\[\]\n]*\]\]")


def mentions_in(line: str) -> Iterator[tuple[str, str]]:
    """Yield what ``line``, code blanked out, names without a link: the words and how (``MENTION``, ``URL``).

    Ids such as ``INC-118``, file names that begin with a date, and the addresses of pages. Whether there is
    such a document is for the resolver to tell.
    """
    line = _WIKI.sub(lambda match: " " * len(match.group()), line)
    for match in _URL.finditer(line):
        yield match.group().rstrip(_TRAILING), URL
    line = _URL.sub(" ", line)
    for pattern in (_ID, _DATED_NAME):
        for match in pattern.finditer(line):
            yield match.group(), MENTION


def paths_of(url: str) -> Iterator[str]:
    """Yield the paths of documents that ``url`` may show, the longest first.

    The end of an address is the end of a document's path, as in a repository or a wiki. A single name counts
    only where it says which document is meant: ``README`` and ``home`` could be any.
    """
    try:
        segments = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    except ValueError:
        return
    for start in range(len(segments)):
        rest = segments[start:]
        if len(rest) > 1 or _telling(rest[0]):
            yield "/".join(rest)


def _telling(name: str) -> bool:
    stem = name.rpartition(".md")[0] or name
    return len(stem) > 5 and (any(character.isdigit() for character in stem) or stem.count("-") > 1)
