"""The hub: the doors desks knock at, and its keeper's commands."""
