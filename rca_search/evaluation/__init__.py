"""How good the answers are: judged questions, measures, and runs over an index."""
