"""What a note on a service says of other services: under a heading, in a list, a table, a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from rca_search.models import Section
from rca_search.sources.links import line_links, without_code
from rca_search.sources.values import plain

DEPENDS_ON = "depends_on"
USED_BY = "used_by"

_HEADINGS = {
    DEPENDS_ON: {
        "dependencies", "dependency", "depends on", "requires", "needs", "upstream dependencies",
        "service dependencies", "external dependencies", "internal dependencies",
    },
    USED_BY: {"used by", "dependents", "consumers", "clients", "downstream dependencies", "consumed by"},
}  # fmt: skip
_SAID = re.compile(
    r"(?:(?P<depends>\bdepends(?: \w+)? on\b|\bdependencies:|^\W*(?:requires|needs)\b)"
    r"|(?P<used>\bused by\b|^\W*(?:dependents|consumers):))",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:no|not|never|nothing|nobody|without|n't|no longer)\b[^.;]{0,20}$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")
_ITEM = re.compile(r"\s*(?:[-*+]|[0-9]+[.)])\s+(?P<text>.*)")
_CUT = re.compile(r"(?:(?<!\s)\s++)?[,(;]|(?<!\s)\s++(?:[-\u2013\u2014]|for|via|to|as|because|when)\s")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{1,62}")
_REMARK = re.compile(r"\([^()]*\)")
_BETWEEN = re.compile(r",|;|\band\b")
_LIKE_A_NAME = re.compile(r"[A-Z0-9_-]")
_ROW = re.compile(r"\s*\|(?P<first>[^|]*)\|")


def find_dependencies(
    lines: Sequence[str], first_line: int, code: Collection[int], sections: Sequence[Section]
) -> Iterator[tuple[str, int, str]]:
    """Yield the services that a note names as needed or as users: the name, its line, and which of the two.

    Links count wherever they stand in such a place, plain words only where an item or a cell is a name.
    """
    headed = _headed(sections)
    listed = tabled = ""
    for number in range(first_line, len(lines) + 1):
        line = lines[number - 1]
        if number in code:
            continue
        item, row = _ITEM.match(line), _ROW.match(line)
        head = _column(row["first"]) if row else ""
        tabled = (head or tabled) if row else ""
        style = headed.get(number, "") or (listed if item else "") or tabled
        said = [] if style else _said(line)
        if style and not head:
            names = _named(item["text"] if item else row["first"] if row else line, plainly=bool(item or row))
            yield from ((name, number, style) for name in names)
        yield from ((name, number, way) for way, part in said for name in _listed(part))
        if line.strip() and not item:
            # "Depends on" opens the list below it, whatever empty lines stand between.
            listed = said[-1][0] if said and not _listed(said[-1][1]) else ""


def _named(text: str, *, plainly: bool) -> Iterator[str]:
    """Yield the links of ``text`` and, ``plainly``, the name that it begins with."""
    yield from _links(text)
    before = text.partition("[")[0]
    if plainly and (name := _plain_name(before)):
        yield name


def _listed(text: str) -> list[str]:
    """Return the links of a sentence's rest, and of what stands between commas whatever looks like a name."""
    parts = _BETWEEN.split(_REMARK.sub(" ", text.partition(":")[2] if ":" in text[:3] else text))
    names = (_plain_name(part) for part in parts if "[" not in part)
    return [*_links(text), *(name for name in names if _LIKE_A_NAME.search(name))]


def _headed(sections: Sequence[Section]) -> dict[int, str]:
    """Return, for each line below a heading that says so, what its names are."""
    found: dict[int, str] = {}
    for section in sections:
        folded = {heading.casefold().strip(" :") for heading in section.headings}
        for style, names in _HEADINGS.items():
            if folded & names:
                found.update(dict.fromkeys(range(section.first_line + 1, section.last_line + 1), style))
    return found


def _said(line: str) -> list[tuple[str, str]]:
    """Return what follows each "depends on" and "used by" of a line, up to the end of its sentence."""
    found: list[tuple[str, str]] = []
    for sentence in _SENTENCE.split(line):
        if "|" in sentence:
            continue
        matches = list(_SAID.finditer(sentence))
        for at, match in enumerate(matches):
            if _NEGATED.search(sentence[: match.start()]):
                continue
            end = matches[at + 1].start() if at + 1 < len(matches) else len(sentence)
            found.append((DEPENDS_ON if match["depends"] else USED_BY, sentence[match.end() : end]))
    return found


def _column(cell: str) -> str:
    """Return what the head of a table's first column says of the cells below it."""
    folded = plain(cell).casefold().strip(" :")
    return next((style for style, names in _HEADINGS.items() if folded in names), "")


def _links(text: str) -> list[str]:
    return [target for target, _, _ in line_links(without_code(text))]


def _plain_name(text: str) -> str:
    """Return the name that an item consists of: ``postgres`` of ``Database: postgres (primary)``, else ""."""
    words = _CUT.split(plain(text), maxsplit=1)[0].strip(" .:")
    label, _, value = words.partition(": ")
    name = value.strip() if value and " " not in label else words
    return name if _NAME.fullmatch(name) else ""
