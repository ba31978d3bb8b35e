"""The rule sets that a manager edits: their numbers, in words and as they are kept."""
