"""What a manager does at the hub from her desk: its shapes on the wire, and how she asks."""
