"""What is learned from a staged version or a published index, to be added to it; no question needs it."""
