"""Incidents that share a failure: how alike two of them are, which form a family, what a family has cost."""
