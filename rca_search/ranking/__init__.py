"""Hits in, hits out: how documents are ordered and what they amount to. Pure: no engine is opened here."""
