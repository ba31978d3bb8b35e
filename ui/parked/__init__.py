"""Work that waits for the leader: what it is, and what she says about it."""
