"""Who looked at whom: written down, told, and forgotten after a stated time."""
