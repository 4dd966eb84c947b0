"""What leads to a runbook besides its text, and runbooks of one template."""
