"""Contacts on every channel, notes, callbacks, refusals."""
