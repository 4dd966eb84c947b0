"""What is learned from an index rather than read from its documents; nothing here is needed to answer."""
