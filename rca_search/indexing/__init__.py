"""Building an index and publishing it safely; opening one version of it."""
