"""Work that waits for a leader."""
