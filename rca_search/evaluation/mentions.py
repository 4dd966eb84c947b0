"""Names of incidents found in a text and cut out of it, whatever its length and however many names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rca_search.indexing.catalogue import Catalogue
from rca_search.models import Kind

_ATOM = re.compile(r"[^\W_]+|[^\w\s]|_")
_LONG_NUMBER = 5
_Atoms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mentions:
    """Names as runs of atoms: a word or number, or one sign; white space and case do not matter.

    ``names`` holds each name joined, ``lengths`` the lengths in atoms of the names that begin with an atom,
    longest first.
    """

    names: frozenset[_Atoms]
    lengths: Mapping[str, Sequence[int]]
    spared: frozenset[_Atoms] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str], *, spared: Iterable[str] = ()) -> Mentions:
        """Take ``names``, less those of ``spared`` and those that are a plain word or a short number.

        A word such as ``disk`` may name a file, but in a text it is a symptom.
        """
        kept = {atoms_of(name) for name in names} - {atoms_of(name) for name in spared}
        chosen = frozenset(atoms for atoms in kept if is_telling(atoms))
        lengths: dict[str, set[int]] = {}
        for atoms in chosen:
            lengths.setdefault(atoms[0], set()).add(len(atoms))
        return cls(chosen, {first: sorted(found, reverse=True) for first, found in lengths.items()})

    @classmethod
    def of_incidents(cls, catalogue: Catalogue) -> Mentions:
        """Take every id, alias, path and file name of an incident; titles and names of services are none."""
        names: list[str] = []
        for document, kind, aliases in zip(catalogue.ids, catalogue.kinds, catalogue.names, strict=True):
            if kind is Kind.INCIDENT:
                names += [document, *aliases]
        return cls.of(names, spared=(name for services in catalogue.services for name in services))

    def sparing(self, names: Iterable[str], *, but: Iterable[str]) -> Mentions:
        """Return the same names less ``names``, save those that are in ``but`` too."""
        spared = {atoms_of(name) for name in names} - {atoms_of(name) for name in but}
        return replace(self, spared=frozenset(spared))

    def cut(self, text: str) -> str:
        """Return ``text`` without any of the names, also where cutting one brings another together."""
        while (shorter := self._cut_once(text)) != text:
            text = shorter
        return text

    def stand_in(self, text: str) -> bool:
        """Return whether any of the names stands in ``text``."""
        return self._cut_once(text) != text

    def _cut_once(self, text: str) -> str:
        found = list(_ATOM.finditer(text))
        atoms = [_folded(match.group()) for match in found]
        pieces, end, at = [], 0, 0
        while at < len(atoms):
            length = self._length_at(atoms, at)
            if length:
                pieces += [text[end : found[at].start()], " "]
                end = found[at + length - 1].end()
            at += length or 1
        return "".join([*pieces, text[end:]])

    def _length_at(self, atoms: Sequence[str], at: int) -> int:
        """Return the atoms of the longest name that begins at ``at``, 0 where none does."""
        for length in self.lengths.get(atoms[at], ()):
            name = tuple(atoms[at : at + length])
            if name in self.names and name not in self.spared:
                return len(name)  # less than asked for at the end of the text
        return 0


def atoms_of(text: str) -> _Atoms:
    """Return the atoms of ``text``, case folded."""
    return tuple(_folded(match.group()) for match in _ATOM.finditer(text))


def stands_in(name: str, text: str) -> bool:
    """Return whether the atoms of ``name`` stand in ``text`` one after another."""
    wanted, there = atoms_of(name), atoms_of(text)
    return any(there[at : at + len(wanted)] == wanted for at in range(len(there) - len(wanted) + 1))


def is_telling(atoms: _Atoms) -> bool:
    """Return whether a name says which incident is meant, rather than being a word, a number or a sign."""
    words = [atom for atom in atoms if atom[0].isalnum()]
    if len(words) > 1:
        return True
    return any(
        any(character.isdigit() for character in word) and (not word.isdecimal() or len(word) >= _LONG_NUMBER)
        for word in words
    )


def _folded(atom: str) -> str:
    return atom.casefold()
