"""Pasted questions read for what they mean: alerts, stack traces, chats, logs and drafts with a header.

Every reader takes a text and returns what of it carries meaning, or None where the text is not of its form.
What comes out is a function of the text alone: no corpus, no clock. Plain text comes out as it is, and so
does anything that only looks like one of the forms, malformed JSON say.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rca_search.models import Form, Understood
from rca_search.text.emoji import without_shortcodes

__all__ = ["has_words", "understand"]

# What terminals, mailers and browsers add: colours, addresses of people, what a browser calls itself.
_NOISE = re.compile(
    r"\x1b\[[0-9;:?]{0,40}[A-Za-z]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?![\w-])"
    r"|Mozilla/[0-9.]+ \([^()]{0,200}\)(?: [A-Za-z]+/[\w.]+(?: \([^()]{0,100}\))?){0,8}"
)


def understand(text: str, of_template: Collection[str] = ()) -> Understood:
    """Return what of ``text`` is searched; never nothing where it has words. Takes linear time.

    ``of_template`` are the digests of paragraphs that documents share as their template's.
    """
    text = without_shortcodes(_NOISE.sub("", text))
    if "{" not in text and len(text.strip().splitlines()) < 2:
        return Understood(text)
    # A short question must not wait for the readers: every form is JSON or has several lines.
    from rca_search.insight.understanding.readers import MAX_NAMED, MAX_NAMES, READERS
    from rca_search.sources.template_text import without_prompts

    left = without_prompts(text, of_template)
    left = left if has_words(left) else text
    forms: list[Form] = []
    names: dict[str, None] = {}
    named: dict[str, None] = {}
    for reader in READERS:
        reading = reader(left)
        if reading is None or not has_words(reading.text):
            continue
        left = reading.text
        forms.append(reading.form)
        names.update(dict.fromkeys(reading.names))
        named.update(dict.fromkeys(reading.named))
    return Understood(left, tuple(forms), tuple(names)[:MAX_NAMES], named=tuple(named)[:MAX_NAMED])


def has_words(text: str) -> bool:
    """Return whether there is a letter or a digit in ``text``."""
    return any(map(str.isalnum, text))
