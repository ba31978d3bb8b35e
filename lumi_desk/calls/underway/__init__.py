"""The contact under way: what may happen next in it."""
