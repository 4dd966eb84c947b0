"""Matching by words: what counts as a term, and how documents are scored by the terms they share."""
