"""``python -m rca_search`` does what ``rca-search`` does."""

from __future__ import annotations

from rca_search.cli.app import main

if __name__ == "__main__":
    main()
