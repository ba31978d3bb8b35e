"""The one maker of ids: UUIDv7, so that ids made offline still sort by time."""

from uuid6 import uuid7


def new_id() -> str:
    """A new id as 36 characters of text."""
    return str(uuid7())
