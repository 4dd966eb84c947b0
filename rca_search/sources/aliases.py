"""Which document a person means: look-up by id, alias, file name or title.

Stands alone, so that the side that answers questions can rebuild the table from stored metadata
without loading a Markdown or YAML library.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rca_search.errors import AmbiguousIdError, DocumentNotFoundError
from rca_search.models import Document

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
