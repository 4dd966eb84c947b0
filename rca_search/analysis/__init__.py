"""What a build learns from a staged version and adds to it before it is published; never imported by a query."""
