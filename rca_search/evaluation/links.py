"""Links cut out of Markdown, so that a question does not name the document that it looks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from rca_search.evaluation.mentions import Mentions
from rca_search.sources.values import note_name

_WIKI = re.compile(r"!?\[\[(?P<body>[^\[\]\n]+)\]\]")
_IMAGE = re.compile(r"!\[[^\[\]\n]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])")
_INLINE = re.compile(r"\[(?P<label>[^\[\]\n]*)\]\(\s*(?:<(?P<angle>[^<>\n]*)>|(?P<bare>[^()\s]*))[^()\n]*\)")
_REFERENCE = re.compile(r"\[(?P<label>[^\[\]\n]+)\](?:\[(?P<name>[^\[\]\n]*)\])?")
_DEFINITION = re.compile(r" {0,3}\[(?P<name>[^\[\]\n]+)\]:\s*<?(?P<target>[^\s<>]+)>?.*")
_ADDRESS = re.compile(r"<?\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s<>]*>?|\bwww\.[^\s<>]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@dataclass(frozen=True, slots=True)
class LinkCutter:
    """Cuts links: those to ``services`` (targets as written) leave their label, as any reader sees it.

    So do those to web pages and to other places than documents, unless the address has a name of ``names``.
    Links to documents go with their label, and bare addresses go.
    """

    services: frozenset[str]
    names: Mentions

    def cut_lines(self, lines: Sequence[str]) -> list[str]:
        """Return ``lines`` without links, definitions of links left out."""
        found = [(line, _DEFINITION.fullmatch(line)) for line in lines]
        definitions = {_fold(match["name"]): match["target"] for _, match in found if match}
        body = [line for line, match in found if not match]
        return [self.cut(line, definitions) for line in body]

    def cut(self, line: str, definitions: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
        """Return ``line`` without links; ``definitions`` are the targets of reference links by name."""
        targets = dict(definitions)
        line = _WIKI.sub(self._wiki, line)
        line = _INLINE.sub(self._inline, _IMAGE.sub(" ", line))
        line = _REFERENCE.sub(lambda match: self._reference(match, targets), line)
        return _ADDRESS.sub(" ", line)

    def _wiki(self, match: re.Match[str]) -> str:
        target, _, alias = match["body"].replace("\\|", "|").partition("|")
        note = target.partition("#")[0].partition("^")[0].strip()
        return (alias.strip() or note_name(note)) if note in self.services else " "

    def _inline(self, match: re.Match[str]) -> str:
        return self._label(match["label"], match["angle"] or match["bare"] or "")

    def _reference(self, match: re.Match[str], targets: Mapping[str, str]) -> str:
        target = targets.get(_fold(match["name"] or match["label"]))
        return match.group() if target is None else self._label(match["label"], target)

    def _label(self, label: str, target: str) -> str:
        path = unquote(target).partition("#")[0].partition("?")[0].strip()
        is_document = path.lower().endswith((".md", ".markdown")) and not _SCHEME.match(path)
        if path in self.services:
            return label
        return " " if is_document or self.names.stand_in(path) else label


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
