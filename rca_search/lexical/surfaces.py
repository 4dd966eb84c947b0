"""How the terms of a text are spelled in it, for showing them to a person."""

from __future__ import annotations

from rca_search.lexical.tokens import tokenize

_WRAPPING = "\"'`()[]{}<>*_.,;:!?"


def surface_forms(text: str) -> dict[str, str]:
    """Return each term of ``text`` with the word it first came from; parts of a name stand for themselves."""
    forms: dict[str, str] = {}
    for word in dict.fromkeys(text.split()):
        terms = tokenize(word)
        if not terms:
            continue
        forms.setdefault(terms[0], word.strip(_WRAPPING) or word)
        for part in terms[1:]:
            forms.setdefault(part, part)
    return forms
