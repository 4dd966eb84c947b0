"""Pasted questions read for what they mean: alerts, stack traces, chats, logs and drafts with a header.

Every reader takes a text and returns what of it carries meaning, or None where the text is not of its form.
What comes out is a function of the text alone: no corpus, no clock. Plain text comes out as it is, and so
does anything that only looks like one of the forms, malformed JSON say.
"""

from __future__ import annotations

from rca_search.models import Form, Understood

__all__ = ["has_words", "understand"]


def understand(text: str) -> Understood:
    """Return what of ``text`` is searched; never nothing where it has words. Takes linear time."""
    if "{" not in text and len(text.strip().splitlines()) < 2:
        return Understood(text)
    # A short question must not wait for the readers: every form is JSON or has several lines.
    from rca_search.insight.understanding.readers import MAX_NAMES, READERS

    left = text
    forms: list[Form] = []
    names: dict[str, None] = {}
    for reader in READERS:
        reading = reader(left)
        if reading is None or not has_words(reading.text):
            continue
        left = reading.text
        forms.append(reading.form)
        names.update(dict.fromkeys(reading.names))
    return Understood(left, tuple(forms), tuple(names)[:MAX_NAMES])


def has_words(text: str) -> bool:
    """Return whether there is a letter or a digit in ``text``."""
    return any(map(str.isalnum, text))
