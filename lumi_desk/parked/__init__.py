"""Work the hub could not carry out by itself: a leader decides."""
