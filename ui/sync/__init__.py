"""The sync chip: what waits for the hub, and what it refused."""
