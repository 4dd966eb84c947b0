"""Write the OpenAPI description to standard output: ``python -m rca_search.api.openapi``."""

from __future__ import annotations

import json
import sys

from rca_search.api.app import openapi_document


def text() -> str:
    """Return the description as stable JSON."""
    return json.dumps(openapi_document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
