"""How a link is written, by name: apart from the reader, so that answers need no Markdown or YAML library."""

from __future__ import annotations

WIKILINK = "wikilink"
EMBED = "embed"
MARKDOWN = "markdown"
FRONT_MATTER = "front_matter"
