"""Whom to contact next, and why."""
