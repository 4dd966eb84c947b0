"""Which document a person means: look-up by id, alias, file name or title.

Stands alone, so that the side that answers questions can rebuild the table from stored metadata
without loading a Markdown or YAML library.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from rca_search.errors import AmbiguousIdError, DocumentNotFoundError
from rca_search.models import Document

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


MAX_CANDIDATES = 5
# Comparing spellings is quadratic in their length; nothing that a person types is longer.
MAX_COMPARED_CHARS = 200
# Near spellings are looked for among this many names, those that share most letter triples first.
MAX_COMPARED_NAMES = 300

Names = tuple[tuple[str, ...], tuple[str, ...]]


def names_of(document: Document) -> Names:
    """Return what ``document`` answers to besides its id: strong names, then its title.

    Strong are the front matter's ``id`` and ``aliases``, the path, and the file name with and
    without its ending.
    """
    file_name = document.path.rpartition("/")[2]
    stem = document.id.rpartition("/")[2]
    strong = dict.fromkeys((*document.aliases, document.path, file_name, stem))
    return tuple(strong), (document.title,)


@dataclass(frozen=True, slots=True)
class AliasTable:
    """Finds the one document that a name stands for; case never matters unless it must.

    An exact id wins, then an id in other case, then strong names, then titles: the first of these
    steps that finds anything decides, and two finds in one step are ambiguous.
    """

    ids: frozenset[str]
    steps: tuple[Mapping[str, tuple[str, ...]], ...]
    spellings: Mapping[str, str]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> AliasTable:
        """Build the table from documents."""
        return cls.from_pairs((document.id, names_of(document)) for document in documents)

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, Names]]) -> AliasTable:
        """Build the table from (id, names) pairs, names as ``names_of`` gives them."""
        listed = list(pairs)
        steps = (
            _gather((name, (name,)) for name, _ in listed),
            _gather((name, strong) for name, (strong, _) in listed),
            _gather((name, weak) for name, (_, weak) in listed),
        )
        spellings: dict[str, str] = {}
        for name, (strong, weak) in listed:
            for spelling in (name, *strong, *weak):
                spellings.setdefault(_fold(spelling), name)
        return cls(frozenset(name for name, _ in listed), steps, spellings)

    def resolve(self, name: str) -> str:
        """Return the id that ``name`` stands for.

        Raises DocumentNotFoundError with near spellings, or AmbiguousIdError with all candidates.
        """
        if name in self.ids:
            return name
        found = self.matches(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousIdError(name[:MAX_COMPARED_CHARS], found)
        raise DocumentNotFoundError(name[:MAX_COMPARED_CHARS], self.near(name))

    def matches(self, name: str) -> tuple[str, ...]:
        """Return the ids that ``name`` stands for, sorted: none, one or several."""
        if name in self.ids:
            return (name,)
        folded = _fold(name)
        return next((step[folded] for step in self.steps if folded in step), ())

    def near(self, name: str) -> tuple[str, ...]:
        """Return up to five ids with a name spelled like ``name``, closest first."""
        folded = _fold(name)[:MAX_COMPARED_CHARS]
        triples = _triples(folded)
        ranked = sorted((-len(triples & _triples(other)), other) for other in self.spellings)
        shortlist = [other for shared, other in ranked[:MAX_COMPARED_NAMES] if shared]
        close = difflib.get_close_matches(folded, shortlist, n=2 * MAX_CANDIDATES, cutoff=0.6)
        return tuple(dict.fromkeys(self.spellings[other] for other in close))[:MAX_CANDIDATES]


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()


def _triples(text: str) -> frozenset[str]:
    text = text[:MAX_COMPARED_CHARS]
    return frozenset(text[at : at + 3] for at in range(max(1, len(text) - 2)))


def _gather(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for document_id, names in pairs:
        for name in names:
            if folded := _fold(name):
                found.setdefault(folded, set()).add(document_id)
    return {name: tuple(sorted(ids)) for name, ids in found.items()}
