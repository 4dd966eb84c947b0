"""What a build learns from a staged version and adds to it; never imported by a question."""
