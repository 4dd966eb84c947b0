"""Lines of Markdown's dialects and of HTML, written as the plain Markdown that they stand for.

Covered are blocks of HTML (headings, lists, tables, details), MDX (imports, components), admonitions
(``:::danger Impact``) and callouts (``> [!danger] Impact``), inline fields (``severity:: P1``), what
templates leave behind (``<% tp.file.title %>``), emoji by their names (``:wrench:``), and the wide colons
and brackets of Chinese and Japanese. Whoever quotes a document shows its own lines; what is made here is
only read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from rca_search.text.emoji import without_shortcodes

_DIALECT = re.compile(
    r"\s*(?:<|:::|>\s*\[!|(?:[-*+]\s+)?[(\[]?[^\W\d_][\w -]{0,40}::\s|(?:import|export)\s)"
    r"|.*(?:<%|\{\{|[\uff1a\uff08]|(?<![\w:]):[a-z])"
)
MAX_HTML_CHARS = 50_000
"""Characters of a block of HTML that is looked into; a longer one stays as it is."""

_CALLOUT = re.compile(r"\s{0,3}>\s*\[!(?P<kind>[\w-]{1,30})\][+-]?\s*(?P<title>.*)$")
_QUOTED = re.compile(r"\s{0,3}> ?")
_ADMONITION = re.compile(r"\s{0,3}:::+\s*(?P<kind>[\w-]{1,30})?[\[\s]*(?P<title>[^\]{]*)")
_FIELD = re.compile(
    r"(?P<mark>\s{0,3}(?:[-*+]\s+)?)(?P<open>[(\[]?)(?P<key>[^\W\d_][\w /-]{0,40}?)::\s+(?P<value>\S.*)$"
)
_MODULE = re.compile(r"(?:import\s[^;]{0,200}\sfrom\s|import\s+['\"]|export\s+(?:const|default|function)\s)")
_LEFTOVER = re.compile(r"<%[^%\n]{0,200}%>|\{\{\s*(?:title|date|time)(?::[^{}\n]{0,40})?\s*\}\}")
_WIDE: Final = str.maketrans({"\uff1a": ": ", "\uff08": " (", "\uff09": ")"})
_SPACES = re.compile(r"\s+")
_MARKS = re.compile(r"#{1,6}\s|>|`{3}|~{3}|[-*+](?:\s|$)|\d{1,9}[.)]\s|={2,}$|-{2,}$|\||<")
"""What would make a block of a line of text out of HTML."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line to be read in place of line ``number``, counted from 0."""

    text: str
    number: int


def has_dialect(lines: Sequence[str]) -> bool:
    """Return whether any line may be something else than plain Markdown."""
    return any(map(_DIALECT.match, lines))


def plain_lines(lines: Sequence[str], *, code: Sequence[bool], html: Sequence[bool]) -> list[ReadLine]:
    """Return ``lines`` as plain Markdown, in order; a line of HTML may become several lines, or none.

    ``code`` and ``html`` flag the lines of blocks that a parser of CommonMark found; code stays as it is.
    Takes time linear in the text.
    """
    read: list[ReadLine] = []
    in_callout = False
    number = 0
    while number < len(lines):
        if html[number]:
            end = next((at for at in range(number, len(lines)) if not html[at]), len(lines))
            read += _of_html(lines[number:end], number)
            number = end
            continue
        line = lines[number]
        callout = None if code[number] else _CALLOUT.match(line)
        if callout:
            in_callout = True
            read += [ReadLine("", number), *_label(callout["title"], number)]
        elif in_callout and line.lstrip().startswith(">"):
            read.append(ReadLine(_QUOTED.sub("", line, count=1), number))
        else:
            in_callout = False
            read.append(ReadLine(line if code[number] else _plain_line(line), number))
        number += 1
    return read


def _label(title: str, number: int) -> list[ReadLine]:
    """Return a title on a line of its own, as a label in bold."""
    title = title.strip().strip("*").strip()
    return [ReadLine(f"**{title}**" if title else "", number), ReadLine("", number)]


def _plain_line(line: str) -> str:
    if _MODULE.match(line):
        return ""
    admonition = _ADMONITION.match(line)
    if admonition:
        title = admonition["title"].strip()
        return f"**{title}**" if title else ""
    text = without_shortcodes(_LEFTOVER.sub("", line)).translate(_WIDE)
    inline = _FIELD.match(text)
    if inline is None:
        return text
    value = inline["value"].rstrip()
    value = value[:-1] if inline["open"] and value[-1] in ")]" else value
    return f"{inline['mark']}**{inline['key'].strip()}:** {value}"


def _of_html(lines: Sequence[str], first: int) -> list[ReadLine]:
    """Return a block of HTML as Markdown; the block itself where its parser gives up."""
    text = "\n".join(_LEFTOVER.sub("", line) for line in lines)
    # Where tags are never closed the parser looks for their ends again and again.
    if len(text) > MAX_HTML_CHARS or text.count("<") > 2 * text.count(">") + 10:
        return [ReadLine(line, first + at) for at, line in enumerate(lines)]
    reader = _HtmlReader(lines, first)
    try:
        reader.feed(text)
        reader.close()
    except (AssertionError, ValueError, LookupError):
        return [ReadLine(line, first + at) for at, line in enumerate(lines)]
    return list(reader.lines(first + len(lines) - 1))


_HEADINGS: Final = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS: Final = frozenset(
    """
    address article aside blockquote body br center dd details div dl dt fieldset figcaption figure footer
    form header hr html li main nav ol p pre section summary table tbody tfoot thead title ul
    """.split()  # noqa: SIM905
)
_INLINE: Final = {"b": "**", "strong": "**", "em": "*", "i": "*", "code": "`", "kbd": "`", "tt": "`"}
_SILENT: Final = frozenset(
    """
    a abbr big button caption cite col colgroup del dfn font head img input ins label link mark meta option
    picture q s samp select small source span strike style script sub sup svg template textarea time u var
    video wbr
    """.split()  # noqa: SIM905
)
_UNSAID: Final = frozenset({"style", "script", "head", "svg", "template"})
_NAMED: Final = ("label", "title", "summary")


class _HtmlReader(HTMLParser):
    """Writes what elements say, line by line, with the line that each begins on."""

    def __init__(self, source: Sequence[str], first: int) -> None:
        super().__init__(convert_charrefs=True)
        self._source = source
        self._first = first
        self._done: list[ReadLine] = []
        self._text: list[str] = []
        self._prefix = ""
        self._begun = first
        self._unsaid = 0
        self._cells: list[str] | None = None
        self._row_line = first
        self._is_head = False
        self._in_table = False
        self._fenced = False

    def lines(self, last: int) -> Iterator[ReadLine]:
        """Give what was read; ``last`` is the last line of the block."""
        self._end_line()
        if self._fenced:
            self._add("```", last)
        yield from self._done
        yield ReadLine("", last)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the start of an element."""
        written = self.get_starttag_text() or ""
        if tag in _UNSAID:
            self._unsaid += 1
        elif written[1:2].isupper() and self._alone:
            self._component(dict(attrs))
        elif tag in {"tr", "td", "th"}:
            self._open_cell(tag)
        elif tag in _INLINE:
            self._say(_INLINE[tag])
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._open(tag)
        elif tag not in _SILENT:
            self._say(written)

    def _open_cell(self, tag: str) -> None:
        if tag == "tr":
            self._end_line()
            self._cells, self._row_line, self._is_head = [], self._line, False
        elif self._cells is not None:
            self._end_cell()
            self._is_head = self._is_head or tag == "th"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Take an element without content."""
        written = self.get_starttag_text() or ""
        if tag == "br":
            self._newline()
        elif tag not in _SILENT and tag not in _BLOCKS and not (written[1:2].isupper() and self._alone):
            self._say(written)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        if tag in _UNSAID:
            self._unsaid = max(0, self._unsaid - 1)
        elif tag == "pre" and self._fenced:
            self._end_line()
            self._add("```")
            self._fenced = False
        elif tag == "tr" and self._cells is not None:
            self._end_row()
        elif tag in {"td", "th"} and self._cells is not None:
            self._end_cell()
        elif tag in _INLINE:
            self._say(_INLINE[tag])
        elif tag == "summary":
            self._say("**")
            self._break()
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._unsaid:
            return
        for place, part in enumerate(data.split("\n")):
            if place:
                self._newline(place)
            self._say(part, place)

    @property
    def _line(self) -> int:
        return self._first + self.getpos()[0] - 1

    @property
    def _alone(self) -> bool:
        """Whether the line holds nothing but tags, as that of a component does."""
        line = self._source[self._line - self._first].strip()
        return line.startswith("<") and line.endswith(">") and len(line) > len("<T>")

    def _component(self, attrs: dict[str, str | None]) -> None:
        self._break()
        name = next((attrs[key] for key in _NAMED if attrs.get(key)), None)
        if name:
            self._done += _label(str(name), self._line)

    def _open(self, tag: str) -> None:
        if self._cells is not None:
            self._say(" ")
            return
        if tag == "br":
            self._newline()
            return
        if tag == "li":
            self._end_line()
        else:
            self._break()
        if tag == "pre":
            self._add("```")
            self._fenced = True
            return
        if tag == "table":
            self._in_table = False
        self._prefix = _HEADINGS.get(tag, "- " if tag == "li" else "**" if tag == "summary" else "")
        self._begun = self._line

    def _say(self, text: str, below: int = 0) -> None:
        if not self._text:
            self._begun = self._line + below
        if text:
            self._text.append(text)

    def _newline(self, below: int = 0) -> None:
        if self._cells is not None:
            self._text.append(" ")
        else:
            self._end_line()
            self._begun = self._line + below

    def _end_line(self) -> None:
        text = "".join(self._text)
        text = text if self._fenced else _SPACES.sub(" ", text).strip()
        self._text = []
        if text.strip("* ") or (self._fenced and text):
            escape = "\\" if not self._fenced and _MARKS.match(text) else ""
            self._add(self._prefix + escape + text, self._begun)
            self._prefix = ""

    def _break(self) -> None:
        if self._cells is not None:
            return
        self._end_line()
        self._prefix = ""
        if self._done and self._done[-1].text:
            self._add("")

    def _end_cell(self) -> None:
        text = _SPACES.sub(" ", "".join(self._text)).strip()
        self._text = []
        if self._cells is not None and text:
            self._cells.append(text.replace("|", "\\|"))

    def _end_row(self) -> None:
        self._end_cell()
        cells, self._cells = self._cells or [], None
        if not cells:
            return
        rule = "|" + "---|" * len(cells)
        if not self._in_table:
            self._in_table = True
            head = cells if self._is_head else [" "] * len(cells)
            self._add("", self._row_line)
            self._add(f"| {' | '.join(head)} |", self._row_line)
            self._add(rule, self._row_line)
            if self._is_head:
                return
        self._add(f"| {' | '.join(cells)} |", self._row_line)

    def _add(self, text: str, line: int | None = None) -> None:
        self._done.append(ReadLine(text, self._line if line is None else line))
