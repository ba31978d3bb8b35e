"""A touch plan as people write it."""
