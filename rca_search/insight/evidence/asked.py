"""The question as it was put, line by line: what evidence is looked for in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rca_search.insight.evidence.identifiers import Named, Searchable, named_in
from rca_search.insight.evidence.places import Places, environments_in, regions_in
from rca_search.insight.library import Entry
from rca_search.insight.sentences import Sentence, code_lines, sentences
from rca_search.models import Role

UNSAID = frozenset({Role.RELATED, Role.ACTIONS, Role.LESSONS})
"""Sections of a past incident that say nothing of what was seen or done in it."""


@dataclass(frozen=True)
class Asked:
    """What was asked: a text (``path`` is None) or the telling lines of a document, the others left empty.

    So line n of ``lines`` is line n of the text or of the file. ``services`` are those that the question
    is about, ``tags`` those of the document.
    """

    path: str | None
    lines: Sequence[str]
    services: Sequence[str] = ()
    tags: Sequence[str] = ()

    @classmethod
    def of_text(cls, text: str, services: Sequence[str]) -> Asked:
        """Take a question in words and the services that it names."""
        return cls(None, text.split("\n"), services)

    @classmethod
    def of_document(cls, entry: Entry) -> Asked:
        """Take a document with the sections that it is asked with."""
        document = entry.document
        return cls(document.path, telling_lines(entry), document.services, document.tags)

    @cached_property
    def searchable(self) -> Searchable:
        """The text, to be searched."""
        return Searchable("\n".join(self.lines))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences of all lines."""
        return sentences(self.lines, range(1, len(self.lines) + 1), code_lines(self.lines))

    @cached_property
    def named(self) -> list[Named]:
        """The identifiers that it names."""
        return named_in(self.searchable)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The terms of all sentences."""
        return frozenset().union(*(sentence.terms for sentence in self.sentences))

    @cached_property
    def regions(self) -> Places:
        """The regions and zones that it names."""
        return regions_in(self.searchable)

    @cached_property
    def environments(self) -> Places:
        """The environments that it names."""
        return environments_in(self.searchable)


def telling_lines(entry: Entry) -> list[str]:
    """Return the lines of a document with those empty that do not tell what happened in it."""
    chunks = [chunk for chunk in entry.chunks.values() if chunk.role not in UNSAID]
    kept = {
        number
        for chunk in chunks or entry.chunks.values()
        for number in range(chunk.first_line, chunk.last_line + 1)
    }
    return [line if number in kept else "" for number, line in enumerate(entry.lines, start=1)]
