"""Hits in, hits out: how documents are ordered. Pure: no engine is opened and nothing is read here but the calibration."""
