"""Bringing in orders and lists of people: files, how they are read, what came of it."""
