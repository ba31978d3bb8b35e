"""Product titles that nobody knows: what they are, said once, and what was said before."""
