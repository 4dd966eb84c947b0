"""What is on record of failures that came back, and against them."""
