"""Small widgets shared by all screens, and the values they draw."""
