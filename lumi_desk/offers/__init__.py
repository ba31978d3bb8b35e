"""What to recommend to whom, and why."""
