"""What a write-up says of its incident: pure functions from a document to facts with their lines."""
