"""What documents say of each other: links, the services that notes tell of, and the graph of both."""
