"""Text from documents made safe for a terminal.

A document may hold escape sequences, by accident (a pasted log) or on purpose. None of them may
reach the terminal: what cannot be seen is replaced by something that can.
"""

from __future__ import annotations

import re

TAB = 4

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Spaces of no width, invisible operators, and tags, which can spell out a text that nobody sees. Joiners
# stay: scripts and emoji are written with them.
_HIDDEN = "\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
_UNSEEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}{_HIDDEN}]")
_PICTURES = 0x2400
_DELETE = "\x7f"


def safe(text: str) -> str:
    """Return ``text`` with line feeds kept, tabs as spaces, and control characters made visible.

    C0 controls become their control pictures (ESC is shown as one character), C1 controls, bidirectional
    overrides, characters that nobody can see and lone surrogates become the replacement character.
    """
    return _UNSEEN.sub(_visible, text.replace("\r\n", "\n")).expandtabs(TAB)


def safe_line(text: str) -> str:
    """Return ``text`` as ``safe`` does, on one line."""
    return " ".join(safe(text).split())


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    if character < " ":
        return chr(_PICTURES + ord(character))
    return "\u2421" if character == _DELETE else "\ufffd"
