"""The contract of every edge: what ``--json`` prints and what HTTP answers, one model for each thing."""
