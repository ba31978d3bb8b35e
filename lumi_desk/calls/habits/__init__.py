"""When she is usually reached."""
