"""The manager's screen of the rule sets: their numbers, who would move, and their history."""
