"""A fleet under a seeded history: one hub, several desks, and everything goes wrong."""
