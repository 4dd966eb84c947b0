"""A value that a field cannot take; costs the value, never the file."""

from __future__ import annotations


class FieldError(ValueError):
    """Raised inside ``sources`` for an odd value and turned into a warning with file and line."""

    def __init__(self, field: str, message: str, remedy: str) -> None:
        """Keep the field's name, what is wrong in plain words, and what to write instead."""
        super().__init__(message)
        self.field = field
        self.message = message
        self.remedy = remedy
