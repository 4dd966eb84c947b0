"""What is made of ranked documents: hits with passages, and later what they teach."""
