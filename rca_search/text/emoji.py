"""Emoji that are given by their names, as chats and static site generators take them."""

from __future__ import annotations

import re

_SHORTCODE = re.compile(r"(?<![\w:`]):[a-z][a-z0-9_+-]{1,40}:(?![\w:`])")


def without_shortcodes(text: str) -> str:
    """Return ``text`` without emoji given by their names, such as ``:wrench:``."""
    return _SHORTCODE.sub("", text) if ":" in text else text
