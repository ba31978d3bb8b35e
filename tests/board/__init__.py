"""Sign-in: its presenter against the real desk, its view on a screen."""
