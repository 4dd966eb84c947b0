"""What the packaged numbers are fitted with: labels that no user has."""
