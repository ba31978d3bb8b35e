"""The leader's board."""
