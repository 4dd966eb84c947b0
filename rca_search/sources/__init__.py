"""From folders of Markdown files to documents: walk, decode, redact, parse, classify, link."""
